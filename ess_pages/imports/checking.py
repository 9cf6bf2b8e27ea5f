"""Checks the rows of a file against a directory: what each would do, and why it is refused."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale

from ..languages import listed
from ..models import ImportRow
from ..models.directory import DirectoryIndexPage, DirectoryPage
from .entries import Directory, Entry, load
from .fields import FIELDS, Field, Known, key
from .files import Row, Table
from .headings import IDENTIFIER, LANGUAGE, columns_of, map_headings

Outcome = ImportRow.Outcome
CHUNK = 200


@dataclass
class CheckedRow:
    """A row, and what importing it does.

    `changes` holds, for each field that changes, its label and its value before and after.
    `page` is the entry as it will be, where the row creates or changes one; `changed` then names
    the fields that the row has changed.
    """

    row: Row
    cells: dict[str, str]
    values: dict[Field, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    changes: list[list[str]] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    entry: Entry | None = None
    page: DirectoryPage | None = None

    @property
    def outcome(self) -> str:
        """What importing the row does."""
        if self.reasons:
            return Outcome.REFUSED
        if self.entry is None:
            return Outcome.CREATE
        return Outcome.CHANGE if self.changes else Outcome.SAME

    @property
    def title(self) -> str:
        """The name of the entry."""
        return self.cells.get("title") or (self.entry.title if self.entry else "")


class Checker:
    """Checks the rows of a table, as `section` and its entries are when this is made.

    Raises FileError when the columns of the table do not do.
    """

    def __init__(self, section: DirectoryIndexPage, table: Table):
        self.section = section
        self.table = table
        self.mapping = map_headings(table.headings, section.entry_type)
        self.columns = columns_of(section.entry_type)
        self.fields = FIELDS[section.entry_type]
        self.known = Known(section.locale)
        self.directory = Directory(section)
        self.languages = {locale.pk: locale for locale in Locale.objects.all()}

    def rows(self) -> Iterator[CheckedRow]:
        """Yield each row, checked, in the order of the file. A few queries for `CHUNK` rows."""
        read = [self._read(row) for row in self.table.rows]
        self._refuse_doubles(read)
        for start in range(0, len(read), CHUNK):
            chunk = read[start : start + CHUNK]
            pages = load(self.section, [row.entry for row in chunk if row.entry])
            for row in chunk:
                self._check(row, pages.get(row.entry.pk) if row.entry else self._new_page())
                yield row
                row.page = None  # thousands of pages need not be in memory at once

    # Reading

    def _read(self, row: Row) -> CheckedRow:
        """Return the row with its values and the entry that it is about."""
        checked = CheckedRow(row, self.mapping.cells(row.cells))
        read = {None, *self.mapping.positions.values()}
        checked.reasons += [text for place, text in row.problems.items() if place in read]
        if checked.reasons:
            return checked
        for each in self.fields:
            self._read_field(checked, each)
        try:
            checked.entry = self._find(checked)
        except ValidationError as error:
            checked.reasons += error.messages
        return checked

    def _read_field(self, checked: CheckedRow, each: Field) -> None:
        """Read what the columns of a field say: those that are empty say nothing of the others."""
        columns = [column for column in each.columns if column in checked.cells]
        told: list[Any] = []
        for column in [name for name in columns if checked.cells[name]] or columns[:1]:
            try:
                value = each.read(checked.cells[column], self.known)
            except ValidationError as error:
                checked.reasons += self._labelled(column, error)
            else:
                told += [] if value in told else [value]
        if len(told) == 1:
            checked.values[each] = told[0]
        elif told:
            labels = [str(self.columns[column].label) for column in columns]
            checked.reasons.append(
                _("“%(first)s” and “%(second)s” do not say the same.")
                % {"first": labels[0], "second": labels[1]}
            )

    def _find(self, checked: CheckedRow) -> Entry | None:
        """Return the entry that the row is about, None where it is a new one.

        Raises ValidationError where that cannot be told.
        """
        if identifier := checked.cells.get(IDENTIFIER):
            return self._find_by_identifier(identifier)
        language = checked.cells.get(LANGUAGE, "").lower()
        codes = {locale.language_code: locale for locale in self.languages.values()}
        if language in codes and language != self.section.locale.language_code:
            raise ValidationError(
                _("This row is in another language (%(language)s) than the section."),
                params={"language": codes[language].language_name_localized},
            )
        namesakes = self.directory.named(checked.cells.get("title", ""))
        place = self._place(checked)
        matches = [
            entry
            for entry in namesakes
            if all(getattr(entry, name) == value for name, value in place.items())
        ]
        if len(matches) > 1:
            raise ValidationError(
                _("Several entries have this name and place: say by its identifier which it is.")
            )
        if namesakes and not matches:
            checked.remarks.append(_("There is an entry of this name in another place."))
        return matches[0] if matches else None

    def _find_by_identifier(self, identifier: str) -> Entry:
        try:
            entry = self.directory.by_key.get(UUID(identifier))
        except ValueError:
            entry = None
        if entry is None:
            raise ValidationError(
                _("No entry has this identifier: empty the cell to create a new entry.")
            )
        return entry

    def _place(self, checked: CheckedRow) -> dict[str, Any]:
        """Return where the row says that the entry is, as far as the file has columns for it."""
        told = {each.attribute: value for each, value in checked.values.items()}
        place = {"country": told["country"]} if "country" in told else {}
        if "wilaya" in told:
            place["wilaya_id"] = told["wilaya"] and told["wilaya"].pk
        return place

    def _refuse_doubles(self, rows: list[CheckedRow]) -> None:
        """Refuse the rows that are about the same entry, each naming the others."""
        same: dict[Hashable, list[CheckedRow]] = defaultdict(list)
        for row in rows:
            if row.entry:
                same[row.entry.pk].append(row)
            elif name := key(row.title):
                same[name, *self._place(row).values()].append(row)
        for doubles in same.values():
            for row in doubles if len(doubles) > 1 else ():
                others = [other.row.number for other in doubles if other is not row]
                row.reasons.append(
                    _("The file has this entry more than once: also in row %(rows)s.")
                    % {"rows": listed(others[:5])}
                )

    # Checking

    def _check(self, checked: CheckedRow, page: DirectoryPage | None) -> None:
        """Find what the row changes, and refuse it where that may not be."""
        if page is None:
            checked.reasons.append(_("This entry has just been deleted."))
            return
        edits = self._edits(checked, page)
        if checked.entry and edits:
            checked.reasons += self._obstacles(checked.entry)
        if checked.reasons or (checked.entry and not edits):
            return
        self._edit(checked, page, edits)
        if not checked.reasons:
            checked.page = page

    def _new_page(self) -> DirectoryPage:
        return self.section.entry_type(locale=self.section.locale, live=True)

    def _edits(self, checked: CheckedRow, page: DirectoryPage) -> dict[Field, Any]:
        """Return the values that the page has not yet."""
        return {
            each: value
            for each, value in checked.values.items()
            if not each.is_current(value, page)
        }

    def _obstacles(self, entry: Entry) -> list[str]:
        """Return why an import may not change this entry."""
        language = self.languages[entry.locale_id].language_name_localized
        if entry.locale_id != self.section.locale_id:
            return [
                _(
                    "This entry is not translated: it can be changed in its own language "
                    "(%(language)s) only."
                )
                % {"language": language}
            ]
        if entry.is_translation or entry.is_alias:
            return [_("This entry is a translation: change the original, or translate it anew.")]
        if not entry.live:
            return [_("This entry is not published.")]
        if entry.has_unpublished_changes:
            return [_("This entry has a draft that is not published: publish or discard it first.")]
        return [_("This entry is locked.")] if entry.locked else []

    def _edit(self, checked: CheckedRow, page: DirectoryPage, edits: dict[Field, Any]) -> None:
        """Put the edits on the page and validate it."""
        for each, value in edits.items():
            label = self._label(each)
            before = each.shown(each.current(page)) if checked.entry else ""
            checked.changes.append([label, before, each.shown(value)])
            checked.changed.add(each.attribute)
            try:
                each.write(page, value, self.known)
            except ValidationError as error:
                checked.reasons += self._labelled(each.columns[0], error)
        checked.reasons += self._invalid(checked, page)

    def _invalid(self, checked: CheckedRow, page: DirectoryPage) -> list[str]:
        reasons = []
        for each in FIELDS[type(page)]:
            if each.required and not each.current(page):
                error = ValidationError(_("This field is required."))
                reasons += self._labelled(each.columns[0], error)
        if not reasons and not slugify(page.title, allow_unicode=True):
            error = ValidationError(_("A name needs letters or digits."))
            reasons += self._labelled("title", error)
        # Records were looked up: only what was typed is validated, and what hangs together.
        typed = {
            each.name
            for each in page._meta.concrete_fields
            if each.name in checked.changed and not each.is_relation
        }
        exclude = {each.name for each in page._meta.get_fields()} - typed
        try:
            page.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                columns = [each.columns[0] for each in FIELDS[type(page)] if each.attribute == name]
                reasons += self._labelled(columns[0] if columns else "", ValidationError(messages))
        return list(dict.fromkeys(reasons))

    def _label(self, each: Field) -> str:
        return str(self.columns[each.columns[0]].label)

    def _labelled(self, column: str, error: ValidationError) -> list[str]:
        if column not in self.columns:
            return error.messages
        return [
            _("%(label)s: %(message)s") % {"label": self.columns[column].label, "message": message}
            for message in error.messages
        ]
