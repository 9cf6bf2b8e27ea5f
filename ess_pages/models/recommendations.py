"""Recommendations: what a workshop asks of the public decision-makers, clause by clause."""

from django.db import models
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import RecordField
from ..links import in_language
from .base import FEATURES, validate_has_text
from .general import BodyPage, IndexPage
from .items import TranslatableItem
from .meetings import Workshop, shown_workshops


class RecommendationPage(BodyPage):
    """A recommendation (recommandation, توصية): numbered clauses, and how far it has come."""

    class Status(models.TextChoices):
        """How far a recommendation is on the road from a workshop to a decision-maker's desk."""

        DRAFT = "draft", pgettext_lazy("recommendation", "Draft")
        OPEN = "open", _("Open for amendments")
        SETTLING = "settling", _("Being settled")
        VALIDATED = "validated", _("Validated")
        HANDED_OVER = "handed_over", _("Handed over")
        ANSWERED = "answered", _("Answered")
        FOLLOWED_UP = "followed_up", _("Followed up")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # The row of one language stands for the workshop in all: see `links.in_language`.
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("workshop"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.DRAFT
    )

    content_panels = [
        *BodyPage.content_panels[:-1],
        FieldRowPanel([FieldPanel("workshop"), FieldPanel("status")]),
        InlinePanel("clauses", heading=_("Clauses"), label=_("clause"), min_num=1),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("workshop", overridable=False),
        SynchronizedField("status", overridable=False),
        TranslatableField("clauses"),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.RelatedFields("clauses", [index.SearchField("heading"), index.SearchField("text")]),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField(
            "workshop",
            serializer=RecordField("translation_key", "title", source="workshop_shown"),
        ),
        APIField("status"),
        APIField("clauses"),
    ]

    parent_page_types = ["ess_pages.RecommendationIndexPage"]
    subpage_types: list[str] = []
    schema_type = "CreativeWork"

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")

    @cached_property
    def workshop_shown(self) -> Workshop | None:
        """The workshop it comes from, in the active language where it can be."""
        return next(
            iter(in_language(shown_workshops(), [self.workshop], self.locale.language_code)), None
        )

    def schema_org(self) -> dict:
        """Return the recommendation as a schema.org CreativeWork made of its clauses."""
        return super().schema_org() | {
            "creativeWorkStatus": self.get_status_display(),
            "hasPart": [
                {
                    "@type": "CreativeWork",
                    "@id": f"{self.full_url}#{clause.anchor}",
                    "position": number,
                    "name": clause.heading,
                }
                for number, clause in enumerate(self.clauses.all(), start=1)
            ],
        }


class Clause(TranslatableItem):
    """One clause. Its number is its place; its identity is its translation key."""

    recommendation = ParentalKey(
        RecommendationPage,
        on_delete=models.CASCADE,
        related_name="clauses",
        verbose_name=_("recommendation"),
    )
    heading = models.CharField(_("heading"), max_length=255)
    text = RichTextField(_("text"), features=FEATURES, validators=[validate_has_text])

    panels = [FieldPanel("heading"), FieldPanel("text")]
    translatable_fields = [TranslatableField("heading"), TranslatableField("text")]
    api_fields = [APIField("translation_key"), APIField("heading"), APIField("text")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")

    def __str__(self) -> str:
        return self.heading

    @property
    def anchor(self) -> str:
        """The fragment that leads to the clause on its page, the same in every language."""
        return f"clause-{self.translation_key.hex[:8]}"


class RecommendationIndexPage(IndexPage):
    """The list of recommendations."""

    subpage_types = ["ess_pages.RecommendationPage"]

    class Meta:
        verbose_name = _("recommendations section")
        verbose_name_plural = _("recommendations sections")

    def entries(self):
        """Return the live recommendations of this language, by workshop."""
        return (
            RecommendationPage.objects.live()
            .public()
            .child_of(self)
            .select_related("workshop", "locale")
            .order_by(
                F("workshop__meeting__starts_on").desc(nulls_last=True),
                F("workshop__sort_order").asc(nulls_last=True),
                "title",
                "pk",
            )
        )
