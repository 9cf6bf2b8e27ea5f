"""A workbook for spreadsheet programs (Office Open XML), and a sheet that says what it is."""

from collections.abc import Iterator
from tempfile import TemporaryFile

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .cells import could_be_formula
from .columns import Value, flat
from .dataset import Dataset, licence

# Of a longer text, what a cell can hold.
CELL_LENGTH = 32_767
WIDTH = 24
PIECE = 64 * 1024


def write(dataset: Dataset) -> Iterator[bytes]:
    """Yield the file, piece by piece, once it is made."""
    workbook = Workbook(write_only=True)
    for part in dataset.parts:
        _write_entries(workbook, part)
    _write_notes(workbook, dataset)
    with TemporaryFile() as file:
        workbook.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _sheet(workbook: Workbook, title: str, headings: list[str], widths: list[int]):
    sheet = workbook.create_sheet(title)
    sheet.sheet_view.rightToLeft = get_language_bidi()
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, text) for text in headings])
    return sheet


def _heading(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _write_entries(workbook: Workbook, dataset: Dataset) -> None:
    columns = dataset.columns
    headings = [str(column.label) for column in columns]
    sheet = _sheet(workbook, dataset.name, headings, [WIDTH] * len(columns))
    for pages in dataset.batches():
        for page in pages:
            sheet.append([_cell(sheet, column.value(page)) for column in columns])


def _write_notes(workbook: Workbook, dataset: Dataset) -> None:
    sheet = _sheet(workbook, _("About"), [_("About this file"), ""], [WIDTH, 4 * WIDTH])
    terms = licence()
    for name, value in (
        (_("title"), dataset.title),
        (_("made on"), dataset.day.isoformat()),
        (_("source"), dataset.source),
        (_("licence"), f"{terms.name} · {terms.url}"),
    ):
        sheet.append([name, _cell(sheet, value)])


def _cell(sheet, value: Value):
    """Return the value as the workbook takes it: a text stays a text, whatever it begins with."""
    value = flat(value)
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_LENGTH]
    if not could_be_formula(text):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
