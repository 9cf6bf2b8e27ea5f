"""The import of entries into a directory: a file is checked, then imported as a whole."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..imports import tasks
from ..models import ImportRow, ImportRun
from ..models.directory import DirectoryIndexPage
from ..policy import require

State = ImportRun.State
Outcome = ImportRow.Outcome
KEPT_FOR = timedelta(days=30)
# A worker that has said nothing for so long has died, or other work keeps it.
SILENCE = timedelta(minutes=5)


@transaction.atomic
def start_import(user, section: DirectoryIndexPage, file_name: str, content: bytes) -> ImportRun:
    """Have a file of entries checked. Returns the run; the one there is, if it is sent twice.

    Reasons are written in the active language. Raises PermissionDenied for whoever may not
    publish in the section.
    """
    require(user, "import_entries", section)
    purge_imports()
    same = {"user": user, "section": section, "content": content, "language": get_language()}
    if run := ImportRun.objects.filter(state=State.CHECKING, **same).first():
        return run
    run = ImportRun.objects.create(file_name=file_name[-255:], **same)
    tasks.check.enqueue(run.pk)
    return run


@transaction.atomic
def check_again(user, run: ImportRun) -> None:
    """Have the file of a run checked anew. Raises PermissionDenied, and ValidationError."""
    require(user, "import_entries", run.section.specific)
    idle = Q(state__in=[State.CHECKED, State.FAILED]) | Q(state=State.CHECKING) & _silent()
    _move_on(run, idle, State.CHECKING, user)
    tasks.check.enqueue(run.pk)


@transaction.atomic
def import_entries(user, run: ImportRun) -> None:
    """Have a run imported that was checked and has no row that is refused.

    The entries will be the user's. Raises PermissionDenied, and ValidationError.
    """
    require(user, "import_entries", run.section.specific)
    outcomes = set(run.rows.values_list("outcome", flat=True).distinct().order_by())
    if Outcome.REFUSED in outcomes:
        raise ValidationError(_("Rows are refused: put them right, and send the file again."))
    if not outcomes - {Outcome.SAME}:
        raise ValidationError(_("There is nothing to import: every row is there already."))
    ready = Q(state=State.CHECKED) | Q(state=State.IMPORTING) & _silent()
    _move_on(run, ready, State.IMPORTING, user)
    tasks.carry_out.enqueue(run.pk)


@transaction.atomic
def discard_import(user, run: ImportRun) -> None:
    """Erase a run with its file; entries that it has imported stay.

    Raises PermissionDenied, and ValidationError while the worker is at it.
    """
    require(user, "import_entries", run.section.specific)
    busy = Q(state__in=[State.CHECKING, State.IMPORTING]) & ~_silent()
    deleted, _by_model = ImportRun.objects.filter(pk=run.pk).exclude(busy).delete()
    if not deleted:
        raise ValidationError(_("Wait until it has ended."))


def purge_imports() -> int:
    """Erase the runs that are older than a month, and return how many: they may hold contacts."""
    old = ImportRun.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    _number, by_model = old.only("pk").delete()
    return by_model.get(ImportRun._meta.label, 0)


def _silent() -> Q:
    return Q(heard_at__lt=timezone.now() - SILENCE)


def _move_on(run: ImportRun, allowed: Q, state: str, user) -> None:
    """Put a run in a state, whoever sends the same twice. Raises ValidationError."""
    moved = ImportRun.objects.filter(allowed, pk=run.pk).update(
        state=state, user=user, problem="", done=0, total=0, heard_at=timezone.now()
    )
    if not moved:
        raise ValidationError(_("This has been done already."))
