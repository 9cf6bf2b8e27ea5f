"""The map of the site for search engines."""

from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page


class PortalSitemap(Sitemap):
    """Wagtail's map, with the tree of every language: it knows that of the root page only."""

    def items(self):
        """Return the public pages of every language."""
        fronts = self.get_wagtail_site().root_page.get_translations(inclusive=True)
        pages = Page.objects.none()
        for front in fronts:
            pages |= Page.objects.descendant_of(front, inclusive=True)
        return pages.live().public().order_by("path").defer_streamfields().specific()
