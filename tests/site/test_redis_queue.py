"""Where Redis calls the workers, each task is done once: whatever is lost or said twice."""

import os
import signal
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from ess_forum.tasks import tell_followers
from ess_ground import mails
from ess_site import redis_queue
from ess_site.failed_tasks import rescue
from tests.factories import UserFactory
from tests.worker import QUEUE

REDIS = os.environ.get("CACHE_URL") or os.environ.get("TEST_REDIS_URL") or ""
CONTEXT = {"member": None, "url": "https://ess.example/"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("redis" not in REDIS, reason="TEST_REDIS_URL is not set"),
]


@pytest.fixture(autouse=True)
def _queue(settings, monkeypatch):
    """A queue of its own for each test, in the Redis that the tests are run with."""
    monkeypatch.setattr(redis_queue, "NAME", f"test-{uuid4()}")
    # Between tasks a worker closes its connection, and with it the transaction of a test.
    monkeypatch.setattr(f"{Worker.__module__}.close_old_connections", lambda: None)
    settings.TASKS_URL = REDIS.replace("rediscache", "redis")
    settings.TASKS = {"default": {"BACKEND": "ess_site.redis_queue.RedisBackend"}}
    calls = redis_queue.calls()
    yield
    calls.delete()


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """A function that sends a mail to somebody, and commits."""

    def send(name: str = "amina") -> None:
        with django_capture_on_commit_callbacks(execute=True):
            mails.send("ess_forum/mails/confirm_address", f"{name}@example.org", "ar", CONTEXT)

    return send


@pytest.fixture
def work():
    """A function that lets a worker answer the calls."""
    ways = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]

    def work() -> None:
        call_command("worker", burst=True)

    yield work
    for number, way in ways:
        signal.signal(number, way)


def readers() -> list[str]:
    return [each.to[0].partition("@")[0] for each in mail.outbox]


def test_worker_is_called_once_the_task_is_committed(
    send, work, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        mails.send("ess_forum/mails/confirm_address", "amina@example.org", "ar", CONTEXT)
        assert len(redis_queue.calls()) == 0
    assert len(redis_queue.calls()) == 1
    work()
    work()
    assert readers() == ["amina"]
    assert len(redis_queue.calls()) == 0


def test_nobody_is_called_for_what_did_not_happen(work):
    with transaction.atomic():
        mails.send("ess_forum/mails/confirm_address", "amina@example.org", "ar", CONTEXT)
        transaction.set_rollback(True)
    work()
    assert len(redis_queue.calls()) == 0
    assert mail.outbox == []


def test_task_that_nobody_was_called_for_is_rescued(work):
    # As a process leaves it that is killed after the commit.
    mails.send("ess_forum/mails/confirm_address", "amina@example.org", "ar", CONTEXT)
    work()
    assert mail.outbox == []
    rescue()
    rescue()
    assert len(redis_queue.calls()) == 1
    work()
    assert readers() == ["amina"]


def test_redis_that_does_not_answer_holds_nobody_up(send, work, settings, caplog):
    address, settings.TASKS_URL = settings.TASKS_URL, "redis://127.0.0.1:1/0"
    send()
    assert "Error calling" in caplog.text
    settings.TASKS_URL = address
    rescue()
    work()
    assert readers() == ["amina"]


def test_redis_that_has_forgotten_everything_loses_no_task(send, work):
    for name in ("amina", "brahim"):
        send(name)
    redis_queue.calls().empty()
    rescue()
    work()
    assert readers() == ["amina", "brahim"]


def test_calls_too_many_do_nothing_twice(send, work):
    send()
    redis_queue.call("again")
    work()
    assert readers() == ["amina"]


def test_task_for_later_calls_nobody_before_its_time(work, django_capture_on_commit_callbacks):
    later = timezone.now() + timezone.timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        tell_followers.using(run_after=later).enqueue(0, [])
    rescue()
    assert len(redis_queue.calls()) == 0
    DBTaskResult.objects.update(run_after=timezone.now())
    rescue()
    assert len(redis_queue.calls()) == 1


def test_failed_task_is_tried_again_from_the_admin(
    client, send, work, monkeypatch, django_capture_on_commit_callbacks
):
    with monkeypatch.context() as broken:
        broken.setattr(mails, "TRIED_AGAIN_AFTER", ())
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 1 / 0)
        send()
        work()
    assert mail.outbox == []
    client.force_login(UserFactory(is_superuser=True))
    task = DBTaskResult.objects.failed().get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("retry_failed_task", args=[task.pk]))
    work()
    assert readers() == ["amina"]


def test_what_redis_was_to_call_for_is_done_without_it_where_it_is_taken_away(send, work, settings):
    send()
    settings.TASKS_URL = ""
    settings.TASKS = QUEUE
    work()
    assert readers() == ["amina"]
