"""Other sites are told of what everybody may see, until they take it or it is given up."""

import hashlib
import hmac
import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum import outbound, tasks
from ess_forum.actions import posts as post_verbs
from ess_forum.actions import webhooks as verbs
from ess_forum.actions.threads import start_conversation
from ess_forum.admin.webhooks import SAID
from ess_forum.models import Audience, Post, State, Webhook, WebhookDelivery
from tests.factories import UserFactory

from . import factories as make

pytestmark = pytest.mark.django_db
Event = Webhook.Event
ALL = list(Event.values)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    """A server that keeps what it is sent, and answers `status`."""
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.taken, server.status = [], 204
    server.url = f"http://127.0.0.1:{server.server_port}/hook?from=forum"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver, settings):
    """A webhook that is told of everything."""
    settings.ESS_FORUM = {"WEBHOOK_PRIVATE_HOSTS": ["127.0.0.1"]}
    return Webhook.objects.create(url=receiver.url, secret="un secret", events=ALL)


def events() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("event", flat=True))


# What is told


def test_everything_that_happens_to_a_post_is_told(hook):
    thread = make.thread()
    reply = make.post(thread)
    viewer = make.viewer(reply.author)
    post_verbs.edit(viewer, reply, "Autrement dit.")
    post_verbs.delete(viewer, reply)
    post_verbs.restore(viewer, reply)
    assert events() == [
        "thread.started",
        "post.published",
        "post.edited",
        "post.removed",
        "post.published",
    ]


def test_only_what_was_asked_for_is_told(hook):
    hook.events = ["post.published"]
    hook.save()
    make.post(make.thread())
    assert events() == ["post.published"]
    Webhook.objects.update(is_active=False)
    make.post(make.thread())
    assert events() == ["post.published"]


@pytest.mark.parametrize("audience", [Audience.MEMBERS, Audience.GROUP, Audience.MODERATORS])
def test_what_not_everybody_sees_is_not_told(hook, audience):
    category = make.CategoryFactory(see=audience, group=make.GroupFactory())
    inner = make.CategoryFactory(parent=category)
    moderator = make.moderator()
    for place in (category, inner):
        thread = make.thread(moderator, place)
        reply = make.post(thread, moderator)
        post_verbs.delete(make.viewer(moderator), reply)
    start_conversation(
        make.viewer(moderator), [make.MemberFactory()], "À deux", "Bonjour.", language="fr"
    )
    assert events() == []


def test_row_goes_with_the_post_or_neither_does(hook, django_capture_on_commit_callbacks):
    thread = make.thread()
    WebhookDelivery.objects.all().delete()
    with django_capture_on_commit_callbacks() as later:
        make.post(thread)
    # The rows are there before anything that happens after the commit.
    assert events() == ["post.published"]
    assert later


def test_posting_costs_one_query_where_nobody_is_told(django_assert_num_queries):
    post = make.thread().posts.get()
    with django_assert_num_queries(1):
        verbs.announce(Event.POST_EDITED, post)


# How it is told


@pytest.mark.parametrize(
    ("language", "title", "text"), [("fr", "Été", "Bonjour."), ("ar", "سؤال", "مرحبا.")]
)
def test_message_is_signed_and_says_how_things_are(hook, receiver, language, title, text):
    thread = make.thread(title=title, text=text, language=language)
    delivery = verbs.deliver(WebhookDelivery.objects.get().pk)
    assert delivery.delivered_at
    assert (delivery.next_attempt_at, delivery.attempts, delivery.last_status) == (None, 1, 204)
    [(path, headers, body)] = receiver.taken
    assert path == "/hook?from=forum"
    assert headers["X-Forum-Event"] == "thread.started"
    assert headers["X-Forum-Delivery"] == str(delivery.pk)
    assert headers["Host"] == urlsplit(receiver.url).netloc
    signed = headers["X-Forum-Timestamp"].encode() + b"." + body
    expected = hmac.new(b"un secret", signed, hashlib.sha256).hexdigest()
    assert headers["X-Forum-Signature"] == f"sha256={expected}"
    said = json.loads(body)
    assert (said["event"], said["thread"]["id"]) == ("thread.started", thread.pk)
    assert (said["thread"]["title"], said["post"]["text"]) == (title, text)
    assert title in body.decode()
    assert f"/{language}/forum/" in said["post"]["url"]


def test_task_tells_at_once(hook, receiver, run_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.thread()
    assert [headers["X-Forum-Event"] for _path, headers, _body in receiver.taken] == [
        "thread.started"
    ]
    assert WebhookDelivery.objects.get().delivered_at


def test_what_was_hidden_meanwhile_is_told_to_nobody(hook, receiver):
    thread = make.thread()
    post_verbs.hide(make.viewer(make.moderator()), thread.posts.get())
    started, removed = WebhookDelivery.objects.order_by("pk")
    assert verbs.deliver(started.pk).last_error == verbs.GONE
    assert verbs.deliver(removed.pk).delivered_at
    [(_path, _headers, body)] = receiver.taken
    assert json.loads(body) == {
        "event": "post.removed",
        "thread": thread.pk,
        "post": thread.posts.get().pk,
        "is_first": True,
    }


def test_failures_are_tried_again_later_and_later_and_given_up(hook, receiver):
    receiver.status = 500
    make.thread()
    pk = WebhookDelivery.objects.get().pk
    for number, delay in enumerate(verbs.DELAYS, start=1):
        before = timezone.now()
        delivery = verbs.deliver(pk)
        assert (delivery.attempts, delivery.last_status) == (number, 500)
        assert delay <= delivery.next_attempt_at - before < delay + timedelta(seconds=20)
        assert verbs.deliver(pk) is None  # it is not due
        WebhookDelivery.objects.update(next_attempt_at=timezone.now())
    last = verbs.deliver(pk)
    assert (last.attempts, last.next_attempt_at, last.delivered_at) == (6, None, None)
    assert verbs.deliver(pk) is None
    assert len(receiver.taken) == 6

    receiver.status = 200
    verbs.retry(pk)
    assert verbs.deliver(pk).delivered_at
    verbs.retry(pk)
    assert verbs.deliver(pk) is None


def test_two_workers_make_one_attempt(hook, receiver, monkeypatch):
    make.thread()
    delivery = WebhookDelivery.objects.get()
    again = []

    def send(*args):
        again.append(verbs.deliver(delivery.pk))  # another worker, meanwhile
        return 200

    monkeypatch.setattr(outbound, "send", send)
    assert verbs.deliver(delivery.pk).delivered_at
    assert again == [None]


def test_worker_that_dies_loses_nothing(hook, receiver, monkeypatch):
    make.thread()
    pk = WebhookDelivery.objects.get().pk

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbound, "send", die)
        with pytest.raises(KeyboardInterrupt):
            verbs.deliver(pk)
    assert WebhookDelivery.objects.get().next_attempt_at > timezone.now()
    WebhookDelivery.objects.update(next_attempt_at=timezone.now())
    assert verbs.deliver(pk).delivered_at


def test_redirect_is_not_followed(hook, receiver):
    receiver.status = 302
    make.thread()
    delivery = verbs.deliver(WebhookDelivery.objects.get().pk)
    assert (delivery.last_status, delivery.delivered_at) == (302, None)
    assert len(receiver.taken) == 1


def test_host_that_does_not_answer_is_noted(hook, receiver):
    Webhook.objects.update(url="http://127.0.0.1:9/")
    make.thread()
    delivery = verbs.deliver(WebhookDelivery.objects.get().pk)
    assert delivery.last_status is None
    assert "refused" in delivery.last_error
    assert delivery.next_attempt_at


def test_deactivated_webhook_waits(hook, receiver):
    make.thread()
    Webhook.objects.update(is_active=False)
    assert verbs.deliver_due() == 0
    Webhook.objects.update(is_active=True)
    assert verbs.deliver_due() == 1


def test_command_makes_the_attempts_that_are_due(hook, receiver, capsys):
    make.post(make.thread())
    for said in ("2 attempts", "0 attempts"):
        with override("en"):
            call_command("forum_webhooks")
        assert said in capsys.readouterr().out
    assert len(receiver.taken) == 2


def test_queue_that_can_defer_makes_the_next_attempt(hook, receiver, settings):
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    receiver.status = 503
    make.thread()
    delivery = WebhookDelivery.objects.get()
    tasks.deliver_webhook.call(delivery.pk)
    delivery.refresh_from_db()
    waiting = DBTaskResult.objects.filter(task_path="ess_forum.tasks.deliver_webhook")
    assert waiting.get(run_after__isnull=False).run_after == delivery.next_attempt_at


# Where nothing is sent


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/",
        "http://localhost/",
        "http://10.0.0.7/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "ftp://example.org/",
        "file:///etc/passwd",
    ],
)
def test_nothing_is_sent_within_a_private_network(url):
    with pytest.raises(outbound.AddressError):
        outbound.send(url, b"", {})


def test_name_that_leads_to_a_private_address_is_refused(monkeypatch):
    leads = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *a, **k: leads)
    with pytest.raises(outbound.AddressError):
        outbound.check(urlsplit("https://example.org/"))
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *a, **k: leads[:1])
    assert outbound.check(urlsplit("https://example.org/")) == "93.184.216.34"


# In the admin


@pytest.fixture
def editor(client):
    """Somebody who may set the forum's limits, logged in to the admin."""
    user = UserFactory()
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
        Permission.objects.get(
            content_type__app_label="ess_forum", codename="change_forumsettings"
        ),
    )
    client.force_login(user)
    return user


def test_editor_makes_a_webhook_with_a_secret_and_changes_it(client, editor, receiver, settings):
    settings.ESS_FORUM = {"WEBHOOK_PRIVATE_HOSTS": ["127.0.0.1"]}
    data = {"url": receiver.url, "events": ["post.published", "post.edited"], "is_active": "on"}
    assert client.post(reverse("forum_webhooks:add"), data).status_code == 302
    hook = Webhook.objects.get()
    assert hook.events == ["post.published", "post.edited"]
    assert len(hook.secret) > 30
    page = reverse("forum_webhooks:edit", args=[hook.pk])
    assert hook.secret in client.get(page).content.decode()
    client.post(page, {**data, "events": ["post.removed"]})
    changed = Webhook.objects.get()
    assert (changed.events, changed.secret) == (["post.removed"], hook.secret)
    client.post(page, {**data, "new_secret": "on"})
    assert Webhook.objects.get().secret != hook.secret
    assert client.get(reverse("forum_webhooks:index")).status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"url": "http://127.0.0.1/", "events": ["post.edited"]}, "url"),
        ({"url": "ftp://example.org/", "events": ["post.edited"]}, "url"),
        ({"url": "http://no-such-host.invalid/", "events": ["post.edited"]}, "url"),
        ({"url": "pas une adresse", "events": ["post.edited"]}, "url"),
        ({"url": "http://127.0.0.1/", "events": []}, "events"),
        ({"url": "http://127.0.0.1/", "events": ["all"]}, "events"),
    ],
)
def test_wrong_webhook_is_explained(client, editor, data, field):
    answer = client.post(reverse("forum_webhooks:add"), data)
    assert field in answer.context["form"].errors
    assert not Webhook.objects.exists()


def test_editor_sees_deliveries_and_tries_again(client, editor, hook, receiver):
    receiver.status = 500
    make.thread()
    delivery = verbs.deliver(WebhookDelivery.objects.get().pk)
    WebhookDelivery.objects.update(next_attempt_at=None, last_error=verbs.GONE)
    listed = client.get(reverse("forum_deliveries:index")).content.decode()
    assert "500" in listed
    assert str(SAID[verbs.GONE]) in listed
    page = client.get(reverse("forum_deliveries:inspect", args=[delivery.pk])).content.decode()
    retry = reverse("ess_forum_retry_delivery", args=[delivery.pk])
    assert f'action="{retry}"' in page
    assert client.get(retry).status_code == 405
    assert client.post(retry).status_code == 302
    assert WebhookDelivery.objects.get().next_attempt_at <= timezone.now()
    for name in ("edit", "delete"):
        assert client.post(reverse(f"forum_deliveries:{name}", args=[delivery.pk])).status_code in (
            302,
            403,
        )
    assert WebhookDelivery.objects.count() == 1


def test_moderators_and_members_do_not_see_webhooks(client, hook):
    make.thread()
    delivery = WebhookDelivery.objects.get()
    user = make.moderator().user
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    for who in (user, make.MemberFactory().user):
        client.force_login(who)
        for address in (
            reverse("forum_webhooks:index"),
            reverse("forum_webhooks:add"),
            reverse("forum_webhooks:edit", args=[hook.pk]),
            reverse("forum_deliveries:index"),
            reverse("forum_deliveries:inspect", args=[delivery.pk]),
        ):
            answer = client.get(address)
            assert answer.status_code in (302, 403)
            assert hook.secret not in answer.content.decode()
        client.post(reverse("ess_forum_retry_delivery", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert delivery.attempts == 0


def test_post_that_waited_is_told_when_it_is_published(hook):
    thread = make.thread()
    reply = make.post(thread)
    WebhookDelivery.objects.all().delete()
    Post.objects.filter(pk=reply.pk).update(state=State.PENDING, position=None)
    moderator = make.viewer(make.moderator())
    post_verbs.restore(moderator, Post.objects.get(pk=reply.pk))
    assert events() == ["post.published"]


def test_example_in_the_documentation_accepts_messages_of_the_forum_alone(hook, receiver):
    document = (Path(__file__).parents[2] / "docs" / "forum-api.md").read_text()
    [example] = [
        part for part in re.findall(r"```python\n(.*?)```", document, re.S) if "hmac" in part
    ]
    names: dict = {}
    exec(example, names)
    make.thread()
    verbs.deliver(WebhookDelivery.objects.get().pk)
    [(_path, headers, body)] = receiver.taken
    assert names["is_from_forum"]("un secret", headers, body)
    assert not names["is_from_forum"]("un autre", headers, body)
    assert not names["is_from_forum"]("un secret", headers, body + b" ")
    old = headers | {"X-Forum-Timestamp": "1000000000"}
    assert not names["is_from_forum"]("un secret", old, body)
