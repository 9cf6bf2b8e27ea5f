"""Whether what is stored of the forum is what its posts say: names what differs, changes nothing.

It reads in batches and takes no lock, so it may run beside people who write. What seems to differ
is looked at a second time, locked: a batch may have been read in the middle of somebody's writing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from . import counting, positions
from .models import Category, Member, Poll, PollOption, Post, ReadMark, State, Thread

# Gives, by key, the fields of these records as they should be stored.
Expectation = Callable[[list[Any]], dict[int, dict]]


class Difference(NamedTuple):
    """A field of a record that does not hold what it should."""

    record: Any
    field: str
    stored: Any
    expected: Any

    def __str__(self) -> str:
        return _("%(model)s %(number)s (%(name)s): %(field)s is %(stored)s, not %(expected)s") % {
            "model": self.record._meta.verbose_name,
            "number": self.record.pk,
            "name": self.record,
            "field": self.field,
            "stored": self.stored,
            "expected": self.expected,
        }


def differences() -> Iterator[Difference]:
    """Yield what differs, in the whole forum."""
    replies_off: Counter[int | None] = Counter()
    for difference in _compare(Thread.objects.all(), _of_threads, 500):
        yield difference
        replies_off[difference.record.category_id] += _replies_missing(difference)
    yield from _compare(Category.objects.all(), lambda r: _of_categories(r, replies_off), 500)
    yield from _compare(Member.objects.all(), lambda r: counting.of_members(_keys(r)), 1000)
    yield from _compare(Post.objects.defer("source", "html"), _of_posts, 5000)
    yield from _compare(Poll.objects.all(), lambda r: counting.of_polls(_keys(r)), 1000)
    yield from _compare(
        PollOption.objects.all(), lambda r: counting.of_poll_options(_keys(r)), 1000
    )
    yield from _compare(ReadMark.objects.select_related("thread"), _of_marks, 5000)


def _compare(records: models.QuerySet, of: Expectation, size: int) -> Iterator[Difference]:
    last = 0
    while batch := list(records.filter(pk__gt=last).order_by("pk")[:size]):
        last = batch[-1].pk
        if suspects := {difference.record.pk for difference in _differing(batch, of)}:
            with transaction.atomic():
                again = records.filter(pk__in=suspects).select_for_update(of=("self",))
                confirmed = list(_differing(list(again.order_by("pk")), of))
            yield from confirmed


def _differing(records: list[Any], of: Expectation) -> Iterator[Difference]:
    expected = of(records)
    for record in records:
        for field, (stored, value) in counting.differences(record, expected[record.pk]).items():
            yield Difference(record, field, stored, value)


def _keys(records: list[Any]) -> list[int]:
    return [record.pk for record in records]


# What each kind of record should say, beside what `counting` knows


def _of_threads(threads: list[Thread]) -> dict[int, dict]:
    """Return what posts decide, with the last position that was given, which is never taken back.

    A thread that readers see begins with a post that they see; all its positions are counted.
    """
    expected = counting.of_threads(threads)
    given = Post.objects.filter(thread__in=_keys(threads)).order_by()
    highest = dict(given.values_list("thread").annotate(Max("position")))
    states = dict(given.filter(position=1).values_list("thread", "state"))
    for thread in threads:
        fields = expected[thread.pk]
        fields["last_position"] = max(thread.last_position, highest.get(thread.pk) or 0)
        if thread.state == State.VISIBLE and thread.merged_into_id is None:
            fields["state"] = states.get(thread.pk, State.PENDING)
    return expected


def _replies_missing(difference: Difference) -> int:
    thread = difference.record
    is_counted = thread.state == State.VISIBLE and thread.merged_into_id is None
    if difference.field != "reply_count" or not is_counted:
        return 0
    return difference.expected - difference.stored


def _of_categories(categories: list[Category], replies_off: Counter) -> dict[int, dict]:
    """Return what threads decide; where a thread counts its replies wrongly, what it should."""
    expected = counting.of_categories(_keys(categories))
    for key, fields in expected.items():
        fields["post_count"] += replies_off[key]
    return expected


def _of_posts(posts: list[Post]) -> dict[int, dict]:
    return counting.of_posts(_keys(posts))


def _of_marks(marks: list[ReadMark]) -> dict[int, dict]:
    """Return marks within their threads: nobody has read, or skipped, what is not there."""
    return {mark.pk: _of_mark(mark, mark.thread) for mark in marks}


def _of_mark(mark: ReadMark, thread: Thread) -> dict:
    position = min(mark.position, thread.last_position)
    before = positions.difference([[1, position - 1]] if position > 1 else [], thread.gaps)
    others = positions.difference(before, positions.union(mark.skipped, []))
    return {"position": position, "skipped": positions.difference(before, others)}
