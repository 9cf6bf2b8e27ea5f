"""Private messages: who writes to whom, who reads them, who is asked in, who leaves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import conversations as verbs
from ess_forum.actions.threads import start_conversation
from ess_forum.models import Member, Notification, Thread
from ess_forum.policy import allows

from . import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


def conversation(author: Member, *others: Member, title="Entre nous") -> Thread:
    return start_conversation(f.viewer(author), others, title, "Bonjour.", language="fr")


@pytest.fixture
def people():
    return f.MemberFactory(), f.MemberFactory(), f.MemberFactory()


def test_only_those_who_take_part_see_it(people, client):
    one, two, three = people
    thread = conversation(one, two)
    for member, sees in ((one, True), (two, True), (three, False), (f.moderator(), False)):
        assert allows(f.viewer(member), "see_thread", thread) is sees
        client.force_login(member.user)
        listed = client.get(url("conversations")).content.decode()
        assert ("Entre nous" in listed) is sees
        assert client.get(thread.get_absolute_url(), follow=True).status_code == (
            200 if sees else 404
        )


def test_invited_member_reads_all_and_is_told(people):
    one, two, three = people
    thread = conversation(one, two)
    Notification.objects.all().delete()
    assert verbs.invite(f.viewer(two), thread, [three, one]) == [three]
    assert allows(f.viewer(three), "see_thread", thread)
    told = Notification.objects.get()
    assert (told.member, told.kind, told.actor, told.data) == (
        three,
        "conversation",
        two,
        {"invited": True},
    )
    assert verbs.invite(f.viewer(two), thread, [three]) == []


def test_who_leaves_reads_and_hears_no_more_until_asked_in_again(people, run_tasks):
    one, two, _three = people
    thread = conversation(one, two)
    verbs.leave(f.viewer(two), thread)
    assert not allows(f.viewer(two), "see_thread", thread)
    Notification.objects.all().delete()
    f.post(thread, one)
    assert not Notification.objects.exists()
    with pytest.raises(PermissionDenied):
        verbs.leave(f.viewer(two), thread)
    verbs.invite(f.viewer(one), thread, [two])
    assert allows(f.viewer(two), "see_thread", thread)


@pytest.mark.parametrize(
    "verb", [verbs.leave, lambda viewer, thread: verbs.invite(viewer, thread, [])]
)
def test_outsiders_change_nothing(people, verb):
    one, two, three = people
    with pytest.raises(PermissionDenied):
        verb(f.viewer(three), conversation(one, two))


@pytest.mark.parametrize(
    ("fields", "may"),
    [
        ({"trust": Member.Trust.NEW}, False),
        ({"trust": Member.Trust.BASIC}, True),
        ({"is_banned": True}, False),
    ],
)
def test_who_may_begin(fields, may, client):
    member, other = f.MemberFactory(**fields), f.MemberFactory()
    client.force_login(member.user)
    assert (client.get(url("start_conversation")).status_code == 200) is may
    if not may:
        with pytest.raises(PermissionDenied):
            conversation(member, other)


@both_languages
def test_member_writes_to_several_from_the_page(client, people, language, run_tasks):
    one, two, three = people
    client.force_login(one.user)
    address = url("start_conversation", language=language)
    begun = client.get(f"{address}?to={two.handle}")
    assert two.handle in begun.content.decode()
    sent = {
        "members": f"@{two.handle}، {three.handle.upper()}",
        "title": "مرحبا Bonjour",
        "language": "fr",
        "source": "نلتقي غدا ?",
        "send": "1",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    thread = Thread.objects.get()
    assert set(thread.participants.all()) == {one, two, three}
    client.force_login(two.user)
    listed = client.get(url("conversations", language=language))
    assert listed.context["listing"].threads[0].unread_count == 1
    assert Notification.objects.filter(member=two, kind="conversation").count() == 1
    page = client.get(answer.url, follow=True)
    assert "نلتقي غدا" in page.content.decode()
    assert client.get(url("conversations")).context["listing"].threads[0].unread_count == 0
    # Reading it has read the notice of it.
    assert not Notification.objects.filter(member=two, read_at=None).exists()


@pytest.mark.parametrize("members", ["", "@personne", "@parti"])
def test_unknown_members_are_named_and_the_text_is_kept(client, people, members):
    f.MemberFactory(handle="parti", is_banned=True)
    client.force_login(people[0].user)
    sent = {"members": members, "title": "T", "language": "fr", "source": "Mon texte", "send": "1"}
    answer = client.post(url("start_conversation"), sent)
    assert answer.status_code == 422
    assert "Mon texte" in answer.content.decode()
    assert "members" in answer.context["form"].errors
    assert members.strip("@") in str(answer.context["form"].errors["members"])


def test_nobody_writes_to_themselves_alone(people):
    with pytest.raises(ValidationError):
        conversation(people[0], people[0])


@both_languages
def test_invite_and_leave_from_the_pages(client, people, language):
    one, two, three = people
    thread = conversation(one, two)
    client.force_login(one.user)
    page = client.get(thread.get_absolute_url(), follow=True).content.decode()
    assert f"messages/{thread.pk}/invite/" in page
    invite = url("invite_to_conversation", thread.pk, language=language)
    assert client.post(invite, {"members": "@nobody"}).status_code == 422
    assert client.post(invite, {"members": f"@{three.handle}"}).status_code == 302
    assert thread.participations.count() == 3
    leave = url("leave_conversation", thread.pk, language=language)
    assert client.get(leave).status_code == 200
    assert client.post(leave).url == url("conversations", language=language)
    assert client.get(leave).status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_list_costs_the_same(client, people, number):
    one, two, three = people
    for index in range(number):
        conversation(one, two, three, title=f"Numéro {index}")
    client.force_login(two.user)
    client.get(url("conversations"))
    with CaptureQueriesContext(connection) as queries:
        client.get(url("conversations"))
    assert len(queries) <= 10, [query["sql"] for query in queries]
