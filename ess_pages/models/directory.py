"""What the directories of actors and of practices share."""

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ess_ground.words import folded

from ..admin.entry_panels import DoublesPanel, EntryForm, ProposalsPanel
from ..api import REFERENCE, RecordField
from ..countries import HOME_COUNTRY, country_choices, country_name
from .general import BodyPage, IndexPage
from .records import Sector, TargetGroup, Topic, Wilaya

# By what a record is found, in either language.
NAMES = [index.SearchField("name_fr"), index.SearchField("name_ar")]


class DirectoryPage(BodyPage):
    """An entry of a directory: where it is, and what it is about."""

    # Databases sort accented letters each in its own way: the directory sorts by this.
    sort_title = models.CharField(max_length=255, editable=False, db_index=True, default="")
    country = models.CharField(
        _("country"), max_length=2, choices=country_choices, default=HOME_COUNTRY, db_index=True
    )
    wilaya = models.ForeignKey(
        Wilaya,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wilaya"),
    )
    locality = models.CharField(_("commune or town"), max_length=120, blank=True)
    sectors = ParentalManyToManyField(
        Sector, blank=True, related_name="+", verbose_name=_("sectors")
    )
    topics = ParentalManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    target_groups = ParentalManyToManyField(
        TargetGroup, blank=True, related_name="+", verbose_name=_("target groups")
    )

    base_form_class = EntryForm
    proposal_panels = [
        ProposalsPanel(heading=_("Proposed by a member")),
        DoublesPanel(heading=_("Is it there already?")),
    ]
    place_panel = MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("country"), FieldPanel("wilaya", widget=Select)]),
            FieldPanel("locality"),
        ],
        heading=_("Place"),
    )
    subject_panel = MultiFieldPanel(
        [
            FieldPanel("sectors", widget=CheckboxSelectMultiple),
            FieldPanel("topics", widget=CheckboxSelectMultiple),
            FieldPanel("target_groups", widget=CheckboxSelectMultiple),
        ],
        heading=_("Subjects"),
    )
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("country", overridable=False),
        SynchronizedField("wilaya", overridable=False),
        TranslatableField("locality"),
        SynchronizedField("sectors", overridable=False),
        SynchronizedField("topics", overridable=False),
        SynchronizedField("target_groups", overridable=False),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.SearchField("locality"),
        index.RelatedFields("wilaya", NAMES),
        index.RelatedFields("sectors", NAMES),
        index.RelatedFields("topics", NAMES),
        index.RelatedFields("target_groups", NAMES),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("translation_key"),
        APIField("country"),
        APIField("wilaya", serializer=RecordField(*REFERENCE)),
        APIField("locality"),
        APIField("sectors", serializer=RecordField(*REFERENCE, many=True)),
        APIField("topics", serializer=RecordField(*REFERENCE, many=True)),
        APIField("target_groups", serializer=RecordField(*REFERENCE, many=True)),
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a wilaya for an entry that is established abroad."""
        super().clean()
        if self.is_abroad and self.wilaya_id:
            raise ValidationError(
                {"wilaya": _("An entry established abroad has no wilaya: empty this field.")}
            )

    def save(self, *args, **kwargs) -> None:
        """Store with the title what it is sorted by."""
        self.sort_title = folded(self.title)[:255]
        super().save(*args, **kwargs)

    @property
    def is_abroad(self) -> bool:
        """Whether it is established outside Algeria."""
        return self.country != HOME_COUNTRY

    @property
    def country_name(self) -> str:
        """The name of the country in the active language."""
        return country_name(self.country)

    @property
    def place(self) -> list[str]:
        """The names of where it is, from the nearest to the widest."""
        region = self.country_name if self.is_abroad else self.wilaya and self.wilaya.name
        return list(dict.fromkeys(filter(None, [self.locality, region])))

    def address_schema_org(self) -> dict:
        """Return where it is as a schema.org PostalAddress."""
        return {
            "@type": "PostalAddress",
            "addressCountry": self.country,
            "addressRegion": self.wilaya and self.wilaya.name,
            "addressLocality": self.locality,
        }


class DirectoryIndexPage(IndexPage):
    """The front page of a directory: its entries, and those that only another language has."""

    entry_type: type[DirectoryPage]

    class Meta:
        abstract = True

    def visible(self) -> models.QuerySet[DirectoryPage]:
        """Return the entries that a visitor sees, each in this language or else as it is.

        An entry that is published in several languages is listed once.
        """
        return self.children_once(self.entry_type)

    def loaded(self, entries: models.QuerySet[DirectoryPage]) -> models.QuerySet[DirectoryPage]:
        """Return the entries loaded with what a list shows of them."""
        return (
            entries.defer("body")
            .select_related("wilaya", "image", "locale")
            .prefetch_related("image__renditions", "sectors")
        )

    def entries(self):
        """Return the entries that a visitor sees, loaded for a list, by name."""
        return self.loaded(self.visible()).order_by("sort_title", "pk")

    def counted(self, number: int) -> str:
        """Return the number of entries in words of the active language."""
        raise NotImplementedError

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the list that the address asks for."""
        from ..directory.listing import Listing  # made of models, as open data is
        from ..open_data.dataset import licence

        listing = Listing(self, request.GET)
        # Not that of IndexPage, which would page all the entries.
        context = super(IndexPage, self).get_context(request, *args, **kwargs)
        return context | {
            "listing": listing,
            "entries": listing.page,
            "total": self.counted(listing.count),
            "kept_query": listing.query(),
            "canonical_query": listing.canonical_query,
            "licence": licence(),
        }

    def serve(self, request, *args, **kwargs):
        """Answer with the list as a page, or in the format that the address asks for."""
        from ..directory.listing import Listing
        from ..open_data.dataset import Dataset
        from ..open_data.download import FORMATS, download

        extension = request.GET.get("format")
        if extension not in FORMATS:
            return super().serve(request, *args, **kwargs)
        listing = Listing(self, request.GET)
        return download(Dataset(listing), extension)
