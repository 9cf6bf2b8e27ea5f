"""Lists of threads: a page of one, whatever it lists, for the same few queries on any page."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils.dateparse import parse_datetime

from ess_ground.prepared import prepared

from . import paging, positions
from .models import ForumTopic, Thread, ThreadTopic
from .models.threads import ThreadQuerySet, language_choices
from .viewer import Viewer

PAGE_SIZE = 30
# What is read of each thread, and of members, who have much more to them than a list shows.
READ = (
    *(field.name for field in Thread._meta.concrete_fields),
    *(
        f"{who}__{name}"
        for who in ("author", "last_poster")
        for name in ("name", "handle", "user_id")
    ),
)


class CursorError(ValueError):
    """This is not where a page of a list ends."""


class Cursor(NamedTuple):
    """Where a page ends: at the thread that is its last. The next page begins after it."""

    is_pinned: bool
    last_post_at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor that `str` has written. Raises CursorError."""
        try:
            padded = text + "=" * (-len(text) % 4)
            is_pinned, at, pk = json.loads(urlsafe_b64decode(padded.encode()))
            when = parse_datetime(at)
        except (binascii.Error, ValueError, TypeError) as error:
            raise CursorError from error
        if when is None or when.tzinfo is None or not isinstance(is_pinned, bool):
            raise CursorError
        if type(pk) is not int or not 0 < pk < 2**63:
            raise CursorError
        return cls(is_pinned, when, pk)

    def __str__(self) -> str:
        plain = [self.is_pinned, self.last_post_at.isoformat(), self.pk]
        return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")

    def beyond(self, *, pinned_first: bool) -> Q:
        """Return the condition that a thread comes after this place."""
        # The first part alone lets the database begin at the right place of its index.
        later = Q(last_post_at__lte=self.last_post_at) & (
            Q(last_post_at__lt=self.last_post_at) | Q(pk__lt=self.pk)
        )
        if not pinned_first:
            return later
        # `IN` is an equality for every database, so that the index goes on with the date.
        if self.is_pinned:
            return Q(is_pinned__in=[False]) | (Q(is_pinned__in=[True]) & later)
        return Q(is_pinned__in=[False]) & later


class Listing(NamedTuple):
    """A page of a list of threads.

    Each has its `language_name` and `topic_list`; `unread_count`, and `unread_page`, where the
    reader goes on.

    `before` is the cursor of the next page, or None at the end.
    """

    threads: list[Thread]
    before: str | None
    is_first: bool


def listing(
    viewer: Viewer,
    threads: ThreadQuerySet,
    cursor: str = "",
    *,
    pinned_first: bool = False,
    size: int = PAGE_SIZE,
    with_people: bool = False,
) -> Listing:
    """Return a page of these threads, those with the latest post first.

    Each has its `last_poster_name`; `author` and `last_poster` `with_people` alone. For a visitor
    in two queries, for a member in three. Raises CursorError.
    """
    if cursor:
        threads = threads.filter(Cursor.read(cursor).beyond(pinned_first=pinned_first))
    order = ("-is_pinned", "-last_post_at", "-pk") if pinned_first else ("-last_post_at", "-pk")
    found = _read(viewer, threads.order_by(*order)[: size + 1], with_people)
    rows = found[:size]
    names = dict(language_choices())
    topics = topics_of(rows)
    for thread in rows:
        thread.topic_list = topics.get(thread.pk, [])
        _prepare(viewer, thread, names)
    last = rows[-1] if len(found) > size else None
    before = str(Cursor(last.is_pinned, last.last_post_at, last.pk)) if last else None
    return Listing(rows, before, not cursor)


def _read(viewer: Viewer, threads: ThreadQuerySet, with_people: bool) -> list[Thread]:
    """Return these threads as a list shows them: one query, for a member two."""
    if not viewer.acts:
        return list(_with_people(threads) if with_people else _with_name(threads))
    # Whatever a list is of, its rows are read alike: so what is long of it is composed once.
    keys = list(threads.values_list("pk", flat=True))
    read = _marked_with_people if with_people else _marked
    by_key = {row.pk: row for row in read(keys, viewer.me.pk, viewer.me.caught_up_at)}
    return [by_key[key] for key in keys if key in by_key]


def _with_name(threads: ThreadQuerySet) -> ThreadQuerySet:
    return threads.annotate(last_poster_name=F("last_poster__name"))


def _with_people(threads: ThreadQuerySet) -> ThreadQuerySet:
    return _with_name(threads).select_related("author", "last_poster").only(*READ)


@prepared
def _marked(keys: Any, member: Any, caught_up_at: Any):
    return _with_name(Thread.objects.filter(pk__in=keys).with_mark(member, caught_up_at))


@prepared
def _marked_with_people(keys: Any, member: Any, caught_up_at: Any):
    return _with_people(Thread.objects.filter(pk__in=keys).with_mark(member, caught_up_at))


@prepared
def _topic_links(threads: Any):
    links = ThreadTopic.objects.filter(content_object__in=threads)
    return links.select_related("tag").order_by("tag__name")


def topics_of(threads: list[Thread]) -> dict[int, list[ForumTopic]]:
    """Return the topics of each of these threads: one query, and no manager for each row."""
    by_thread: dict[int, list[ForumTopic]] = {}
    for link in _topic_links([thread.pk for thread in threads]):
        by_thread.setdefault(link.content_object_id, []).append(link.tag)
    return by_thread


def _prepare(viewer: Viewer, thread: Thread, names: dict[str, str]) -> None:
    thread.category = viewer.category(thread.category_id)
    thread.language_name = names.get(thread.language, thread.language)
    unread = thread.unread() if viewer.acts else []
    thread.unread_count = positions.count(unread)
    thread.unread_page = paging.page_of(thread, unread[0][0]) if unread else 1
