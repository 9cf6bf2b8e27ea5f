"""Members are found while they are being mentioned."""

import pytest

from ess_forum.actions.threads import start_conversation
from ess_forum.models import Member
from ess_forum.throttle import RATES

from . import factories

pytestmark = pytest.mark.django_db
MENTIONS = "/fr/forum/mentions/"


@pytest.fixture
def me(client):
    member = factories.MemberFactory(name="Zzz", handle="zzz")
    client.force_login(member.user)
    return member


def found(client, query: str, **options) -> list[str]:
    answer = client.get(MENTIONS, {"q": query, **options})
    assert answer.status_code == 200
    return [member["handle"] for member in answer.json()["members"]]


@pytest.mark.parametrize(
    ("name", "handle", "query"),
    [
        ("Amina Benali", "amina", "ami"),
        ("Amina Benali", "amina", "BEN"),
        ("Hélène Œuvrard", "h-o", "hele"),
        ("Hélène Œuvrard", "h-o", "oeuv"),
        ("أحمد بن علي", "أحمد", "احم"),
        ("إيمان", "ايمان-2", "أيم"),
        ("مدرسة", "madrasa", "مدرسه"),
        ("Jean-Pierre", "jp", "pier"),
        ("Jean", "jean-paul", "jean-p"),
    ],
)
def test_member_is_found_by_the_beginning_of_a_word(client, me, name, handle, query):
    factories.MemberFactory(name=name, handle=handle)
    factories.MemberFactory(name="Karim", handle="karim")
    assert found(client, query) == [handle]


@pytest.mark.parametrize("query", ["", "  ", "@", "mina", "%", "_", "\0", "a" * 500])
def test_what_begins_no_name_finds_nobody(client, me, query):
    factories.MemberFactory(name="Amina", handle="amina")
    assert found(client, query) == []


def test_at_most_eight_are_offered_the_nearest_first(client, me):
    for number in range(12):
        factories.MemberFactory(name=f"Ali {number}", handle=f"m-{number}", post_count=number)
    factories.MemberFactory(name="X", handle="ali")
    handles = found(client, "ali")
    assert len(handles) == 8
    assert handles[:3] == ["ali", "m-11", "m-10"]


def test_those_who_take_part_in_a_conversation_come_first(client, me):
    factories.MemberFactory(name="Ali", handle="ali")
    partner = factories.MemberFactory(name="Alia", handle="x-alia")
    thread = start_conversation(factories.viewer(me), [partner], "a", "b", language="fr")
    assert found(client, "ali") == ["ali", "x-alia"]
    assert found(client, "ali", thread=thread.pk) == ["x-alia", "ali"]
    assert found(client, "ali", thread="x") == ["ali", "x-alia"]


def test_order_does_not_tell_who_takes_part_in_others_conversations(client, me):
    factories.MemberFactory(name="Ali", handle="ali")
    partner = factories.MemberFactory(name="Alia", handle="x-alia")
    author = factories.MemberFactory()
    thread = start_conversation(factories.viewer(author), [partner], "a", "b", language="fr")
    assert found(client, "ali", thread=thread.pk) == ["ali", "x-alia"]


def test_those_who_are_gone_are_not_offered(client, me):
    factories.MemberFactory(name="Ali", handle="ali", is_banned=True)
    factories.MemberFactory(name="Ali", handle="ali-2", user=None)
    factories.MemberFactory(name="Ali", handle="ali-3", user__is_active=False)
    assert found(client, "ali") == []


def test_name_that_changes_is_found_and_the_old_one_is_not(client, me):
    member = factories.MemberFactory(name="Ali", handle="x")
    member.name = "Omar"
    member.save(update_fields=["name"])
    assert found(client, "omar") == ["x"]
    assert found(client, "ali") == []


def test_members_made_in_bulk_are_found(client, me):
    Member.objects.bulk_create(
        [
            Member(
                name="Salim",
                handle="s",
                user=me.user.__class__.objects.create(email="s@example.org"),
            )
        ]
    )
    assert found(client, "sal") == ["s"]


def test_members_alone_ask_and_not_too_often(client, me, monkeypatch):
    monkeypatch.setitem(RATES, "mention", "1/hour")
    assert client.get(MENTIONS, {"q": "a"}).status_code == 200
    assert client.get(MENTIONS, {"q": "a"}).status_code == 429
    client.logout()
    assert client.get(MENTIONS, {"q": "a"}).status_code == 302


def test_search_is_one_query(client, me, django_assert_num_queries):
    from ess_forum.views.mentions import _found

    viewer = factories.viewer(me)
    assert viewer.me == me
    with django_assert_num_queries(1):
        list(_found(viewer, " ali", "5"))
