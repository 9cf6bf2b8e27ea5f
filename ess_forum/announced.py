"""Kinds of news that other apps have the forum tell: that a meeting is cancelled, for one.

An app that knows the forum names its kinds once, while Django starts, and tells them through
`actions.page_news`. Where nobody names any, members see none.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

_kinds: "dict[str, Announced]" = {}


class Announced(NamedTuple):
    """A kind of news about pages.

    `label` names it among a member's choices; `sentences` says each of its events, with `{title}`
    for the page's; `mail`, a `models.Mail`, is how it goes out where a member has not chosen.
    """

    kind: str
    label: Any
    sentences: Mapping[str, Any]
    mail: str


def announce(announced: Announced) -> None:
    """Have the forum tell this kind of news from now on."""
    _kinds[announced.kind] = announced


def choices() -> list[tuple[str, Any]]:
    """Return the name and label of each kind."""
    return [(each.kind, each.label) for each in _kinds.values()]


def announced_as(kind: str) -> Announced | None:
    """Return what is said of a kind; None where no installed app tells it any more."""
    return _kinds.get(kind)
