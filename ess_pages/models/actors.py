"""Actors: organisations of the social and solidarity economy, and those who work with them."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import Select
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import REFERENCE, RecordField
from ..countries import HOME_COUNTRY, country_choices, country_name
from .general import BodyPage, IndexPage
from .records import LegalForm, Sphere, Wilaya


class ActorPage(BodyPage):
    """An actor (acteur, فاعل): who it is and what it does."""

    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, related_name="actors", verbose_name=_("sphere")
    )
    legal_form = models.ForeignKey(
        LegalForm,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actors",
        verbose_name=_("legal form"),
    )
    founded = models.PositiveSmallIntegerField(
        _("founded in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2100)],
    )
    country = models.CharField(
        _("country"), max_length=2, choices=country_choices, default=HOME_COUNTRY
    )
    wilaya = models.ForeignKey(
        Wilaya,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actors",
        verbose_name=_("wilaya"),
    )
    locality = models.CharField(_("commune or town"), max_length=120, blank=True)
    website = models.URLField(_("website"), blank=True)

    content_panels = [
        *BodyPage.content_panels[:-1],
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("sphere", widget=Select), FieldPanel("legal_form", widget=Select)]
                ),
                FieldRowPanel([FieldPanel("founded"), FieldPanel("website")]),
            ],
            heading=_("Identity"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("country"), FieldPanel("wilaya", widget=Select)]),
                FieldPanel("locality"),
            ],
            heading=_("Place"),
        ),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("sphere", overridable=False),
        SynchronizedField("legal_form", overridable=False),
        SynchronizedField("founded", overridable=False),
        SynchronizedField("country", overridable=False),
        SynchronizedField("wilaya", overridable=False),
        TranslatableField("locality"),
        SynchronizedField("website"),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.SearchField("locality"),
        index.RelatedFields("wilaya", [index.SearchField("name_fr"), index.SearchField("name_ar")]),
        index.RelatedFields("sphere", [index.SearchField("name_fr"), index.SearchField("name_ar")]),
        index.RelatedFields(
            "legal_form", [index.SearchField("name_fr"), index.SearchField("name_ar")]
        ),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("sphere", serializer=RecordField(*REFERENCE)),
        APIField("legal_form", serializer=RecordField(*REFERENCE)),
        APIField("founded"),
        APIField("country"),
        APIField("wilaya", serializer=RecordField(*REFERENCE)),
        APIField("locality"),
        APIField("website"),
    ]

    parent_page_types = ["ess_pages.ActorIndexPage"]
    subpage_types: list[str] = []
    schema_type = "Organization"

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")

    def clean(self) -> None:
        """Refuse a wilaya for an actor that is established abroad."""
        super().clean()
        if self.is_abroad and self.wilaya_id:
            raise ValidationError(
                {"wilaya": _("An actor established abroad has no wilaya: empty this field.")}
            )

    @property
    def is_abroad(self) -> bool:
        """Whether the actor is established outside Algeria."""
        return self.country != HOME_COUNTRY

    @property
    def place(self) -> list[str]:
        """The names of where it is, from the nearest to the widest."""
        region = country_name(self.country) if self.is_abroad else self.wilaya and self.wilaya.name
        return list(dict.fromkeys(filter(None, [self.locality, region])))

    def schema_org(self) -> dict:
        """Return the actor as a schema.org Organization."""
        return super().schema_org() | {
            "foundingDate": self.founded and str(self.founded),
            "sameAs": self.website,
            "address": {
                "@type": "PostalAddress",
                "addressCountry": self.country,
                "addressRegion": self.wilaya and self.wilaya.name,
                "addressLocality": self.locality,
            },
        }


class ActorIndexPage(IndexPage):
    """The directory of actors."""

    subpage_types = ["ess_pages.ActorPage"]

    class Meta:
        verbose_name = _("actors section")
        verbose_name_plural = _("actors sections")

    def entries(self):
        """Return the live actors of this language, by name."""
        return (
            ActorPage.objects.live()
            .public()
            .child_of(self)
            .select_related("wilaya", "sphere", "image", "locale")
            .prefetch_related("image__renditions")
            .order_by("title", "pk")
        )
