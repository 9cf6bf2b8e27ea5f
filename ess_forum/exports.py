"""The whole forum as JSON Lines, with its files: what `docs/forum-export.md` describes.

Rows are streamed from one moment of the database into a folder or a zip archive; `manifest.json`
says how many there are and what their checksums are.
"""

import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ess_ground.exports import note

from .models import (
    Appeal,
    Attachment,
    Audience,
    Block,
    Bookmark,
    Category,
    Flag,
    ForumSettings,
    Group,
    Member,
    Membership,
    ModerationEvent,
    NotificationChoice,
    Participant,
    Poll,
    PollOption,
    PollVote,
    Post,
    PostRevision,
    Reaction,
    ReadMark,
    Sanction,
    SpokenLanguage,
    State,
    Subscription,
    Thread,
    ThreadTopic,
    WatchedWord,
)

VERSION = 1
CHUNK = 2000


class Table(NamedTuple):
    """What is told of a kind of record: a file, a line for each.

    `thread` is the way to the thread that it belongs to, if to one: what belongs to a private
    conversation is told only where that is asked for. What is `personal` is, too.
    """

    name: str
    model: type[models.Model]
    fields: tuple[str, ...]
    thread: str | None = None
    personal: bool = False


TABLES = [
    Table(
        "members",
        Member,
        (
            "id",
            "name",
            "handle",
            "about",
            "joined_at",
            "trust",
            "is_trust_kept",
            "silenced_until",
            "suspended_until",
            "is_banned",
            "last_seen_on",
            "days_visited",
            "post_count",
            "thread_count",
            "reactions_received",
        ),
    ),
    Table(
        "groups",
        Group,
        ("id", "name_fr", "name_ar", "description_fr", "description_ar", "created_at"),
    ),
    Table("memberships", Membership, ("group", "member", "is_manager", "joined_at")),
    Table(
        "categories",
        Category,
        (
            "id",
            "parent",
            "position",
            "name_fr",
            "name_ar",
            "description_fr",
            "description_ar",
            "see",
            "start",
            "reply",
            "group",
            "thread_count",
            "post_count",
        ),
    ),
    Table(
        "threads",
        Thread,
        (
            "id",
            "category",
            "title",
            "language",
            "author",
            "state",
            "merged_into",
            "is_pinned",
            "is_featured",
            "is_closed",
            "answer",
            "page_key",
            "created_at",
            "last_post_at",
            "last_position",
            "reply_count",
        ),
        thread="pk",
    ),
    Table(
        "thread_topics",
        ThreadTopic,
        ("content_object", "tag__name", "tag__slug"),
        thread="content_object",
    ),
    Table(
        "participants", Participant, ("thread", "member", "left_at"), thread="thread", personal=True
    ),
    Table(
        "posts",
        Post,
        (
            "id",
            "thread",
            "position",
            "author",
            "source",
            "language",
            "reply_to",
            "state",
            "created_at",
            "published_at",
            "edited_at",
        ),
        thread="thread",
    ),
    Table(
        "revisions",
        PostRevision,
        ("post", "number", "source", "title", "edited_by", "edited_at", "reason"),
        thread="post__thread",
    ),
    Table("reactions", Reaction, ("post", "member", "emoji", "created_at"), thread="post__thread"),
    Table(
        "polls", Poll, ("id", "post", "question", "max_choices", "closes_at"), thread="post__thread"
    ),
    Table(
        "poll_options", PollOption, ("id", "poll", "number", "text"), thread="poll__post__thread"
    ),
    Table(
        "poll_votes",
        PollVote,
        ("option", "member", "voted_at"),
        thread="option__poll__post__thread",
    ),
    Table(
        "attachments",
        Attachment,
        (
            "key",
            "post",
            "member",
            "name",
            "content_type",
            "size",
            "width",
            "height",
            "created_at",
        ),
        thread="post__thread",
    ),
    Table(
        "flags",
        Flag,
        (
            "id",
            "post",
            "reporter",
            "reason",
            "note",
            "state",
            "created_at",
            "decided_by",
            "decided_at",
            "answer",
        ),
        thread="post__thread",
    ),
    Table(
        "sanctions",
        Sanction,
        (
            "id",
            "member",
            "kind",
            "reason",
            "post",
            "until",
            "made_by",
            "made_at",
            "lifted_by",
            "lifted_at",
            "lifted_reason",
        ),
    ),
    Table(
        "appeals",
        Appeal,
        (
            "id",
            "member",
            "sanction",
            "post",
            "text",
            "state",
            "created_at",
            "decided_by",
            "decided_at",
            "answer",
        ),
    ),
    Table(
        "moderation_events",
        ModerationEvent,
        ("id", "at", "moderator", "verb", "about", "reason", "details"),
    ),
    Table("watched_words", WatchedWord, ("words", "effect")),
    Table(
        "profiles",
        Member,
        (
            "id",
            "about_audience",
            "languages_audience",
            "offers",
            "offers_audience",
            "seeks",
            "seeks_audience",
            "linkedin",
            "linkedin_audience",
            "facebook",
            "facebook_audience",
            "website",
            "website_audience",
            "photo_audience",
            "language",
            "digest",
        ),
        personal=True,
    ),
    Table("spoken_languages", SpokenLanguage, ("member", "code"), personal=True),
    Table(
        "notification_choices",
        NotificationChoice,
        ("member", "kind", "mail", "push"),
        personal=True,
    ),
    Table("bookmarks", Bookmark, ("member", "post", "note", "created_at"), personal=True),
    Table(
        "subscriptions", Subscription, ("member", "thread", "category", "created_at"), personal=True
    ),
    Table("read_marks", ReadMark, ("member", "thread", "position", "skipped"), personal=True),
    Table("blocks", Block, ("member", "blocked", "created_at"), personal=True),
]
# What is told under a simpler name.
NAMES = {"content_object": "thread", "tag__name": "name", "tag__slug": "slug"}
# What is told in words instead of numbers.
WORDS: dict[tuple[type[models.Model], str], type[Enum]] = {
    (Category, "see"): Audience,
    (Category, "start"): Audience,
    (Category, "reply"): Audience,
    (Thread, "state"): State,
    (Post, "state"): State,
    (Member, "trust"): Member.Trust,
}


class Target(Protocol):
    """Where an export is written."""

    def file(self, name: str) -> Any:
        """Return a context manager that gives a new binary file with this name."""


class Folder:
    """An export in a folder, which is made. Raises FileExistsError where something is in it."""

    def __init__(self, path: Path):
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise FileExistsError(path)
        self.path = path

    def file(self, name: str) -> IO[bytes]:
        """Return a new file with this name."""
        place = self.path / name
        place.parent.mkdir(exist_ok=True)
        return place.open("wb")


class Archive:
    """An export in a zip archive."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive

    def file(self, name: str) -> IO[bytes]:
        """Return a new file with this name."""
        return self.archive.open(name, "w", force_zip64=True)


def export(path: Path, *, emails: bool = False, personal: bool = False) -> dict:
    """Write the forum into a folder, or a `.zip`, and return the manifest.

    `emails` adds the addresses of members, `personal` private conversations and what members keep
    for themselves. Raises FileExistsError where something is there, and another OSError where
    nothing can be written: then nothing is left. It is written down that this was done.
    """
    manifest = _export(path, emails, personal)
    rows = manifest["files"]["members.jsonl"]["count"]
    note("ess_forum.export_forum", ForumSettings.load(), None, rows=rows, file=path.name)
    return manifest


def _export(path: Path, emails: bool, personal: bool) -> dict:
    if path.suffix != ".zip":
        folder = Folder(path)
        with _nothing_left_by_halves(path):
            return _write(folder, emails, personal)
    archive = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)
    with _nothing_left_by_halves(path), archive:
        return _write(Archive(archive), emails, personal)


@contextmanager
def _nothing_left_by_halves(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        raise


def _write(target: Target, emails: bool, personal: bool) -> dict:
    manifest: dict[str, Any] = {
        "format": "ess-forum",
        "version": VERSION,
        "made_at": timezone.now().isoformat(),
        "with_emails": emails,
        "with_personal": personal,
        "files": {},
    }
    with _one_moment():
        for table in TABLES:
            if table.personal and not personal:
                continue
            lines = _lines(table, emails, personal)
            manifest["files"][f"{table.name}.jsonl"] = _write_lines(target, table.name, lines)
        manifest["attachments"] = _write_files(target, personal)
    with target.file("manifest.json") as file:
        file.write(json.dumps(manifest, indent=2).encode())
    return manifest


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it is at one moment, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Django's own transactions take the lock of the writer: this one only reads.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


def _rows(table: Table, personal: bool) -> QuerySet:
    rows = table.model._default_manager.order_by("pk")
    if table.thread and not personal:
        thread = "" if table.thread == "pk" else f"{table.thread}__"
        rows = rows.filter(Q(**{f"{thread}category__isnull": False}))
    return rows


def _lines(table: Table, emails: bool, personal: bool) -> Iterator[dict]:
    rows = _rows(table, personal)
    fields = list(table.fields)
    if table.name == "members":
        rows = rows.annotate(email=F(f"user__{get_user_model().get_email_field_name()}"))
        fields += ["user"] + (["email"] if emails else [])
    for row in rows.values(*fields).iterator(CHUNK):
        yield _told(table, row)


def _told(table: Table, row: dict) -> dict:
    told = {}
    for field, value in row.items():
        if words := WORDS.get((table.model, field)):
            value = words(value).name.lower()
        told[NAMES.get(field, field)] = value
    if table.name == "members":
        told["has_account"] = told.pop("user") is not None
    if table.model is Attachment:
        told["file"] = f"files/{row['key']}"
    return told


def _write_lines(target: Target, name: str, lines: Iterable[dict]) -> dict:
    digest, count = sha256(), 0
    with target.file(f"{name}.jsonl") as file:
        for line in lines:
            data = json.dumps(line, ensure_ascii=False, default=_plain).encode() + b"\n"
            file.write(data)
            digest.update(data)
            count += 1
    return {"count": count, "sha256": digest.hexdigest()}


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))


def _write_files(target: Target, personal: bool) -> dict:
    """Copy the attached files; one that is gone from the storage is named."""
    table = next(table for table in TABLES if table.model is Attachment)
    count, missing = 0, []
    for attachment in _rows(table, personal).iterator(CHUNK):
        try:
            with attachment.file.open("rb") as file, target.file(f"files/{attachment.key}") as copy:
                shutil.copyfileobj(file, copy)
        except FileNotFoundError:
            missing.append(str(attachment.key))
        else:
            count += 1
    return {"count": count, "missing": missing}
