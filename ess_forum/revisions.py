"""The versions of a post: what it said, since when, by whom and why, and what each changed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from ess_ground.differences import Part, difference

from .models import Member, Post, PostRevision

# Comparing takes time with each pair of equal words, and with each word. What has more of them is
# shown as it was and as it is.
MAX_PAIRS = 20_000
MAX_PASSAGE = 6_000

Line = list[Part]


@dataclass
class Version:
    """What a post said from one edit to the next; the first is number 1."""

    number: int
    by: Member
    at: datetime
    reason: str
    text: str
    title: str
    before: "Version | None" = None

    def lines(self) -> list[Line]:
        """Return the lines of the text, as what stayed, went and came since the version before."""
        return lines_of(self.before.text, self.text) if self.before else lines_of(None, self.text)

    def title_parts(self) -> Line:
        """Return the title as what stayed, went and came; nothing where it is the same."""
        if self.before is None or self.before.title == self.title:
            return []
        return difference(self.before.title, self.title)


def page_of(post: Post, number: int, size: int) -> list[Version]:
    """Return a page of the versions of a post, the latest first. Two queries.

    A version was written by the edit that put the version before it aside.
    """
    count = post.revisions.count()
    last = count + 1 - (number - 1) * size
    first = max(last - size + 1, 1)
    # From the one that is shown before the first, to the one that tells of the last.
    kept = {
        revision.number: revision
        for revision in post.revisions.filter(number__range=(first - 2, last)).select_related(
            "edited_by"
        )
    }
    versions = [_version(post, kept, one) for one in range(max(first - 1, 1), last + 1)]
    for before, version in pairwise(versions):
        version.before = before
    return [version for version in reversed(versions) if version.number >= first]


def _version(post: Post, kept: dict[int, PostRevision], number: int) -> Version:
    words, edit = kept.get(number), kept.get(number - 1)
    return Version(
        number=number,
        by=edit.edited_by if edit else post.author,
        at=edit.edited_at if edit else post.created_at,
        reason=edit.reason if edit else "",
        text=words.source if words else post.source,
        title=words.title if words else (post.thread.title if post.is_first else ""),
    )


def lines_of(before: str | None, after: str) -> list[Line]:
    """Return two texts as one, line by line, each with its own direction to be shown in."""
    if before is None:
        return [[Part("", line)] for line in after.split("\n")]
    parts: list[Part] = []
    old, new = before.split("\n"), after.split("\n")
    if _pairs(old, new) > MAX_PAIRS:
        old, new = [before], [after]
    left = MAX_PAIRS
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(f"{x}\n" for x in old[i:j]), "".join(f"{x}\n" for x in new[k:m])
        if tag == "equal":
            parts.append(Part("", was))
            continue
        left -= _pairs(was.split(), now.split())
        if left > 0 and max(len(was), len(now)) <= MAX_PASSAGE:
            parts += difference(was, now)
        else:
            parts += [Part("del", was), Part("ins", now)]
    return _in_lines(parts)


def _pairs(old: list[str], new: list[str]) -> int:
    """Return how many pairs of equal items there are."""
    counts = Counter(new)
    return sum(counts[item] for item in old)


def _in_lines(parts: list[Part]) -> list[Line]:
    lines: list[Line] = [[]]
    for part in parts:
        first, *others = part.text.split("\n")
        lines[-1].append(Part(part.change, first))
        lines += [[Part(part.change, text)] for text in others]
    shown = [[part for part in line if part.text] for line in lines]
    return [line for line in shown if line]
