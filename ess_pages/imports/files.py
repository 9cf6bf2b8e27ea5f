"""Reads the rows of an uploaded file: CSV, or XLSX as spreadsheets write it.

What cannot be read is refused with the way to put it right; what the name of the file says does
not matter.
"""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from ..languages import listed
from ..open_data.cells import as_written

MAX_BYTES = 10 * 2**20
MAX_ROWS = 5_000
MAX_COLUMNS = 200
# What a workbook within these limits unpacks to at most, with room to spare: a few kilobytes can
# be made to unpack to more than any memory holds.
MAX_UNPACKED = 100 * 2**20
MAX_TAGS = 6_000_000
MAX_TAGS_IN_ROW = 100_000
SHARED_STRINGS = "xl/sharedStrings.xml"
SPREADSHEET_ROWS = 2**20

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
SEPARATORS = ",;\t"
# A first line that tells Excel what separates the cells, and says nothing else.
SEPARATOR_TOLD = re.compile(rf'"?sep=([{SEPARATORS}])"?\r?$', re.MULTILINE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s/>]")
MERGED_TAG = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:]{1,30})\"")


class FileError(Exception):
    """The file as a whole cannot be imported; says why, in the active language."""


class Row(NamedTuple):
    """A row of the file: its number there, its cells as text, and what is wrong with them.

    A problem stands at the place of its cell; at None, one of the whole row.
    """

    number: int
    cells: list[str]
    problems: dict[int | None, str]


@dataclass
class Table:
    """What the file holds: its first row, the others that are not empty, and remarks."""

    headings: list[str]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def read_table(content: bytes) -> Table:
    """Return the table that the file holds. Raises FileError."""
    if content.startswith(ZIP):
        table = _read_workbook(content)
    elif content.startswith(OLE):
        raise FileError(_ole_refusal(content))
    else:
        table = _read_csv(content)
    if not any(table.headings):
        raise FileError(_("The file is empty: its first row must hold the names of the columns."))
    if not table.rows:
        raise FileError(_("The file holds the names of the columns, and no row below them."))
    return table


def cell_name(column: int, row: int) -> str:
    """Return the name of a cell as spreadsheets show it: `cell_name(0, 2)` is A2."""
    return f"{get_column_letter(column + 1)}{row}"


def _ole_refusal(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _("The file is protected by a password: save it without one.")
    return _("This is a file of an old Excel (.xls): save it as .xlsx, or as CSV in UTF-8.")


def _row(number: int, texts: list[str], formulas: set[int], errors: Set[int] = frozenset()) -> Row:
    """Return a row whose cells at these places hold formulas and errors."""
    cells = [text.replace("\r\n", "\n").strip() for text in texts]
    problems: dict[int | None, str] = {}
    for place, cell in enumerate(cells):
        if place in formulas:
            message = _(
                "Cell %(cell)s holds a formula: copy it and paste its value, or put an apostrophe "
                "(') before the text."
            )
        elif place in errors or CONTROLS.search(cell):
            message = _("Cell %(cell)s holds an error or something unreadable: %(text)s")
        else:
            continue
        text = CONTROLS.sub("?", cell)
        problems[place] = message % {"cell": cell_name(place, number), "text": text}
    return Row(number, cells, problems)


def _table(rows: Iterable[Row]) -> Table:
    """Return the table of these rows, the empty ones left out."""
    filled = (row for row in rows if row.problems or any(row.cells))
    headings = next(filled, Row(1, [], {}))
    if headings.problems:
        raise FileError(" ".join(headings.problems.values()))
    kept: list[Row] = []
    for row in filled:
        if len(kept) == MAX_ROWS:
            raise FileError(
                _("The file has more than %(number)d rows: import it in several parts.")
                % {"number": MAX_ROWS}
            )
        kept.append(row)
    return Table(headings.cells, kept)


# CSV


def _read_csv(content: bytes) -> Table:
    table = _table(_csv_rows(_decoded(content)))
    width = len(table.headings)
    for row in table.rows:
        if len(row.cells) != width:
            row.problems[None] = _(
                "This row has %(cells)d cells, and the first row %(columns)d: is a text that "
                "holds the separator written without quotation marks?"
            ) % {"cells": len(row.cells), "columns": width}
    return table


def _decoded(content: bytes) -> str:
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8"
    )
    if b"\x00" in content and encoding != "utf-16":
        raise FileError(_("This is neither a CSV nor an XLSX file."))
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(
            _(
                "The file is not in UTF-8: line %(line)d cannot be read. In Excel, save it as "
                "“CSV UTF-8”; in LibreOffice, choose Unicode (UTF-8) as the character set; or "
                "send it as .xlsx."
            )
            % {"line": line}
        ) from error


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 and SEPARATOR_TOLD.match(text):
                continue
            formulas = {place for place, cell in enumerate(cells) if cell.lstrip().startswith("=")}
            yield _row(number, [as_written(cell) for cell in cells], formulas)
    except csv.Error as error:
        raise FileError(
            _("Line %(line)d cannot be read: is a quotation mark missing there?")
            % {"line": reader.line_num}
        ) from error


def _separator(text: str) -> str:
    """Return what separates the cells: as the file says, or what its first line has most of."""
    if told := SEPARATOR_TOLD.match(text):
        return told[1]
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=first.count)


# XLSX


def _read_workbook(content: bytes) -> Table:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        if "[Content_Types].xml" not in archive.namelist():
            raise FileError(_("This is neither a CSV nor an XLSX file."))
        merged = _inspect(archive)
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = next((s for s in workbook.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise FileError(_("The file holds no sheet."))
        if merged.get(sheet._worksheet_path):
            raise FileError(
                _("Cells are merged (%(cells)s): unmerge them, and fill each of them in.")
                % {"cells": listed(merged[sheet._worksheet_path][:5])}
            )
        table = _table(_sheet_rows(sheet))
    except FileError:
        raise
    except Exception as error:  # a broken workbook breaks openpyxl in ways without number
        raise FileError(
            _("The file is damaged: open it in your spreadsheet, save it as .xlsx, and try again.")
        ) from error
    width = len(table.headings)
    for row in table.rows:
        row.cells.extend([""] * (width - len(row.cells)))
    if len(workbook.worksheets) > 1:
        table.notes.append(
            _("The file has several sheets: only “%(name)s” is read.") % {"name": sheet.title}
        )
    return table


def _inspect(archive: zipfile.ZipFile) -> dict[str, list[str]]:
    """Return which cells are merged in each part of the workbook.

    Raises FileError for a workbook that would fill the memory, without unpacking it as a whole.
    """
    refusal = FileError(_("Unpacked, the file is far too large: copy its rows to a new one."))
    parts = [part for part in archive.infolist() if part.filename.endswith(".xml")]
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise refusal
    merged: dict[str, list[str]] = {}
    tags = 0
    for part in parts:
        in_row, rest = 0, b""
        found: dict[str, None] = {}
        with archive.open(part) as file:
            while chunk := file.read(2**20):
                tags += chunk.count(b"<")
                by_row = [piece.count(b"<") for piece in ROW_TAG.split(chunk)]
                longest, in_row = max(by_row[0] + in_row, *by_row), by_row[-1]
                if tags > MAX_TAGS:
                    raise refusal
                if longest > MAX_TAGS_IN_ROW and part.filename != SHARED_STRINGS:
                    raise refusal
                found |= dict.fromkeys(ref.decode() for ref in MERGED_TAG.findall(rest + chunk))
                rest = chunk[chunk.rfind(b"<") :]
        merged[part.filename] = list(found)
    return merged


def _sheet_rows(sheet) -> Iterator[Row]:
    sheet.reset_dimensions()  # what a file says of its own size need not be true
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > SPREADSHEET_ROWS:
            return
        texts = [_cell_text(cell.value) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        formulas = {place for place, cell in enumerate(cells) if cell.data_type == "f"}
        errors = {place for place, cell in enumerate(cells) if cell.data_type == "e"}
        yield _row(number, texts, formulas, errors)


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return str(value)
