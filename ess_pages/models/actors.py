"""Actors: organisations of the social and solidarity economy, and those who work with them."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import Select
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import REFERENCE, RecordField
from ..links import in_language
from ..schema_org import organisation
from ..widgets import ActorChooser
from .directory import NAMES, DirectoryIndexPage, DirectoryPage
from .general import BodyPage
from .items import TranslatableItem
from .records import LegalForm, Sphere


class ActorPage(DirectoryPage):
    """An actor (acteur, فاعل): who it is, what it does, what it offers and what it seeks.

    The fields are those by which ESSGlobal describes an organisation of the social and solidarity
    economy (http://purl.org/essglobal/vocab/): legal form, activity, products, networks, members.
    """

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
    people = models.PositiveIntegerField(
        _("number of people"),
        null=True,
        blank=True,
        help_text=_("Members, employees and volunteers together."),
    )
    women = models.PositiveIntegerField(_("women among them"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men among them"), null=True, blank=True)
    products = models.TextField(_("products and services"), blank=True, max_length=1000)
    website = models.URLField(_("website"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("postal address"), max_length=255, blank=True)
    contacts_consent = models.BooleanField(
        _("the actor agrees that its contacts be published"),
        default=False,
        help_text=_("Without its agreement, only editors see the contacts."),
    )

    content_panels = [
        *DirectoryPage.proposal_panels,
        *BodyPage.content_panels[:-1],
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("sphere", widget=Select), FieldPanel("legal_form", widget=Select)]
                ),
                FieldRowPanel([FieldPanel("founded"), FieldPanel("website")]),
                FieldRowPanel([FieldPanel("people"), FieldPanel("women"), FieldPanel("men")]),
                FieldPanel("products"),
            ],
            heading=_("Identity"),
        ),
        DirectoryPage.place_panel,
        DirectoryPage.subject_panel,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("email")]),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("address")]),
                FieldPanel("contacts_consent"),
            ],
            heading=_("Contacts"),
        ),
        InlinePanel("exchanges", heading=_("Offers and needs"), label=_("offer or need")),
        InlinePanel("networks", heading=_("Networks"), label=_("network")),
        InlinePanel("links", heading=_("Links"), label=_("link")),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *DirectoryPage.translatable_fields,
        SynchronizedField("sphere", overridable=False),
        SynchronizedField("legal_form", overridable=False),
        SynchronizedField("founded", overridable=False),
        SynchronizedField("people", overridable=False),
        SynchronizedField("women", overridable=False),
        SynchronizedField("men", overridable=False),
        TranslatableField("products"),
        SynchronizedField("website"),
        TranslatableField("contact_name"),
        SynchronizedField("email", overridable=False),
        SynchronizedField("phone", overridable=False),
        TranslatableField("address"),
        SynchronizedField("contacts_consent", overridable=False),
        TranslatableField("exchanges"),
        TranslatableField("networks"),
        TranslatableField("links"),
    ]
    search_fields = [
        *DirectoryPage.search_fields,
        index.SearchField("products"),
        index.RelatedFields("sphere", NAMES),
        index.RelatedFields("legal_form", NAMES),
        index.RelatedFields(
            "exchanges", [index.SearchField("title"), index.SearchField("description")]
        ),
    ]
    api_fields = [
        *DirectoryPage.api_fields,
        APIField("sphere", serializer=RecordField(*REFERENCE)),
        APIField("legal_form", serializer=RecordField(*REFERENCE)),
        APIField("founded"),
        APIField("people"),
        APIField("women"),
        APIField("men"),
        APIField("products"),
        APIField("website"),
        APIField("contacts"),
        APIField("exchanges"),
        APIField("networks"),
        APIField("links"),
    ]

    parent_page_types = ["ess_pages.ActorIndexPage"]
    subpage_types: list[str] = []
    schema_type = "Organization"

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")

    def clean(self) -> None:
        """Refuse more women and men than there are people."""
        super().clean()
        if self.people is not None and (self.women or 0) + (self.men or 0) > self.people:
            raise ValidationError(
                {"people": _("There are more women and men than people altogether.")}
            )

    @property
    def contacts(self) -> dict[str, str]:
        """Its contacts by kind, as far as it agrees that they be published."""
        if not self.contacts_consent:
            return {}
        contacts = {
            "name": self.contact_name,
            "email": self.email,
            "phone": self.phone,
            "address": self.address,
        }
        return {kind: value for kind, value in contacts.items() if value}

    @cached_property
    def network_actors(self) -> list["ActorPage"]:
        """The networks that have a page, each in the page's language where it can be."""
        actors = [row.network for row in self.networks.select_related("network")]
        return in_language(ActorPage.objects.live().public(), actors, self.locale.language_code)

    @property
    def network_names(self) -> list[str]:
        """The names of the networks that have no page."""
        return [row.name for row in self.networks.all() if not row.network_id]

    @cached_property
    def current_exchanges(self) -> list[models.Model]:
        """What it offers and seeks these days."""
        rows = self.exchanges.select_related("resource", "topic")
        return [row for row in rows if not row.is_over]

    def schema_org(self) -> dict:
        """Return the actor as a schema.org Organization, in ESSGlobal's terms too."""
        return super().schema_org() | organisation(self)


class NetworkMembership(TranslatableItem):
    """A network that an actor belongs to: one that has its own page, or a name."""

    actor = ParentalKey(
        ActorPage, on_delete=models.CASCADE, related_name="networks", verbose_name=_("actor")
    )
    network = models.ForeignKey(
        ActorPage,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("its page in the directory"),
    )
    name = models.CharField(
        _("or its name"), max_length=255, blank=True, help_text=_("For a network without a page.")
    )

    panels = [FieldPanel("network", widget=ActorChooser), FieldPanel("name")]
    translatable_fields = [
        SynchronizedField("network", overridable=False),
        TranslatableField("name"),
    ]
    api_fields = [
        APIField("network", serializer=RecordField("id", "title", source="shown_network")),
        APIField("name"),
    ]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def clean(self) -> None:
        """Refuse a row that names no network."""
        super().clean()
        if not (self.network_id or self.name):
            raise ValidationError(_("Choose the network’s page, or write its name."))

    @property
    def shown_network(self) -> ActorPage | None:
        """The network, where its page is published."""
        return self.network if self.network and self.network.live else None


class ActorLink(TranslatableItem):
    """A page elsewhere that belongs to an actor."""

    actor = ParentalKey(
        ActorPage, on_delete=models.CASCADE, related_name="links", verbose_name=_("actor")
    )
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("address"))

    panels = [FieldRowPanel([FieldPanel("title"), FieldPanel("url")])]
    translatable_fields = [TranslatableField("title"), SynchronizedField("url")]
    api_fields = [APIField("title"), APIField("url")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")


class ActorIndexPage(DirectoryIndexPage):
    """The directory of actors."""

    entry_type = ActorPage
    subpage_types = ["ess_pages.ActorPage"]

    class Meta:
        verbose_name = _("actors section")
        verbose_name_plural = _("actors sections")

    def loaded(self, entries: models.QuerySet) -> models.QuerySet:
        """Return the entries loaded with their spheres and legal forms too."""
        return super().loaded(entries).select_related("sphere", "legal_form")

    def counted(self, number: int) -> str:
        """Return so many actors, in words."""
        return ngettext("%(number)d actor", "%(number)d actors", number) % {"number": number}
