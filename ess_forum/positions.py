"""Sets of positions in a thread, as sorted ranges: [[3, 3], [7, 12]] are 3 and 7 to 12.

So a thread knows the posts that are gone, and a member what was skipped, in a few numbers,
whatever the number of posts. Pure functions: each returns a new list of ranges.
"""

from collections.abc import Iterable, Sequence

Ranges = Sequence[Sequence[int]]


def count(ranges: Ranges) -> int:
    """Return how many positions the ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def holds(ranges: Ranges, position: int | None) -> bool:
    """Return whether a position is among them; one that is still to come is not."""
    return position is not None and any(first <= position <= last for first, last in ranges)


def of(numbers: Iterable[int]) -> list[list[int]]:
    """Return these positions, in any order, as ranges."""
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def union(one: Ranges, other: Ranges) -> list[list[int]]:
    """Return the positions that are in either."""
    ranges: list[list[int]] = []
    for first, last in _sorted([*one, *other]):
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1][1] = max(last, ranges[-1][1])
        else:
            ranges.append([first, last])
    return ranges


def difference(one: Ranges, other: Ranges) -> list[list[int]]:
    """Return the positions of the first that are not in the second."""
    left: list[list[int]] = []
    cuts, next_cut = _sorted(other), 0
    for first, last in _sorted(one):
        while next_cut < len(cuts) and cuts[next_cut][0] <= last:
            start, end = cuts[next_cut]
            if start > first:
                left.append([first, start - 1])
            first = max(first, end + 1)
            if end > last:
                break  # it cuts into the next range too
            next_cut += 1
        if first <= last:
            left.append([first, last])
    return left


def _sorted(ranges: Ranges) -> list[list[int]]:
    return sorted(list(item) for item in ranges)


def rank(position: int, gaps: Ranges) -> int:
    """Return how many positions up to this one, itself included, are not in the gaps."""
    before = sum(min(last, position) - first + 1 for first, last in gaps if first <= position)
    return position - before


def at_rank(number: int, gaps: Ranges) -> int:
    """Return the position that is the `number`-th, from 1, of those not in the gaps."""
    position = number
    for first, last in gaps:
        if first > position:
            break
        position += last - first + 1
    return position
