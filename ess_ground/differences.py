"""What differs between two texts, word by word."""

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import NamedTuple

# A word with its marks and vowel signs, a space, or one sign.
TOKEN = re.compile(r"\s+|[\w\u064b-\u065f\u0670’'-]+|.", re.DOTALL)
# Comparing takes time with each pair of equal words, many times over where few words make a long
# text. Of a clause as long as can be, in prose, there are some 30,000.
MAX_PAIRS = 50_000

# What was done, and where: from and to among the old words, from and to among the new.
Run = tuple[str, int, int, int, int]


class Part(NamedTuple):
    """A run of words: `change` is "" where both texts have it, "del" or "ins" where one has."""

    change: str
    text: str


def difference(before: str, after: str) -> list[Part]:
    """Return the two texts as one, in parts: joined without "ins", or "del", they are each again.

    Words that are taken out stand before those that come in their place, as a reader in either
    direction expects. Where looking for all that stays would take too long, it is only looked for
    at the beginning and the end.
    """
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    parts: list[Part] = []
    for tag, old_start, old_end, new_start, new_end in _runs(old, new):
        if tag == "equal":
            parts.append(Part("", "".join(old[old_start:old_end])))
            continue
        if removed := "".join(old[old_start:old_end]):
            parts.append(Part("del", removed))
        if added := "".join(new[new_start:new_end]):
            parts.append(Part("ins", added))
    return parts


def _runs(old: list[str], new: list[str]) -> list[Run]:
    """Return the runs of equal and unequal words, those parted by a lone space joined.

    Else a rewritten sentence would read as many small changes around the spaces that stay.
    """
    runs: list[Run] = []
    compare = _all_runs if _pairs(old, new) <= MAX_PAIRS else _outer_runs
    for run in compare(old, new):
        is_space = run[0] == "equal" and "".join(old[run[1] : run[2]]).isspace()
        is_change = run[0] != "equal" or is_space
        if is_change and runs and runs[-1][0] != "equal":
            last = runs.pop()
            runs.append(("replace", last[1], run[2], last[3], run[4]))
        else:
            runs.append(run)
    return runs


def _all_runs(old: list[str], new: list[str]) -> list[Run]:
    # What stays is looked for among words: spaces, which all texts share, only take time.
    return list(SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes())


def _outer_runs(old: list[str], new: list[str]) -> list[Run]:
    """Return what both begin with, what differs, and what both end with."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    left = shorter - start
    end = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    old_end, new_end = len(old) - end, len(new) - end
    runs = [
        ("equal", 0, start, 0, start),
        ("replace", start, old_end, start, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]
    return [run for run in runs if run[1] < run[2] or run[3] < run[4]]


def _pairs(old: list[str], new: list[str]) -> int:
    """Return how many pairs of equal words there are."""
    counts = Counter(word for word in new if not word.isspace())
    return sum(counts[word] for word in old)
