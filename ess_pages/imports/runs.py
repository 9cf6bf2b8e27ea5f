"""Takes a run through its two steps, as the task worker does: checked, then imported at once.

What takes long is done first and says how far it is; what is written then is written in one
short transaction, all of it or nothing.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from ..languages import listed
from ..models import ImportRow, ImportRun
from ..policy import require
from .announcing import AT_ONCE, announce_rows
from .checking import CheckedRow, Checker
from .entries import Directory, Entry
from .files import FileError, read_table
from .writing import Writing, hold, write

logger = logging.getLogger(__name__)

State = ImportRun.State
Outcome = ImportRow.Outcome
# What a row must still do when it is imported.
SHOWN = ("outcome", "page_id", "revision", "changes")


class Promised(NamedTuple):
    """A row as the editor was shown it, the entry it is about, and what it writes."""

    row: ImportRow
    entry: Entry | None
    writing: Writing | None


class OutdatedError(Exception):
    """What the editor was shown does not hold any more; says why, in the active language."""


def check(run: ImportRun) -> None:
    """Check the file of a run row by row, and keep what each row would do."""
    with _finishing(run):
        checker = _checker(run)
        rows = [_as_shown(run, checked) for checked in _told(run, checker)]
        with transaction.atomic():
            _keep(run, rows)
            ImportRun.objects.filter(pk=run.pk).update(
                state=State.CHECKED,
                notes=[*checker.table.notes, *checker.mapping.notes],
                headings=checker.table.headings,
            )


def carry_out(run: ImportRun) -> None:
    """Import the rows of a run that was checked, all of them or none; a second time, nothing.

    The file is checked once more: where a row would no longer do what the editor was shown, the
    run is refused.
    """
    with _finishing(run):
        require(run.user, "import_entries", run.section.specific)
        checker = _checker(run)
        promised = _as_promised(run, checker)
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update().defer("content").get(pk=run.pk)
            if locked.state != State.IMPORTING:
                return
            writings = [each.writing for each in promised if each.writing]
            hold(checker.section, writings)
            _refuse_what_changed(promised, checker)
            write(checker.section, writings, run.user)
            _conclude(run, promised)


def _checker(run: ImportRun) -> Checker:
    return Checker(run.section.specific, read_table(bytes(run.content)))


def _told(run: ImportRun, checker: Checker) -> Iterator[CheckedRow]:
    """Yield the rows, checked, and tell every second how many are done.

    Not in a transaction, which would keep it a secret, nor in a cache, which the web process and
    the worker need not share.
    """
    total = len(checker.table.rows)
    told = 0.0
    for done, checked in enumerate(checker.rows()):
        if time.monotonic() - told > 1:
            told = time.monotonic()
            ImportRun.objects.filter(pk=run.pk).update(
                done=done, total=total, heard_at=timezone.now()
            )
        yield checked
    ImportRun.objects.filter(pk=run.pk).update(done=total, total=total, heard_at=timezone.now())


def _as_shown(run: ImportRun, checked: CheckedRow) -> ImportRow:
    """Return the row as the editor is shown it."""
    is_refused = checked.outcome == Outcome.REFUSED
    return ImportRow(
        run=run,
        number=checked.row.number,
        title=checked.title,
        outcome=checked.outcome,
        reasons=checked.reasons + checked.remarks,
        changes=[] if is_refused else checked.changes,
        cells=checked.row.cells if is_refused else [],
        page_id=checked.entry and checked.entry.pk,
        revision=checked.entry and checked.entry.latest_revision_id,
    )


def _as_promised(run: ImportRun, checker: Checker) -> list[Promised]:
    """Return what each row does. Raises OutdatedError where it is not what was shown."""
    shown = {row.number: row for row in run.rows.all()}
    promised, broken = [], []
    for checked in _told(run, checker):
        row = _as_shown(run, checked)
        before = shown.get(row.number)
        if before is None or any(getattr(before, name) != getattr(row, name) for name in SHOWN):
            broken.append(row.number)
        former_title = checked.entry.title if checked.entry else ""
        writing = checked.page and Writing(checked.page, checked.changed, former_title)
        promised.append(Promised(row, checked.entry, writing))
    _refuse(broken)
    return promised


def _refuse_what_changed(promised: list[Promised], checker: Checker) -> None:
    """Raise OutdatedError if an entry has been written since `checker` looked."""
    then, now = checker.directory, Directory(checker.section)
    _refuse(
        [
            row.number
            for row, entry, writing in promised
            if writing
            and (
                now.named(row.title) != then.named(row.title)
                or (entry and now.by_key.get(entry.translation_key) != entry)
            )
        ]
    )


def _refuse(numbers: list[int]) -> None:
    if numbers:
        raise OutdatedError(
            _("The directory has changed since the check (rows %(rows)s): check the file again.")
            % {"rows": listed(numbers[:10])}
        )


def _keep(run: ImportRun, rows: list[ImportRow]) -> None:
    run.rows.all().delete()
    ImportRow.objects.bulk_create(rows, 500)


def _conclude(run: ImportRun, promised: list[Promised]) -> None:
    """Keep what was written, erase the file, log who imported it, and have it announced."""
    written = [(row, writing) for row, _entry, writing in promised if writing]
    for row, writing in written:
        row.page_id = writing.page.pk
    _keep(run, [row for row, _entry, _writing in promised])
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.IMPORTED, content=b"", heard_at=timezone.now()
    )
    created = sum(writing.is_new for _row, writing in written)
    data = {"file": run.file_name, "created": created, "changed": len(written) - created}
    log(run.section.specific, "ess_pages.import_entries", user=run.user, data=data)
    numbers = [row.number for row, _writing in written]
    for start in range(0, len(numbers), AT_ONCE):
        batch = numbers[start : start + AT_ONCE]
        announce_rows.enqueue(run.pk, batch[0], batch[-1])


@contextmanager
def _finishing(run: ImportRun) -> Iterator[None]:
    """Write in the editor's language, and keep why a run comes to no good end."""
    with override(run.language):
        try:
            yield
        except (FileError, OutdatedError) as error:
            _fail(run, str(error))
        except PermissionDenied:
            _fail(run, _("You may not publish in this section."))
        except IntegrityError:
            logger.exception("Import %s could not be written.", run.pk)
            _fail(run, _("Somebody else was writing in this section: import the file again."))
        except Exception:
            _fail(run, _("An error stopped it, and nothing was imported. It has been logged."))
            raise


def _fail(run: ImportRun, problem: str) -> None:
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.FAILED, problem=problem, heard_at=timezone.now()
    )
