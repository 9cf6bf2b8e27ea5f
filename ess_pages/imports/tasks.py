"""The steps of an import as tasks: an editor sees how far they are, and need not wait."""

from django_tasks import task

from ..models import ImportRun
from . import runs


@task()
def check(run_pk: int) -> None:
    """Check the file of a run, unless that has been done."""
    if run := ImportRun.objects.filter(pk=run_pk, state=ImportRun.State.CHECKING).first():
        runs.check(run)


@task()
def carry_out(run_pk: int) -> None:
    """Import the rows of a run, unless that has been done."""
    if run := ImportRun.objects.filter(pk=run_pk, state=ImportRun.State.IMPORTING).first():
        runs.carry_out(run)
