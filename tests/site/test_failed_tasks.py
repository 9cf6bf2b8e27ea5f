"""Tasks that failed or were left by a killed worker are neither lost nor silently done twice."""

import datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from ess_ground import mails
from ess_site.failed_tasks import rescue
from tests.factories import UserFactory
from tests.worker import QUEUE, work

pytestmark = pytest.mark.django_db

CONTEXT = {"member": None, "url": "https://ess.example/"}


@pytest.fixture(autouse=True)
def _queue(settings):
    settings.TASKS = QUEUE


@pytest.fixture
def letter() -> DBTaskResult:
    """A mail that waits for the worker."""
    mails.send("ess_forum/mails/confirm_address", "amina@example.org", "fr", CONTEXT)
    return DBTaskResult.objects.get(task_path="ess_ground.mails.deliver")


@pytest.fixture
def failed(letter) -> DBTaskResult:
    letter.set_failed(ConnectionError("nobody answers"))
    return letter


def leave(task: DBTaskResult, **ago) -> None:
    """Leave a task as a worker does that is killed in the middle of it."""
    task.claim("killed")
    started_at = timezone.now() - datetime.timedelta(**ago)
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=started_at)


def test_mail_of_a_killed_worker_is_sent_after_all_and_once(letter):
    leave(letter, minutes=11)
    work()
    assert mail.outbox == []
    out = StringIO()
    for _time in range(2):
        with override("en"):
            call_command("rescue_tasks", stdout=out)
    work()
    assert out.getvalue() == "mails: 1, other tasks: 0\nmails: 0, other tasks: 0\n"
    assert [each.to for each in mail.outbox] == [["amina@example.org"]]


def test_mail_that_a_worker_is_at_is_left_to_it(letter):
    leave(letter, minutes=1)
    assert rescue() == (0, 0)


def test_other_task_of_a_killed_worker_is_left_to_the_editors():
    task = DBTaskResult.objects.create(
        task_path="ess_pages.announcements.announce_opening",
        args_kwargs={"args": [1], "kwargs": {}},
        backend_name="default",
        run_after=get_date_max(),
    )
    leave(task, hours=7)
    assert rescue() == (0, 1)
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "KilledWorkerError" in task.traceback


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_list_says_what_failed_and_why(failed, client, admin_user, language):
    UserProfile.objects.create(user=admin_user, preferred_language=language)
    client.force_login(admin_user)
    page = client.get(reverse("failed_tasks:index")).content.decode()
    assert "amina@example.org" in page
    assert "nobody answers" in page
    inspect = client.get(reverse("failed_tasks:inspect", args=[failed.pk])).content.decode()
    assert reverse("retry_failed_task", args=[failed.pk]) in inspect
    assert reverse("remove_failed_task", args=[failed.pk]) in inspect


def test_list_takes_no_more_queries_for_more_tasks(
    failed, client, admin_user, django_assert_max_num_queries
):
    client.force_login(admin_user)
    client.get(reverse("failed_tasks:index"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("failed_tasks:index"))
    for _number in range(8):
        mails.send("ess_forum/mails/confirm_address", "amina@example.org", "fr", CONTEXT)
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("failed_tasks:index"))


def test_task_is_tried_again_once_and_logged(failed, client, admin_user):
    client.force_login(admin_user)
    for _click in range(2):
        client.post(reverse("retry_failed_task", args=[failed.pk]))
    assert ModelLogEntry.objects.filter(action="ess_site.retry_task").count() == 1
    work()
    assert len(mail.outbox) == 1
    client.post(reverse("retry_failed_task", args=[failed.pk]))  # it is done: nothing to try
    work()
    assert len(mail.outbox) == 1


def test_task_is_removed_and_that_is_logged(failed, client, admin_user):
    client.force_login(admin_user)
    assert client.post(reverse("remove_failed_task", args=[failed.pk])).status_code == 302
    assert not DBTaskResult.objects.filter(pk=failed.pk).exists()
    assert ModelLogEntry.objects.filter(action="ess_site.remove_task").count() == 1


def test_task_that_waits_is_not_removed(letter, client, admin_user):
    client.force_login(admin_user)
    client.post(reverse("remove_failed_task", args=[letter.pk]))
    assert DBTaskResult.objects.filter(pk=letter.pk).exists()


@pytest.mark.parametrize("name", ["retry_failed_task", "remove_failed_task"])
def test_others_do_neither(failed, client, name):
    client.force_login(UserFactory(is_staff=True))
    client.post(reverse(name, args=[failed.pk]))
    failed.refresh_from_db()
    assert failed.status == TaskResultStatus.FAILED
