"""Offers and needs: what actors can do for one another."""

from django.core.paginator import Paginator
from django.db import models
from django.forms import Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.api import APIField
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import REFERENCE, RecordField
from ..links import once_each
from .actors import ActorPage
from .general import IndexPage
from .items import TranslatableItem
from .records import Resource, Topic


class Exchange(TranslatableItem):
    """Something that an actor offers, or that it seeks."""

    class Kind(models.TextChoices):
        """Which way it goes."""

        OFFER = "offer", _("Offer")
        NEED = "need", _("Need")

    actor = ParentalKey(
        ActorPage, on_delete=models.CASCADE, related_name="exchanges", verbose_name=_("actor")
    )
    kind = models.CharField(_("offer or need"), max_length=5, choices=Kind.choices)
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="+", verbose_name=_("resource")
    )
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True, max_length=1000)
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("topic"),
    )
    expires_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Not shown after this day.")
    )

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("resource", widget=Select)]),
        FieldPanel("title"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("topic", widget=Select), FieldPanel("expires_on")]),
    ]
    translatable_fields = [
        SynchronizedField("kind", overridable=False),
        SynchronizedField("resource", overridable=False),
        TranslatableField("title"),
        TranslatableField("description"),
        SynchronizedField("topic", overridable=False),
        SynchronizedField("expires_on", overridable=False),
    ]
    api_fields = [
        APIField("translation_key"),
        APIField("kind"),
        APIField("resource", serializer=RecordField(*REFERENCE)),
        APIField("title"),
        APIField("description"),
        APIField("topic", serializer=RecordField(*REFERENCE)),
        APIField("expires_on"),
    ]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("offer or need")
        verbose_name_plural = _("offers and needs")

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed, in the site's time zone."""
        return bool(self.expires_on and self.expires_on < timezone.localdate())

    @property
    def anchor(self) -> str:
        """The fragment that leads to it on its actor's page, in every language."""
        return f"exchange-{self.translation_key.hex[:8]}"


class ExchangeIndexPage(IndexPage):
    """The page of offers and needs."""

    on_front_page = 0
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("offers and needs section")
        verbose_name_plural = _("offers and needs sections")

    def entries(self):
        """Return the offers and needs of the actors that a visitor sees, the newest first."""
        actors = once_each(ActorPage.objects.live().public(), self.locale_id)
        return (
            Exchange.objects.filter(actor__in=actors)
            .exclude(expires_on__lt=timezone.localdate())
            .select_related("actor__wilaya", "actor__locale", "resource", "topic")
            .order_by("-pk")
        )

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the requested page of the entries that the visitor filters by."""
        from ..filters import ExchangeFilter  # which is made of models

        context = super().get_context(request, *args, **kwargs)
        context["filter"] = ExchangeFilter(request.GET, queryset=self.entries())
        paginator = Paginator(context["filter"].qs, self.page_size)
        context["entries"] = paginator.get_page(request.GET.get("page"))
        return context
