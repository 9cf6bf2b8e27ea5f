"""Entries that may be there already: pointed out before one is made twice.

Titles are compared as the search folds them, by Ratcliff and Obershelp's similarity
(https://docs.python.org/3/library/difflib.html), or by their stems where one has all those of the
other.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Abs, Length
from django.utils.translation import gettext as _
from wagtail.models import Page

from ess_ground.words import folded, stems

from .links import in_language

# Of more titles than this that share a word, those are compared that share the most.
CANDIDATES = 400
CLOSE = 0.8
# Hosts where each address is somebody else's.
SHARED_HOSTS = {
    *["facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "youtube.com"],
    *["sites.google.com", "t.me", "linktr.ee"],
}


@dataclass(frozen=True)
class Double:
    """A published entry that may be the same, in the active language if it can be, and why."""

    page: Page
    reasons: list[str]


def likely_doubles(entry: Page, *, for_editors: bool = False, limit: int = 5) -> list[Double]:
    """Return the entries that may be the same as `entry`, saved or not, the likeliest first.

    Members are told of published entries only, and by contacts that may be published. Fixed number
    of queries, whatever the size of the directory; a language is no obstacle.
    """
    pages = type(entry).objects.exclude(translation_key=entry.translation_key)
    if not for_editors:
        pages = pages.live().public()
    found: dict[UUID, dict[str, float]] = defaultdict(dict)
    for key, likeness in _by_title(entry, pages):
        found[key][_("The name is close.")] = likeness
    for key, reason in _by_contact(entry, pages, for_editors):
        found[key][reason] = 1.0
    likeliest = sorted(found, key=lambda key: -sum(found[key].values()))[:limit]
    shown = pages.filter(translation_key__in=likeliest)
    by_key = {page.translation_key: page for page in in_language(shown, list(shown))}
    return [Double(by_key[key], list(found[key])) for key in likeliest if key in by_key]


def _by_title(entry: Page, pages: QuerySet) -> Iterator[tuple[UUID, float]]:
    title, words = folded(entry.title), set(stems(entry.title).split())
    if not words:
        return
    shared: Any = Value(0)
    some = Q(pk__in=[])
    for word in words:
        some |= Q(sort_title__contains=word)
        shared += Case(
            When(sort_title__contains=word, then=1), default=0, output_field=IntegerField()
        )
    candidates = (
        pages.filter(some)
        .annotate(shared=shared, gap=Abs(Length("sort_title") - len(title)))
        .order_by("-shared", "gap", "pk")
        .values_list("translation_key", "sort_title")
    )
    matcher = SequenceMatcher(b=title, autojunk=False)
    for key, other in candidates[:CANDIDATES]:
        matcher.set_seq1(other)
        likeness = matcher.ratio() if matcher.quick_ratio() >= CLOSE else 0
        fewer, more = sorted([words, set(stems(other).split())], key=len)
        if likeness >= CLOSE or (len(fewer) > 1 and fewer <= more):
            yield key, likeness


def _by_contact(entry: Page, pages: QuerySet, for_editors: bool) -> Iterator[tuple[UUID, str]]:
    email = getattr(entry, "email", "").lower()
    address = _address(getattr(entry, "website", ""))
    if not (email or address):
        return
    contacts = pages.filter(
        (Q(email__iexact=email) if email else Q(pk__in=[]))
        | (Q(website__icontains=address) if address else Q(pk__in=[]))
    ).values_list("translation_key", "email", "contacts_consent", "website")
    for key, other_email, agrees, website in contacts[:CANDIDATES]:
        if email and other_email.lower() == email and (for_editors or agrees):
            yield key, _("The e-mail address is the same.")
        if address and _address(website) == address:
            yield key, _("The website is the same.")


def _address(url: str) -> str:
    """Return by what a website is known: its host, and below a host of many its path."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" if host in SHARED_HOSTS else host
