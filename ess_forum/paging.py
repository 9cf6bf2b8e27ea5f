"""The pages of a thread: each has as many posts that everybody sees, by their rank in the thread.

Nothing is counted and nothing is passed over: the gaps of the thread say where a page begins, so
the last page of a long thread costs what the first costs. Pure functions.
"""

from typing import NamedTuple

from . import positions
from .models import Thread

PAGE_SIZE = 20


class Place(NamedTuple):
    """The positions that a page of a thread takes in, those of the gaps beside it included."""

    number: int
    first: int
    last: int
    is_last: bool

    @property
    def previous(self) -> int:
        """The page before this one."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The page after this one."""
        return self.number + 1


def page_count(thread: Thread) -> int:
    """Return how many pages a thread has: one, where nothing is visible."""
    return max(-(-thread.visible_count() // PAGE_SIZE), 1)


def place(thread: Thread, number: int) -> Place | None:
    """Return where page `number`, from 1, begins and ends; None where there is no such page."""
    count = page_count(thread)
    if not 1 <= number <= count:
        return None
    before = (number - 1) * PAGE_SIZE
    first = positions.at_rank(before, thread.gaps) + 1 if before else 1
    is_last = number == count
    last = thread.last_position if is_last else positions.at_rank(before + PAGE_SIZE, thread.gaps)
    return Place(number, first, last, is_last)


def page_of(thread: Thread, position: int | None) -> int:
    """Return the page that a position is on; what waits for its position is on the last one."""
    count = page_count(thread)
    if position is None:
        return count
    before = positions.rank(position - 1, thread.gaps)
    return min(before // PAGE_SIZE + 1, count)


def address(thread: Thread, number: int = 1, anchor: str = "") -> str:
    """Return the address of a page of a thread, and of a place on it."""
    page = f"?page={number}" if number > 1 else ""
    return f"{thread.get_absolute_url()}{page}{anchor}"


def address_of_unread(thread: Thread) -> str:
    """Return where the first unread post of a thread is. Needs `with_mark_of`.

    Of a thread that is read, that is its last page.
    """
    unread = thread.unread()
    if unread:
        return address(thread, page_of(thread, unread[0][0]), "#unread")
    return address(thread, page_count(thread))
