"""What another forum holds, in words that are neither its own nor ours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ..models import Audience, State


@dataclass(frozen=True)
class Old:
    """A record of the other forum: its number there, and the line of the dump."""

    id: str
    line: int
    # The addresses that it had, below the root of that forum.
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OldUser(Old):
    """Somebody with an account there. Without an address here, only the name comes."""

    name: str
    username: str
    email: str = ""
    joined_at: datetime | None = None
    trust: int = 0


@dataclass(frozen=True, kw_only=True)
class OldCategory(Old):
    """A part of that forum; those that it is within come before it."""

    name: str
    description: str = ""
    parent: str | None = None
    position: int = 0
    see: Audience = Audience.MODERATORS


@dataclass(frozen=True, kw_only=True)
class OldThread(Old):
    """A discussion."""

    title: str
    category: str | None
    author: str | None
    created_at: datetime
    is_closed: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, kw_only=True)
class OldPost(Old):
    """What somebody wrote, as it is written there. Without a number, it is the next."""

    thread: str
    author: str | None
    source: str
    created_at: datetime
    number: int | None = None
    edited_at: datetime | None = None
    state: State = State.VISIBLE


@dataclass(frozen=True, kw_only=True)
class OldFile(Old):
    """An attached file; `path` is below the folder of the files."""

    name: str
    path: str
    post: str | None = None
    author: str | None = None
    created_at: datetime | None = None


class Names(Protocol):
    """What the texts of the other forum name, as it is here; None where it did not come."""

    def handle(self, username: str) -> str | None:
        """Return the handle of the member who had this name."""

    def post(self, number: str) -> int | None:
        """Return the number of the post that had this one."""

    def post_in(self, thread: str, position: int) -> int | None:
        """Return the number of the post at this position of that thread."""

    def file(self, file: OldFile) -> str | None:
        """Return the Markdown that shows the file."""


class Reader(Protocol):
    """Reads the dump of another forum: each method goes through it from its beginning."""

    # Whether its posts come with their number in the thread.
    has_numbers: bool
    # What was left out on purpose, by what it is.
    left_out: Counter[str]

    def users(self) -> Iterator[OldUser]:
        """Yield the users."""

    def categories(self) -> Iterator[OldCategory]:
        """Yield the categories, each after the one that it is within."""

    def threads(self) -> Iterator[OldThread]:
        """Yield the public threads."""

    def posts(self) -> Iterator[OldPost]:
        """Yield the posts of these. `threads` has to be read before."""

    def prepare_texts(self) -> None:
        """Read what `markdown` needs."""

    def markdown(self, old_id: str, source: str, names: Names) -> str:
        """Return the text of a post as Markdown."""

    def file(self, path: str) -> Path | None:
        """Return where a file is, if it is there."""


def below(folder: Path | None, path: str) -> Path | None:
    """Return the file with this path below a folder, if there is one, and never one beside."""
    if folder is None:
        return None
    file = (folder / path.lstrip("/")).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
