"""The home page, standard pages and what index pages share."""

from django.core.paginator import Paginator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import TranslatableField

from ..blocks import BodyBlock
from ..links import once_each
from .base import ContentPage


class BodyPage(ContentPage):
    """A page with a rich body."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*ContentPage.content_panels, FieldPanel("body")]
    translatable_fields = [*ContentPage.translatable_fields, TranslatableField("body")]
    search_fields = [*ContentPage.search_fields, index.SearchField("body")]
    api_fields = [*ContentPage.api_fields, APIField("body")]

    class Meta:
        abstract = True


class HomePage(BodyPage):
    """The front page of one language."""

    stands_at_root = True
    openings_shown = 4
    subpage_types = [
        "ess_pages.StandardPage",
        "ess_pages.ActorIndexPage",
        "ess_pages.PracticeIndexPage",
        "ess_pages.MeetingIndexPage",
        "ess_pages.RecommendationIndexPage",
        "ess_pages.ExchangeIndexPage",
        "ess_pages.ResolutionIndexPage",
        "ess_pages.PressPage",
    ]
    schema_type = "WebSite"
    og_type = "website"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add what is open now, and the first entries of each section that shows some here."""
        from ..openings import openings  # made of models

        indexes = self.get_children().live().public().type(IndexPage).specific()
        return super().get_context(request, *args, **kwargs) | {
            "openings": openings(limit=self.openings_shown),
            "sections": [
                {"index": index, "entries": index.entries()[: index.on_front_page]}
                for index in indexes
                if index.on_front_page
            ],
        }


class StandardPage(BodyPage):
    """A page of text: about us, legal notice, press…"""

    subpage_types = ["ess_pages.StandardPage"]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")


class IndexPage(BodyPage):
    """The front page of a section: it lists its children."""

    page_size = 24
    on_front_page = 3
    max_count_per_parent = 1
    schema_type = "CollectionPage"
    og_type = "website"

    class Meta:
        abstract = True

    def children_once(self, model):
        """Return the published pages of this model below the section, in any of its languages.

        A queryset in which each is once: in the section's language, or else as it is.
        """
        paths = models.Q(pk__in=[])
        for section in self.get_translations(inclusive=True).live().public():
            paths |= models.Q(path__startswith=section.path, depth=section.depth + 1)
        return once_each(model.objects.live().public().filter(paths), self.locale_id)

    def entries(self):
        """Return the queryset of the entries that a visitor sees, in the order of the list."""
        raise NotImplementedError

    def listed(self):
        """Return those of the entries that the list goes through page by page."""
        return self.entries()

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the requested page of `listed`: the nearest one there is, for a wrong number."""
        context = super().get_context(request, *args, **kwargs)
        paginator = Paginator(self.listed(), self.page_size)
        context["entries"] = paginator.get_page(request.GET.get("page"))
        return context
