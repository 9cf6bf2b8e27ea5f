"""Two versions of a text beside each other, clause by clause."""

from difflib import SequenceMatcher
from typing import NamedTuple

from .history import History
from .models import Clause, ClauseVersion
from .models.clauses import LANGUAGES


class Row(NamedTuple):
    """A clause in two versions of its text: what it says, and its place; None where it is not."""

    before: ClauseVersion | None
    after: ClauseVersion | None
    place_before: int | None
    place_after: int | None
    is_moved: bool

    @property
    def clause(self) -> Clause:
        """The clause."""
        version = self.after or self.before
        assert version is not None  # noqa: S101 - a row is of a clause that one of them has
        return version.clause

    @property
    def is_changed(self) -> bool:
        """Whether both versions have the clause, in other words."""
        before, after = self.before, self.after
        return bool(
            before and after and any(before.wording(e) != after.wording(e) for e in LANGUAGES)
        )

    @property
    def is_same(self) -> bool:
        """Whether nothing has happened to the clause, but that others came or went before it."""
        return bool(self.before and self.after) and not (self.is_moved or self.is_changed)


def compare(history: History, first: int, second: int) -> list[Row]:
    """Return the clauses of a text at version `first`, at version `second`, or at both.

    In the order of the second; what has been struck stands where it was.
    """
    before, after = history.order(first), history.order(second)
    moved = _moved([pk for pk in before if pk in after], [pk for pk in after if pk in before])
    order = list(after)
    for place, pk in enumerate(before):
        if pk not in after:
            order.insert(order.index(before[place - 1]) + 1 if place else 0, pk)
    return [
        Row(
            before=history.at(pk, first) if pk in before else None,
            after=history.at(pk, second) if pk in after else None,
            place_before=before.index(pk) + 1 if pk in before else None,
            place_after=after.index(pk) + 1 if pk in after else None,
            is_moved=pk in moved,
        )
        for pk in order
    ]


def _moved(before: list[int], after: list[int]) -> set[int]:
    """Return which of the same clauses have to change their place for one order to be the other."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return set(before) - {pk for block in blocks for pk in before[block.a : block.a + block.size]}
