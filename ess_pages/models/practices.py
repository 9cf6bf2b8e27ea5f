"""Practices: what has worked somewhere and can be done again elsewhere."""

from django.db import models
from django.forms import Select
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import PAGE, REFERENCE, RecordField
from ..links import in_language
from ..widgets import ActorChooser
from .actors import ActorPage
from .base import FEATURES, validate_has_text
from .general import BodyPage, IndexPage
from .records import Wilaya


class PracticePage(BodyPage):
    """A practice (bonne pratique, ممارسة جيدة): the problem, the approach and the results."""

    wilaya = models.ForeignKey(
        Wilaya,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name=_("wilaya"),
    )
    problem = RichTextField(_("problem"), features=FEATURES, validators=[validate_has_text])
    approach = RichTextField(_("approach"), features=FEATURES, validators=[validate_has_text])
    results = RichTextField(_("results"), features=FEATURES, blank=True)

    content_panels = [
        *BodyPage.content_panels[:-1],
        FieldPanel("wilaya", widget=Select),
        FieldPanel("problem"),
        FieldPanel("approach"),
        FieldPanel("results"),
        InlinePanel("carriers", heading=_("Carried by"), label=_("actor")),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("wilaya", overridable=False),
        TranslatableField("problem"),
        TranslatableField("approach"),
        TranslatableField("results"),
        SynchronizedField("carriers", overridable=False),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.SearchField("problem"),
        index.SearchField("approach"),
        index.SearchField("results"),
        index.RelatedFields("wilaya", [index.SearchField("name_fr"), index.SearchField("name_ar")]),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("wilaya", serializer=RecordField(*REFERENCE)),
        APIField("problem"),
        APIField("approach"),
        APIField("results"),
        APIField("carriers", serializer=RecordField(*PAGE, many=True, source="carrying_actors")),
    ]

    parent_page_types = ["ess_pages.PracticeIndexPage"]
    subpage_types: list[str] = []
    schema_type = "HowTo"

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")

    @cached_property
    def carrying_actors(self) -> list[ActorPage]:
        """The actors that carry it, each in the active language where it can be."""
        actors = [row.actor for row in self.carriers.select_related("actor")]
        return in_language(ActorPage.objects.live().public(), actors, self.locale.language_code)


class PracticeCarrier(Orderable):
    """An actor that carries a practice."""

    practice = ParentalKey(
        PracticePage, on_delete=models.CASCADE, related_name="carriers", verbose_name=_("practice")
    )
    actor = models.ForeignKey(
        ActorPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("actor")
    )

    panels = [FieldPanel("actor", widget=ActorChooser)]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practice", "actor"], name="practice_carried_once")
        ]


class PracticeIndexPage(IndexPage):
    """The collection of practices."""

    subpage_types = ["ess_pages.PracticePage"]

    class Meta:
        verbose_name = _("practices section")
        verbose_name_plural = _("practices sections")

    def entries(self):
        """Return the live practices of this language, the newest first."""
        return (
            PracticePage.objects.live()
            .public()
            .child_of(self)
            .select_related("wilaya", "image", "locale")
            .prefetch_related("image__renditions")
            .order_by("-first_published_at", "title", "pk")
        )
