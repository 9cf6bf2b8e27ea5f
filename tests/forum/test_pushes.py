"""Members are told in their browsers: what they chose, once, and never what was written."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from ess_forum import push, tasks
from ess_forum.actions import notifications, pushes
from ess_forum.actions.notification_mails import DELAY
from ess_forum.models import (
    Audience,
    Mail,
    Member,
    Notification,
    NotificationChoice,
    PushSubscription,
)
from ess_forum.reachable import ABSENT_AFTER
from tests.worker import QUEUE

from . import factories
from .browsers import PRIVATE_KEY, Browser, PushService, is_signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]
SECRET_WORDS = "Le mot que personne ne doit lire"


@pytest.fixture(autouse=True)
def _on(settings):
    settings.ESS_FORUM = {"PUSH_PRIVATE_KEY": PRIVATE_KEY, "WEBHOOK_PRIVATE_HOSTS": ["127.0.0.1"]}


@pytest.fixture
def service():
    service = PushService()
    yield service
    service.close()


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


@pytest.fixture
def member():
    return factories.MemberFactory(name="Amina", language="fr")


@pytest.fixture
def device(member, service):
    device = Browser(f"{service.url}/amina")
    PushSubscription.objects.create(member=member, **device.fields)
    return device


def reply(member: Member, **thread):
    own = factories.post(factories.thread(title="À Béjaïa", **thread), member)
    return factories.post(own.thread, text=SECRET_WORDS, reply_to=own)


def later() -> datetime.datetime:
    return timezone.now() + DELAY + datetime.timedelta(seconds=1)


def test_reply_is_told_encrypted_and_signed_in_the_members_language(
    home, member, device, service, language
):
    Member.objects.update(language=language)
    answer = reply(member)
    assert pushes.send_due_pushes() == 0  # the member may be reading it on the site
    assert pushes.send_due_pushes(later()) == 1
    ((path, headers, body),) = service.taken
    assert (path, headers["Content-Encoding"]) == ("/amina", "aes128gcm")
    assert is_signed(headers["Authorization"])
    assert b"B\xc3\xa9ja\xc3\xafa" not in body
    notice = device.read(body)
    assert notice["title"] == "À Béjaïa"
    assert notice["url"].endswith(f"/{language}/forum/p/{answer.pk}/")
    assert (notice["lang"], notice["dir"]) == (language, {"fr": "ltr", "ar": "rtl"}[language])
    assert notice["body"]


def test_it_is_told_once(home, member, device, service):
    reply(member)
    assert [pushes.send_due_pushes(later()) for _run in range(3)] == [1, 0, 0]
    assert len(service.taken) == 1


def test_what_was_read_on_the_site_is_not_told(home, member, device, service):
    reply(member)
    Notification.objects.update(read_at=timezone.now())
    assert pushes.send_due_pushes(later()) == 0


@pytest.mark.parametrize("is_private", [True, False])
def test_what_was_written_is_never_told(home, member, device, service, is_private):
    group = factories.GroupFactory()
    group.memberships.create(member=member)
    theirs = Audience.GROUP
    fields = {"group": group, "see": theirs, "start": theirs, "reply": theirs}
    category = factories.CategoryFactory(**(fields if is_private else {}))
    other = factories.MemberFactory()
    group.memberships.create(member=other)
    own = factories.post(factories.thread(other, category, title="Comité"), member)
    factories.post(own.thread, other, SECRET_WORDS, reply_to=own)
    assert pushes.send_due_pushes(later()) == 1
    notice = device.read(service.taken[0][2])
    assert notice["title"] == "Comité"
    assert SECRET_WORDS not in str(notice)


def test_each_browser_is_told_and_news_of_one_thread_once(home, member, device, service):
    second = Browser(f"{service.url}/second")
    PushSubscription.objects.create(member=member, **second.fields)
    answer = reply(member)
    factories.post(answer.thread, reply_to=answer.thread.posts.get(author=member))
    assert pushes.send_due_pushes(later()) == 2
    assert {path for path, _headers, _body in service.taken} == {"/amina", "/second"}


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_is_gone_is_forgotten(home, member, device, service, status):
    service.status = status
    reply(member)
    pushes.send_due_pushes(later())
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_message_waits_for_a_service_that_does_not_answer(
    home, member, device, service, settings, status
):
    service.status = status
    reply(member)
    settings.TASKS = QUEUE
    pushes.send_due_pushes(later())
    task = DBTaskResult.objects.get(task_path="ess_forum.tasks.deliver_push")
    tasks.deliver_push.func(*task.args_kwargs["args"])
    again = DBTaskResult.objects.exclude(pk=task.pk).get(task_path=task.task_path)
    assert again.run_after > timezone.now()
    service.status = 201
    tasks.deliver_push.func(*again.args_kwargs["args"])
    assert len(service.taken) == 2
    service.status, args = status, task.args_kwargs["args"]
    with pytest.raises(pushes.PushError):
        tasks.deliver_push.func(*args, attempt=len(tasks.PUSHED_AGAIN_AFTER))


def test_refusal_fails(home, member, device, service):
    service.status = 400
    notice = {"title": "x"}
    with pytest.raises(pushes.PushError):
        pushes.deliver(PushSubscription.objects.get().pk, notice)


@pytest.mark.parametrize(
    "fields",
    [
        {"is_banned": True},
        {"last_seen_on": timezone.localdate() - ABSENT_AFTER - datetime.timedelta(days=1)},
        {"user": None},
    ],
)
def test_who_is_not_there_is_told_nothing(home, member, device, service, fields):
    reply(member)
    Member.objects.filter(pk=member.pk).update(**fields)
    assert pushes.send_due_pushes(later()) == 0
    assert pushes.deliver(PushSubscription.objects.get().pk, {"title": "x"})
    assert service.taken == []


@pytest.mark.parametrize(
    ("mail", "chosen", "is_told"),
    [(None, None, True), ("none", None, True), ("none", False, False), ("digest", True, True)],
)
def test_member_chooses_what_is_told(home, member, device, service, mail, chosen, is_told):
    if mail:
        NotificationChoice.objects.create(member=member, kind="reply", mail=mail, push=chosen)
    reply(member)
    assert pushes.send_due_pushes(later()) == is_told


def test_kind_that_is_not_told_at_once_is_not_told_here_either(member, device):
    kinds = ["reply", "followed_thread"]
    for kind in kinds:
        notifications.tell([member.pk], kind, data={}, mail=Mail.NONE)
    rows = Notification.objects.filter(kind__in=kinds).values_list("kind", "push")
    assert dict(rows) == {"reply": True, "followed_thread": False}


def test_browser_of_a_private_network_is_not_spoken_to(member, device, service, settings):
    settings.ESS_FORUM = {"PUSH_PRIVATE_KEY": PRIVATE_KEY}
    assert pushes.deliver(PushSubscription.objects.get().pk, {"title": "x"})
    assert service.taken == []
    assert not PushSubscription.objects.exists()


# The browser asks


def address(name: str, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}")


def test_browser_asks_and_asks_no_more(client, member, language):
    client.force_login(member.user)
    browser = Browser()
    for _time in range(2):
        assert client.post(address("push_subscribe", language), browser.fields).status_code == 204
    kept = PushSubscription.objects.get()
    assert (kept.member, kept.endpoint) == (member, browser.endpoint)
    other = factories.MemberFactory()
    client.force_login(other.user)
    client.post(address("push_unsubscribe"), {"endpoint": browser.endpoint})
    assert PushSubscription.objects.exists()  # it is not theirs
    client.post(address("push_subscribe"), browser.fields)  # the device has changed hands
    assert PushSubscription.objects.get().member == other
    client.post(address("push_unsubscribe"), {"endpoint": browser.endpoint})
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.org/"},
        {"endpoint": "ftp://push.example.org/"},
        {"endpoint": ""},
        {"public_key": "AAAA"},
        {"public_key": "é"},
        {"secret": "AAAA"},
    ],
)
def test_what_no_message_could_be_sent_to_is_refused(client, member, wrong):
    client.force_login(member.user)
    fields = Browser().fields | wrong
    assert client.post(address("push_subscribe"), fields).status_code == 422
    assert not PushSubscription.objects.exists()


def test_oldest_of_many_browsers_is_forgotten(member):
    for number in range(pushes.BROWSERS + 2):
        fields = Browser(f"https://push.example.org/{number}").fields
        pushes.subscribe(factories.viewer(member), **fields)
    kept = PushSubscription.objects.values_list("endpoint", flat=True)
    assert len(kept) == pushes.BROWSERS
    assert not {"https://push.example.org/0", "https://push.example.org/1"} & set(kept)


def test_banned_member_adds_no_browser(member):
    Member.objects.update(is_banned=True)
    member.refresh_from_db()
    with pytest.raises(PermissionDenied):
        pushes.subscribe(factories.viewer(member), **Browser().fields)


def test_preferences_keep_what_goes_to_devices(client, member, language):
    client.force_login(member.user)
    page = client.get(address("preferences", language))
    form = page.context["form"]
    assert 'name="push_reply"' in page.content.decode()
    data = {name: field.initial for name, field in form.fields.items() if field.initial}
    data |= {"language": member.language, "digest": member.digest, "push_followed_thread": "on"}
    data.pop("push_reply")
    assert client.post(address("preferences", language), data).status_code == 302
    kept = dict(NotificationChoice.objects.values_list("kind", "push"))
    assert (kept["reply"], kept["followed_thread"], kept["mention"]) == (False, True, True)


def test_worker_is_for_the_whole_site(client):
    answer = client.get(address("push_worker"))
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(("key", "number"), [(PRIVATE_KEY, 1), ("", 0)])
def test_key_without_the_libraries_is_found_out(settings, monkeypatch, key, number):
    settings.ESS_FORUM = {"PUSH_PRIVATE_KEY": key}
    monkeypatch.setattr(push, "LIBRARIES", ("cryptography", "no_such_library"))
    assert len(push.check_setting()) == number


@pytest.mark.parametrize(
    ("key", "found"), [(PRIVATE_KEY, []), ("", []), ("a-key", ["ess_forum.E002"])]
)
def test_what_is_no_key_is_found_out(settings, key, found):
    settings.ESS_FORUM = {"PUSH_PRIVATE_KEY": key}
    assert [error.id for error in push.check_setting()] == found


def test_without_a_key_there_is_nothing_of_it(client, member, settings):
    settings.ESS_FORUM = {}
    client.force_login(member.user)
    assert "push" not in client.get(address("preferences")).content.decode()
    for name in ("push_worker", "push_subscribe", "push_unsubscribe"):
        assert client.post(address(name), Browser().fields).status_code in (404, 405)
    notifications.tell([member.pk], "reply", data={})
    assert not Notification.objects.get().push
    assert pushes.send_due_pushes(later()) == 0
