"""What an address asks for: numbers, and pages of a list by keys."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest


class Page(NamedTuple):
    """Rows of a list; `next` is the key that the page after it begins at, None at the end."""

    rows: list[Any]
    next: int | None


def whole_number(text: str) -> int:
    """Return the number that a text says, or 0 for one that no key is as great as."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def whole_numbers(texts: Iterable[str]) -> set[int]:
    """Return the numbers that texts say, such as the boxes that were ticked."""
    return {number for text in texts if (number := whole_number(text))}


def page(rows: QuerySet, size: int) -> Page:
    """Return the first of these rows. One query."""
    found = list(rows[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def latest(request: HttpRequest, rows: QuerySet, size: int) -> Page:
    """Return the latest of these rows, of those before the key `?before=` where it is given."""
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    return page(rows.order_by("-pk"), size)
