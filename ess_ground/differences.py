"""What differs between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

# A word with its marks and vowel signs, a space, or one sign.
TOKEN = re.compile(r"\s+|[\w\u064b-\u065f\u0670’'-]+|.", re.DOTALL)


class Part(NamedTuple):
    """A run of words: `change` is "" where both texts have it, "del" or "ins" where one has."""

    change: str
    text: str


def difference(before: str, after: str) -> list[Part]:
    """Return the two texts as one, in parts: joined without "ins", or "del", they are each again.

    Words that are taken out stand before those that come in their place, as a reader in either
    direction expects.
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


def _runs(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the runs of equal and unequal words, those parted by a lone space joined.

    Else a rewritten sentence would read as many small changes around the spaces that stay.
    """
    runs: list[tuple[str, int, int, int, int]] = []
    # What stays is looked for among words: spaces, which all texts share, only take time.
    for run in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        is_space = run[0] == "equal" and "".join(old[run[1] : run[2]]).isspace()
        is_change = run[0] != "equal" or is_space
        if is_change and runs and runs[-1][0] != "equal":
            last = runs.pop()
            runs.append(("replace", last[1], run[2], last[3], run[4]))
        else:
            runs.append(run)
    return runs
