"""Which column of the open data each column of a file is."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from ..languages import language_choices, listed
from ..open_data.columns import COLUMNS, Column
from .fields import FIELDS, key
from .files import FileError, get_column_letter

IDENTIFIER = "id"
LANGUAGE = "language"


@dataclass(frozen=True)
class Mapping:
    """Where the columns that an import reads stand in the file, by name; and what is said of it."""

    positions: dict[str, int]
    notes: list[str]

    def cells(self, row: list[str]) -> dict[str, str]:
        """Return the cells of a row by the names of their columns."""
        return {
            name: row[position] if position < len(row) else ""
            for name, position in self.positions.items()
        }


def columns_of(entry_type) -> dict[str, Column]:
    """Return the columns of the open data of these entries, by name."""
    return {column.name: column for column in COLUMNS[entry_type]}


def map_headings(headings: list[str], entry_type) -> Mapping:
    """Return where each column is that an import of these entries reads.

    A heading is the column's name or its label in any language of the site, in whatever case.
    Raises FileError when a required column is missing or one is there twice.
    """
    known = _by_heading(entry_type)
    written = {IDENTIFIER, LANGUAGE} | {
        name for field in FIELDS[entry_type] for name in field.columns
    }
    positions: dict[str, int] = {}
    ignored, unknown = [], []
    for position, heading in enumerate(headings):
        name = known.get(key(heading))
        if name in positions:
            raise FileError(
                _("Columns %(first)s and %(second)s are the same one: “%(name)s”.")
                % {
                    "first": get_column_letter(positions[name] + 1),
                    "second": get_column_letter(position + 1),
                    "name": heading,
                }
            )
        if name in written:
            positions[name] = position
        elif name:
            ignored.append(heading)
        elif heading:
            unknown.append(heading)
    _require(positions, entry_type)
    return Mapping(positions, _notes(ignored, unknown))


def _by_heading(entry_type) -> dict[str, str]:
    """Return the name of a column by each heading; names go before labels."""
    columns = columns_of(entry_type).values()
    headings: dict[str, str] = {}
    for language, _language_name in reversed(language_choices()):
        with override(language):
            headings |= {key(str(column.label)): column.name for column in columns}
    return headings | {key(column.name): column.name for column in columns}


def _require(positions: dict[str, int], entry_type) -> None:
    """Raise FileError unless the columns are there that a new entry needs, or identifiers."""
    if IDENTIFIER in positions:
        return
    columns = columns_of(entry_type)
    missing = [
        f"{columns[field.columns[0]].label} ({field.columns[0]})"
        for field in FIELDS[entry_type]
        if field.required and not positions.keys() & set(field.columns)
    ]
    if missing:
        raise FileError(
            _("The file lacks these columns: %(columns)s. The first row must name them.")
            % {"columns": listed(missing)}
        )


def _notes(ignored: list[str], unknown: list[str]) -> list[str]:
    notes = []
    if ignored:
        notes.append(
            _("These columns are exported only, and not read: %(columns)s.")
            % {"columns": listed(ignored)}
        )
    if unknown:
        notes.append(
            _("These columns are not known, and not read: %(columns)s.")
            % {"columns": listed(unknown)}
        )
    return notes
