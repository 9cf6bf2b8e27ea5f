"""Background tasks on Redis, where the setting `TASKS_URL` names one.

The database keeps the tasks, and RQ calls the workers: a task is a row, written in the transaction
that asks for it, and a call for it goes out once that is committed. What a crash keeps from being
called, or Redis forgets, is still due, and is called for by `rescue_tasks`; a call too many finds
nothing to do.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks_db.backend import DatabaseBackend, TaskResult
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

NAME = "portal"
NO_LIMIT = -1  # an import may take hours
# A call that failed says nothing: its task is still due, and is called for again.
FORGET_AFTER = 3600  # seconds


class RedisBackend(DatabaseBackend):
    """The queue of the database, whose workers are called and need not ask."""

    def enqueue(self, task, args, kwargs):
        """Note a task, and call a worker for it unless it is for later."""
        result: TaskResult[..., Any] = super().enqueue(task, args, kwargs)
        if task.run_after is None:
            # A Redis that does not answer is logged: the task waits, and nothing else fails.
            transaction.on_commit(lambda: call(task.module_path), robust=True)
        return result


def calls() -> Queue:
    """Return the calls that no worker has heard yet."""
    return Queue(NAME, connection=_redis(settings.TASKS_URL), default_timeout=NO_LIMIT)


@cache
def _redis(url: str) -> Redis:
    """Return a Redis, whose connections a process keeps.

    Who asks for a task does not wait for one that is away: the task is safe.
    """
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1), socket_connect_timeout=2)


def call(description: str) -> None:
    """Call a worker to do the next task; the description is for those who watch the queue."""
    calls().enqueue(do_next, description=description, result_ttl=0, failure_ttl=FORGET_AFTER)


def call_for_due() -> int:
    """Call for the tasks that are due and that no call waits for; return how many calls it took."""
    if not isinstance(task_backends[DEFAULT_TASK_BACKEND_ALIAS], RedisBackend):
        return 0
    uncalled = DBTaskResult.objects.ready().count() - len(calls())
    for _task in range(uncalled):
        call("due")
    return max(uncalled, 0)


def do_next() -> None:
    """Do the task that is due first, if there is still one."""
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=1,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    ).run()
