"""All that the portal knows of a person, as a ZIP archive that is written while it is sent.

Nothing is stored, so that there is nothing to keep safe or to erase: see
docs/decisions/0041-rights-of-a-person.md. Each table is a page to read and a JSON file with the
same rows; files that the person has uploaded lie beside them.
"""

import json
import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, gettext, override

from ess_ground.personal import Table, parts


class _Pipe:
    """What a ZIP archive is written into, and read from at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        """Return what has been written since it was last asked for."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


@dataclass(frozen=True)
class Listed:
    """A table of the archive that has rows."""

    name: str
    heading: str
    count: int


def pieces(user, language: str) -> Iterator[bytes]:
    """Yield the archive of a person, in their language.

    The language is set for each piece: others are served between two of them.
    """
    written = _write(user)
    while True:
        with override(language):
            piece = next(written, None)
        if piece is None:
            return
        yield piece


def _write(user) -> Iterator[bytes]:
    pipe, listed = _Pipe(), []
    addresses = addresses_of(user)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for part in parts():
            for table in part.tables:
                rows = _write_rows(archive, table, user, addresses)
                if rows:
                    listed.append(Listed(table.name, table.heading, rows))
                yield pipe.take()
        context = _context(gettext("My data"), listed=listed, user=user)
        archive.writestr("index.html", render_to_string("privacy/archive/index.html", context))
    yield pipe.take()


def addresses_of(user) -> list[str]:
    """Return the addresses that are known to be this person's, in small letters."""
    verified = EmailAddress.objects.filter(user=user, verified=True)
    return sorted({user.email.lower(), *(each.email.lower() for each in verified)})


def _write_rows(archive: zipfile.ZipFile, table: Table, user, addresses: list[str]) -> int:
    """Write the rows of a table as a page and as JSON, with their files; return how many."""
    columns, rows = table.told(), []
    for record in table.records(user, addresses):
        row = {column.name: column.value(record) for column in columns}
        if table.file and (path := _copy_file(archive, table, record)):
            row["file"] = path
        rows.append(row)
    if not rows:
        return 0
    labels = {column.name: str(column.label) for column in columns} | {"file": gettext("file")}
    shown = [[(labels[name], _shown(value)) for name, value in row.items()] for row in rows]
    context = _context(table.heading, rows=shown)
    page = render_to_string("privacy/archive/table.html", context)
    archive.writestr(f"{table.name}.html", page)
    data = {"name": table.name, "labels": labels, "rows": rows}
    text = json.dumps(data, ensure_ascii=False, indent=2, default=_plain)
    archive.writestr(f"{table.name}.json", text)
    return len(rows)


def _copy_file(archive: zipfile.ZipFile, table: Table, record: Any) -> str:
    """Copy the file of a record, and return where it lies; nothing where it is gone."""
    file = getattr(record, table.file)
    if not file:
        return ""
    name = getattr(record, table.file_name) if table.file_name else posixpath.basename(file.name)
    # Whatever it was called, it stays in its folder when the archive is unpacked.
    safe = re.sub(r"[^\w.-]+", "_", name).lstrip(".")[-100:] or "file"
    path = f"files/{table.name}-{record.pk}-{safe}"
    try:
        source: IO[bytes] = file.storage.open(file.name)
    except FileNotFoundError:
        return ""
    with source, archive.open(path, "w", force_zip64=True) as copy:
        shutil.copyfileobj(source, copy)
    return path


def _context(title: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "site_name": settings.WAGTAIL_SITE_NAME,
        "made_at": timezone.now(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        **more,
    }


def _shown(value: Any) -> str:
    """Return a value as people read it, the items of a list each on a line."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
