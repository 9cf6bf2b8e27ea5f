"""Background tasks that failed, or whose worker was killed: tried again, or removed."""

import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from wagtail.log_actions import log

from . import redis_queue

RIGHT = "django_tasks_db.change_dbtaskresult"
MAIL = "ess_ground.mails.deliver"
# No worker is with a mail for so long (EMAIL_TIMEOUT), nor with anything else, an import included.
MAIL_TAKES, TASK_TAKES = datetime.timedelta(minutes=10), datetime.timedelta(hours=6)


class KilledWorkerError(Exception):
    """A worker was killed while it was at the task."""


@transaction.atomic
def retry(user, task: DBTaskResult) -> bool:
    """Queue a failed task again. Return whether it was; a second click changes nothing."""
    failed = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.FAILED)
    is_queued = _queue(failed) == 1
    if is_queued:
        transaction.on_commit(redis_queue.call_for_due, robust=True)
        log(task, "ess_site.retry_task", user=user, title=task.task_name)
    return is_queued


@transaction.atomic
def remove(user, task: DBTaskResult) -> bool:
    """Remove a failed task for good. Return whether it was still there."""
    failed = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.FAILED)
    is_removed = failed.delete()[0] > 0
    if is_removed:
        log(task, "ess_site.remove_task", user=user, title=task.task_name)
    return is_removed


def rescue(now: datetime.datetime | None = None) -> tuple[int, int]:
    """Take up what a killed worker has left; return how many mails, and how many other tasks.

    Mails are queued again: one that was on its way at that very moment arrives twice, with the
    same Message-ID. Whether another task may be done twice, an editor decides: it has failed.
    """
    now = now or timezone.now()
    left = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    mails = _queue(left.filter(task_path=MAIL, started_at__lte=now - MAIL_TAKES))
    others = 0
    for task in left.exclude(task_path=MAIL).filter(started_at__lte=now - TASK_TAKES):
        task.set_failed(KilledWorkerError())
        others += 1
    redis_queue.call_for_due()
    return mails, others


def _queue(tasks) -> int:
    return tasks.update(
        status=TaskResultStatus.READY,
        run_after=get_date_max(),
        started_at=None,
        finished_at=None,
        exception_class_path="",
        traceback="",
    )
