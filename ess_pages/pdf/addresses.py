"""Where a document leads to."""

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.utils.encoding import uri_to_iri
from wagtail.documents import get_document_model
from wagtail.models import Page

from ..links import in_language

SCHEMES = ["http", "https", "mailto"]


class Links:
    """The addresses that rich `texts` lead to, looked up at once for all of them.

    `base` is the address of the page that they stand on. A link to a page leads to it in the
    active language where it can be, and nowhere if not everybody may read it.
    """

    def __init__(self, texts: Iterable[str], base: str) -> None:
        self.base = base
        links = [link for text in texts for link in BeautifulSoup(text, "html.parser")("a")]
        pages = Page.objects.in_bulk(_keys("page", links))
        shown = {page.translation_key: page.url for page in shown_pages(pages.values())}
        documents = get_document_model().objects.in_bulk(_keys("document", links))
        self._urls = {
            "page": {key: shown.get(page.translation_key) for key, page in pages.items()},
            "document": {key: document.url for key, document in documents.items()},
        }

    def url(self, link: Tag) -> str:
        """Return where the tag of a link leads to; nothing if it is not to follow."""
        urls = self._urls.get(_attribute(link, "linktype"))
        return self.whole(_attribute(link, "href") if urls is None else urls.get(_key(link)))

    def whole(self, address: str | None) -> str:
        """Return the address in full; nothing if it is none to follow, such as `javascript:…`."""
        try:
            url = urljoin(self.base, (address or "").strip()) if address else ""
            return url if urlsplit(url).scheme in SCHEMES else ""
        except ValueError:  # such as http://[
            return ""


def shown_pages(pages: Iterable[Page | None]) -> list[Page]:
    """Return the pages that anybody may read, in the active language where it can be."""
    return in_language(Page.objects.live().public().filter(depth__gt=1), pages)


def reference(title: str, url: str, *notes: str) -> dict[str, str]:
    """Return what to print of a page or file: title, notes, and the address as people read it."""
    return {
        "title": title,
        "url": url,
        "shown": uri_to_iri(url),
        "note": " · ".join(note for note in notes if note),
    }


def _keys(kind: str, links: Iterable[Tag]) -> set[int]:
    return {_key(link) for link in links if _attribute(link, "linktype") == kind} - {0}


def _key(link: Tag) -> int:
    """Return the primary key that a link names, 0 where it is none."""
    key = _attribute(link, "id")
    return int(key) if key.isdecimal() and len(key) < 19 else 0


def _attribute(link: Tag, name: str) -> str:
    return str(link.get(name) or "")
