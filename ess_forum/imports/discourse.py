"""A Discourse backup: `dump.sql`, compressed or not, or the whole archive with its uploads.

Names of tables and columns are those of Discourse's own schema (`db/structure.sql`).
"""

import re
import tarfile
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ..models import Audience, Member, State
from . import dumps
from .quoting import quoted
from .rows import Names, OldCategory, OldFile, OldPost, OldThread, OldUser, below

# Kinds of posts. The others are small notices ("closed") that Discourse makes itself.
REGULAR, BY_MODERATOR, WHISPER = "1", "2", "4"
BASE_62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
UPLOAD = r"(?:upload://[\w.-]+|(?:https?:)?(?://[^\s)\"'/]+)?/uploads/[^\s)\"']+)"
IMAGE = re.compile(rf"!\[([^\]\n]*)\]\(({UPLOAD})(?: [^)\n]*)?\)")
FILE = re.compile(rf"\[([^\]\n]*)\]\(({UPLOAD})\)")
IMAGE_TAG = re.compile(rf"<img[^>]*?\ssrc=[\"']({UPLOAD})[\"'][^>]*>", re.IGNORECASE)
QUOTE = re.compile(r"\[quote(?:=(\"[^\"\n]*\"|[^\]\n]*))?\]|\[/quote\]", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w@/.`])@([\w][\w.-]*\w|\w)")
CODE = re.compile(r"(^(`{3,}|~{3,}).*?^\2[`~]*[ \t]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
# The marks of what is not here go, and their words stay: a poll becomes the list of its answers.
MARKS = re.compile(r"\[/?(?:poll|spoiler|wrap|center)(?:[ =][^\]\n]*)?\]", re.IGNORECASE)
DETAILS = re.compile(r"\[details(?:=\"?([^\]\"]*)\"?)?\]|\[/details\]", re.IGNORECASE)


class Discourse:
    """Reads a backup of Discourse."""

    has_numbers = True

    def __init__(self, path: Path, files: Path | None = None, prefix: str = ""):
        self._folder: tempfile.TemporaryDirectory | None = None
        self.path, self.files = path, files
        if tarfile.is_tarfile(path):
            self.path, self.files = self._unpacked(path)
        self.left_out: Counter[str] = Counter()
        self._slugs: dict[str, str] = {}  # of the public topics
        self._uploads: dict[str, OldFile] = {}

    def _unpacked(self, archive: Path) -> tuple[Path, Path]:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (EOFError, tarfile.TarError, zlib.error) as error:
            raise dumps.DumpError(_("The archive is damaged: it cannot be unpacked.")) from error
        found = [*folder.rglob("dump.sql.gz"), *folder.rglob("dump.sql")]
        if not found:
            raise dumps.DumpError(_("There is no dump.sql in the archive."))
        return found[0], found[0].parent

    def users(self) -> Iterator[OldUser]:
        """Yield the users; with an address those who can log in and have confirmed it."""
        emails = {
            row.values["user_id"]: row.values["email"] or ""
            for row in dumps.copied(self.path, "user_emails")
            if row.values.get("primary") == "t"
        }
        now = datetime.now(UTC)
        for row in dumps.copied(self.path, "users"):
            values = row.values
            until = _time(values.get("suspended_till"))
            is_kept_out = until is not None and until > now
            may = values.get("active") == "t" and not is_kept_out and not _is_system(values)
            name = values["username"] or ""
            yield OldUser(
                values["id"] or "",
                row.line,
                (f"/u/{name.lower()}", f"/u/{name}") if name != name.lower() else (f"/u/{name}",),
                name=values.get("name") or name,
                username=name,
                email=emails.get(values["id"], "") if may else "",
                joined_at=_time(values["created_at"]),
                trust=min(int(values.get("trust_level") or 0), Member.Trust.LEADER),
            )

    def categories(self) -> Iterator[OldCategory]:
        """Yield the categories; what is not for everyone is for moderators until they open it."""
        rows = {row.values["id"]: row for row in dumps.copied(self.path, "categories")}
        for row in sorted(rows.values(), key=lambda row: _depth(rows, row.values["id"])):
            values = row.values
            parent = values.get("parent_category_id")
            slugs = [values["slug"] or f"{values['id']}-category"]
            if parent in rows:
                slugs = [rows[parent].values["slug"] or f"{parent}-category", *slugs]
            yield OldCategory(
                values["id"] or "",
                row.line,
                tuple({f"/c/{'/'.join(slugs)}/{values['id']}", f"/c/{slugs[-1]}/{values['id']}"}),
                name=values["name"] or "",
                description=_plain(values.get("description") or "")[:500],
                parent=parent if parent in rows else None,
                position=int(values.get("position") or 0),
                see=Audience.EVERYONE
                if values.get("read_restricted") == "f"
                else Audience.MODERATORS,
            )

    def threads(self) -> Iterator[OldThread]:
        """Yield the topics, without private messages."""
        self.left_out["private messages"] = 0
        for row in dumps.copied(self.path, "topics"):
            values, number = row.values, row.values["id"] or ""
            if values.get("archetype") == "private_message":
                self.left_out["private messages"] += 1
                continue
            slug = self._slugs[number] = values.get("slug") or "-"
            yield OldThread(
                number,
                row.line,
                (f"/t/{slug}/{number}", f"/t/{number}"),
                title=values["title"] or "",
                category=values["category_id"],
                author=values["user_id"],
                created_at=_time(values["created_at"]) or datetime.now(UTC),
                is_closed=values.get("closed") == "t" or values.get("archived") == "t",
                is_pinned=values.get("pinned_at") is not None,
            )

    def posts(self) -> Iterator[OldPost]:
        """Yield what people wrote in these topics."""
        self.left_out["notices of the system"] = 0
        hidden = self._topics_not_shown()
        for row in dumps.copied(self.path, "posts"):
            values = row.values
            topic, kind = values["topic_id"] or "", values.get("post_type") or REGULAR
            if topic not in self._slugs:
                continue
            if kind not in (REGULAR, BY_MODERATOR, WHISPER):
                self.left_out["notices of the system"] += 1
                continue
            state = State.VISIBLE
            if values.get("deleted_at") is not None:
                state = State.DELETED
            elif values.get("hidden") == "t" or kind == WHISPER:
                state = State.HIDDEN
            elif values["post_number"] == "1":
                state = hidden.get(topic, State.VISIBLE)
            edited = _time(values.get("last_version_at"))
            created = _time(values["created_at"]) or datetime.now(UTC)
            place = f"{topic}/{values['post_number']}"
            yield OldPost(
                values["id"] or "",
                row.line,
                (f"/t/{self._slugs[topic]}/{place}", f"/t/{place}", f"/p/{values['id']}"),
                thread=topic,
                author=values["user_id"],
                source=values["raw"] or "",
                created_at=created,
                number=int(values["post_number"] or 0),
                edited_at=edited if edited and edited > created else None,
                state=state,
            )

    def _topics_not_shown(self) -> dict[str, State]:
        states = {}
        for row in dumps.copied(self.path, "topics"):
            if row.values.get("deleted_at") is not None:
                states[row.values["id"] or ""] = State.DELETED
            elif row.values.get("visible") == "f":
                states[row.values["id"] or ""] = State.HIDDEN
        return states

    def prepare_texts(self) -> None:
        """Read which files there are: texts name them by their address or by their checksum."""
        for row in dumps.copied(self.path, "uploads"):
            values = row.values
            url = values["url"] or ""
            file = OldFile(
                values["id"] or "",
                row.line,
                name=values["original_filename"] or url.rpartition("/")[2],
                path=url[url.find("/uploads/") :] if "/uploads/" in url else url,
                author=values.get("user_id"),
                created_at=_time(values.get("created_at")),
            )
            self._uploads[file.path] = file
            if sha1 := values.get("sha1"):
                self._uploads[_short(sha1)] = file

    def markdown(self, old_id: str, source: str, names: Names) -> str:
        """Return Discourse's Markdown as ours: quotes, mentions and files lead on."""
        parts = CODE.split(source)
        # Of each piece of code, the expression gives itself and its fence.
        texts, codes = parts[0::3], parts[1::3]
        texts = [self._text(text, names) for text in texts]
        pieces = [piece for pair in zip(texts, [*codes, ""], strict=True) for piece in pair]
        return self._quotes("".join(pieces), names).strip()

    def _text(self, text: str, names: Names) -> str:
        text = IMAGE.sub(lambda m: self._file(m[2], names) or _without_file(m), text)
        text = FILE.sub(lambda m: self._file(m[2], names) or _without_file(m), text)
        text = IMAGE_TAG.sub(lambda m: self._file(m[1], names) or m[0], text)
        text = MARKS.sub("", text)
        text = DETAILS.sub(lambda m: f"\n\n**{m[1]}**\n\n" if m[1] else "\n\n", text)
        return MENTION.sub(lambda m: f"@{names.handle(m[1]) or m[1]}", text)

    def _file(self, address: str, names: Names) -> str | None:
        key = address[address.find("/uploads/") :]
        if address.startswith("upload://"):
            key = address.removeprefix("upload://").partition(".")[0]
        file = self._uploads.get(key)
        return names.file(file) if file else None

    def _quotes(self, text: str, names: Names) -> str:
        """Return the text with quotes as Markdown has them, those within quotes too."""
        stack: list[tuple[str, list[str]]] = [("", [])]
        end = 0
        for match in QUOTE.finditer(text):
            stack[-1][1].append(text[end : match.start()])
            end = match.end()
            if match[0].lower() != "[/quote]":
                stack.append(((match[1] or "").strip('"'), []))
            elif len(stack) > 1:
                about, words = stack.pop()
                stack[-1][1].append(f"\n\n{_quote(about, ''.join(words), names)}\n\n")
        while len(stack) > 1:
            about, words = stack.pop()
            stack[-1][1].append(f"\n\n{_quote(about, ''.join(words), names)}")
        stack[-1][1].append(text[end:])
        return re.sub(r"\n{3,}", "\n\n", "".join(stack[0][1]))

    def file(self, path: str) -> Path | None:
        """Return where an uploaded file is, below the folder of the files or its `uploads`."""
        return below(self.files, path) or below(self.files, path.removeprefix("/uploads/"))


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def _without_file(match: re.Match) -> str:
    """Return the words of a file that is not there: only Discourse can follow `upload://`."""
    is_lost = match[2].startswith("upload://")
    return match[1].partition("|")[0] if is_lost else match[0]


def _is_system(values: dumps.Values) -> bool:
    return (values["id"] or "").startswith("-")


def _depth(rows: dict[str | None, dumps.Row], number: str | None) -> int:
    depth = 0
    while number in rows and depth < 10:
        number, depth = rows[number].values.get("parent_category_id"), depth + 1
    return depth


def _time(text: str | None) -> datetime | None:
    """Return a time of the dump, which has no zone: Discourse keeps UTC."""
    try:
        time = parse_datetime(text) if text else None
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time else None


def _short(sha1: str) -> str:
    """Return a checksum as `upload://` has it."""
    number, digits = int(sha1, 16), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE_62[digit] + digits
    return digits


def _quote(about: str, words: str, names: Names) -> str:
    name, _comma, rest = about.partition(",")
    # Where the name is the one that is shown, the one to log in with comes after it.
    username = re.search(r"username:\s*([^,\s]+)", rest)
    name = username[1] if username else name
    post = re.search(r"post:\s*(\d+)", rest)
    topic = re.search(r"topic:\s*(\d+)", rest)
    number = names.post_in(topic[1], int(post[1])) if post and topic else None
    return quoted(words, names.handle(name.strip()) or name.strip(), number)
