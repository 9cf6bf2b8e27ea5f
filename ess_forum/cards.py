"""Cards in place of links to pages of this site."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Page, Site
from wagtail.models.sites import SiteRootPath

from .markup import forum_path
from .models import Thread
from .policy import allows
from .viewer import Viewer

SUMMARY = 240
MAX_CARDS = 10
# The keys that pages have are random, of version 4: none of them begins like this.
_THREADS = UUID("e55f0000-0000-0000-0000-000000000000").int
THREAD_KEYS = (UUID(int=_THREADS), UUID(int=_THREADS + 2**63))


class Card(NamedTuple):
    """What a post shows in place of a link; nothing while it leads to what not everyone may see.

    The post keeps the key in either case, and so shows the card once everyone may.
    """

    page_key: UUID  # of a Wagtail page, in any language, or of a thread: see `thread_key`
    html: str


class _Place(NamedTuple):
    """Where a page is in the tree, and its language."""

    url_path: str
    language: str


def thread_key(pk: int) -> UUID:
    """Return the key by which posts remember that they show a card of this thread."""
    return UUID(int=_THREADS + pk)


def cards_for(addresses: Iterable[str]) -> dict[str, Card]:
    """Return, by address, the card of each that leads to a page or a thread of this site.

    Of more than MAX_CARDS addresses, the others stay links.
    """
    unique = list(dict.fromkeys(addresses))[:MAX_CARDS]
    threads = {address: pk for address in unique if (pk := _thread_in(address))}
    places = {
        address: place
        for address in unique
        if address not in threads and (place := _place_of(address))
    }
    return {**_cards_of_threads(threads), **_cards_of_pages(places)}


def _roots_at(address: str) -> list[SiteRootPath]:
    """Return the root pages, one for each language, that an address may be below."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    if parts.scheme not in ("http", "https"):
        return []
    roots = Site.get_site_root_paths()
    own = [root for root in roots if urlsplit(root.root_url).hostname == parts.hostname]
    base = urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", ""))
    return own or (roots if base.hostname == parts.hostname else [])


# Threads


def _thread_in(address: str) -> int | None:
    match = re.match(r"t/(\d{1,18})/", forum_path(address) or "")
    return int(match[1]) if match else None


def _cards_of_threads(keys: dict[str, int]) -> dict[str, Card]:
    if not keys:
        return {}
    everyone = Viewer()
    found = Thread.objects.select_related("category").in_bulk(keys.values())
    return {
        address: Card(
            thread_key(pk),
            _thread_html(found[pk]) if allows(everyone, "see_thread", found[pk]) else "",
        )
        for address, pk in keys.items()
        if pk in found and not found[pk].is_private
    }


def _thread_html(thread: Thread) -> str:
    with override(thread.language):
        return _html(
            address=f"forum:t/{thread.pk}/{thread.slug}/",
            title=thread.title,
            language=thread.language,
            kind=_("Thread"),
            section=str(thread.category),
        )


# Pages


def _place_of(address: str) -> _Place | None:
    """Return where the page at an address is: the other way round than `Page.get_url_parts`."""
    roots = _roots_at(address)
    path = unquote(urlsplit(address).path).rstrip("/") + "/" if roots else ""
    for root in roots:
        language = root.language_code or settings.LANGUAGE_CODE
        with override(language):
            try:
                start = unquote(reverse("wagtail_serve", args=("",)))
            except NoReverseMatch:
                continue
        if path.startswith(start):
            return _Place(root.root_path + path.removeprefix(start), language)
    return None


def _cards_of_pages(places: dict[str, _Place]) -> dict[str, Card]:
    """Return the cards of pages: what they show, and to whom, is asked once for all of them."""
    if not places:
        return {}
    urls = {place.url_path for place in places.values()}
    pages = {page.url_path: page for page in Page.objects.filter(url_path__in=urls)}
    public = Page.objects.live().public().filter(pk__in=[page.pk for page in pages.values()])
    shown = {page.url_path: page for page in public.specific()}
    cards = {}
    for address, place in places.items():
        if place.url_path in pages:
            page = shown.get(place.url_path)
            html = _page_html(page, address, place.language) if page else ""
            cards[address] = Card(pages[place.url_path].translation_key, html)
    return cards


def _page_html(page: Page, address: str, language: str) -> str:
    summary = page.search_description or getattr(page, "summary", "")
    with override(language):
        kind = str(page.specific_class._meta.verbose_name) if page.specific_class else ""
        return _html(
            address=address, title=page.title, language=language, kind=kind, summary=str(summary)
        )


def _html(**context: str) -> str:
    return render_to_string(
        "ess_forum/includes/card.html", {"section": "", "summary": "", "length": SUMMARY, **context}
    )
