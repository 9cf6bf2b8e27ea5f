"""What moderators know of members when they decide: many members at once, in few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from .models import Flag, Post, Sanction, State

FlagState = Flag.State


@dataclass
class Record:
    """A member's record: numbers, beside what the member's own row says."""

    # Posts of theirs, by what became of the flags on them.
    upheld: int = 0
    dismissed: int = 0
    # Flags of theirs on others' posts.
    right: int = 0
    wrong: int = 0
    hidden_posts: int = 0
    # How many measures, by kind, whether they hold or not; as "label: number" in `measures`.
    sanctions: dict[str, int] = field(default_factory=dict)

    @property
    def measures(self) -> list[tuple[str, int]]:
        """The measures against the member: what they are, in the active language, how many."""
        return [(str(Sanction.Kind(kind).label), number) for kind, number in self.sanctions.items()]


def records_of(members: Iterable[int]) -> dict[int, Record]:
    """Return, by key, the records of these members. Four queries, whatever their number."""
    keys = set(members)
    records = {key: Record() for key in keys}
    decided = Flag.objects.exclude(state=FlagState.OPEN).order_by()
    received = decided.filter(post__author__in=keys).values_list("post__author", "state")
    for key, state, number in received.annotate(number=Count("post", distinct=True)):
        setattr(records[key], "upheld" if state == FlagState.UPHELD else "dismissed", number)
    made = decided.filter(reporter__in=keys).values_list("reporter", "state")
    for key, state, number in made.annotate(number=Count("pk")):
        setattr(records[key], "right" if state == FlagState.UPHELD else "wrong", number)
    hidden = Post.objects.filter(author__in=keys, state=State.HIDDEN).values_list("author")
    for key, number in hidden.annotate(number=Count("pk")).order_by():
        records[key].hidden_posts = number
    taken = Sanction.objects.filter(member__in=keys).order_by().values_list("member", "kind")
    for key, kind, number in taken.annotate(number=Count("pk")):
        records[key].sanctions[kind] = number
    return records
