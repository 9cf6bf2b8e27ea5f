"""What members are told: the page, its sentences, and when it is read."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum import decisions
from ess_forum.actions import notifications as verbs
from ess_forum.models import Member, Notification

from . import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])
Kind = Notification.Kind


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


@pytest.fixture
def member():
    return f.MemberFactory()


def tell(member: Member, kind: str, **options) -> Notification:
    verbs.tell([member.pk], kind, **options)
    return Notification.objects.latest("pk")


@both_languages
@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind not in (Kind.MODERATION, Kind.GROUP)]
)
def test_each_kind_is_a_sentence_with_the_names_in_it(client, member, kind, language):
    actor = f.MemberFactory(name="أمينة <b>")
    post = f.thread(actor, title="Titre & suite").posts.get()
    tell(member, kind, actor=actor, thread=post.thread, post=post)
    client.force_login(member.user)
    page = BeautifulSoup(client.get(url("notifications", language=language)).content, "html.parser")
    link = page.select_one(".forum-notification a")
    assert link["href"] == f"/{language}/forum/p/{post.pk}/"
    names = [one.text for one in link.select("bdi")]
    assert "أمينة <b>" in names
    assert "Titre & suite" in names


@both_languages
@pytest.mark.parametrize("event", ["added", "removed", "manager"])
def test_group_is_named_in_the_readers_language(client, member, event, language):
    data = {"event": event, "group": 7, "name_fr": "Comité", "name_ar": "لجنة"}
    tell(member, Kind.GROUP, actor=f.MemberFactory(name="Karim"), data=data)
    client.force_login(member.user)
    page = BeautifulSoup(client.get(url("notifications", language=language)).content, "html.parser")
    item = page.select_one(".forum-notification")
    assert ("Comité" if language == "fr" else "لجنة") in item.text
    assert bool(item.select_one("a")) is (event != "removed")


@both_languages
@pytest.mark.parametrize("told", list(decisions.Told))
def test_decisions_of_moderators_are_told(client, member, told, language):
    post = f.thread(member, title="Mon sujet").posts.get()
    decisions.tell([member.pk], told, post=post, message="Relisez la charte.")
    client.force_login(member.user)
    text = client.get(url("notifications", language=language)).content.decode()
    assert "Relisez la charte." in text
    assert "Mon sujet" in text


def test_reading_a_thread_reads_what_was_told_of_its_posts(client, member):
    thread = f.thread()
    post = thread.posts.get()
    here = tell(member, Kind.MENTION, actor=post.author, thread=thread, post=post)
    there = tell(
        member, Kind.MENTION, actor=post.author, thread=f.thread(), post=f.thread().posts.get()
    )
    client.force_login(member.user)
    client.get(thread.get_absolute_url())
    here.refresh_from_db()
    there.refresh_from_db()
    assert here.read_at
    assert not there.read_at
    member.refresh_from_db()
    assert member.unread_notifications == 1


def test_reading_a_page_of_a_thread_reads_only_what_it_shows(client, member):
    thread = f.thread()
    for _number in range(24):
        last = f.post(thread, thread.author)
    told = tell(member, Kind.MENTION, actor=last.author, thread=thread, post=last)
    client.force_login(member.user)
    client.get(thread.get_absolute_url())
    told.refresh_from_db()
    assert not told.read_at
    client.get(f"{thread.get_absolute_url()}?page=2")
    told.refresh_from_db()
    assert told.read_at


@both_languages
def test_all_are_marked_as_read_by_their_member_alone(client, member, language):
    other = f.MemberFactory()
    for one in (member, member, other):
        tell(one, Kind.GROUP, data={"event": "added", "group": 1})
    client.force_login(member.user)
    page = client.get(url("notifications", language=language)).content.decode()
    assert page.count("forum-notification-unread") == 2
    client.post(url("read_notifications", language=language))
    assert "forum-notification-unread" not in client.get(url("notifications")).content.decode()
    member.refresh_from_db()
    other.refresh_from_db()
    assert (member.unread_notifications, other.unread_notifications) == (0, 1)
    assert Notification.objects.filter(read_at=None).get().member == other


def test_visitors_have_no_notifications(client):
    assert client.get(url("notifications")).status_code == 302
    assert client.post(url("read_notifications")).status_code == 302


@pytest.mark.parametrize("number", [1, 60])
def test_page_costs_the_same(client, member, number):
    thread = f.thread()
    post = thread.posts.get()
    for _number in range(number):
        tell(member, Kind.MENTION, actor=post.author, thread=thread, post=post)
    client.force_login(member.user)
    client.get(url("notifications"))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url("notifications"))
    assert len(queries) <= 10, [query["sql"] for query in queries]
    assert len(answer.context["notifications"]) == min(number, 50)
    if number > 50:
        later = client.get(url("notifications") + f"?before={answer.context['next_before']}")
        assert len(later.context["notifications"]) == 10


def test_nothing_unread_costs_a_thread_nothing(client, member):
    thread = f.thread()
    client.force_login(member.user)
    client.get(thread.get_absolute_url())
    Notification.objects.create(member=member, kind=Kind.MENTION, read_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        client.get(thread.get_absolute_url())
    assert not [query for query in queries if "ess_forum_notification" in query["sql"]]
