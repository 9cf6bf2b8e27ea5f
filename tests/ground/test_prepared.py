"""Queries that are composed once, and sent with other values each time."""

from datetime import timedelta
from threading import Thread as OtherThread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ess_forum.models import Block, Member
from ess_ground.prepared import prepared
from tests.forum import factories as f

pytestmark = pytest.mark.django_db


@prepared
def members_since(handles: Any, joined_at: Any, me: Any):
    blocked = Block.objects.filter(member=me, blocked=OuterRef("pk"))
    rows = Member.objects.filter(handle__in=handles, joined_at__gte=joined_at)
    return rows.select_related("user").annotate(is_blocked=Exists(blocked)).order_by("pk")


def test_each_sending_has_its_own_values(django_assert_num_queries):
    first, second, me = f.MemberFactory(), f.MemberFactory(), f.MemberFactory()
    Block.objects.create(member=me, blocked=second)
    long_ago = timezone.now() - timedelta(days=1)
    for handles, joined_at, who, found in (
        ([first.handle], long_ago, me, [(first, False)]),
        ([first.handle, second.handle], long_ago, me, [(first, False), (second, True)]),
        ([second.handle], long_ago, first, [(second, False)]),
        ([first.handle], timezone.now() + timedelta(days=1), me, []),
        ([], long_ago, me, []),
    ):
        with django_assert_num_queries(1):
            rows = members_since(handles, joined_at, me=who.pk)
            assert [(row, row.is_blocked) for row in rows] == found
            assert all(row.user.email for row in rows)


def test_query_is_composed_once():
    calls = []

    @prepared
    def by_number(pk: Any):
        calls.append(pk)
        return Member.objects.filter(pk=pk).values_list("name", flat=True)

    members = [f.MemberFactory(), f.MemberFactory()]
    assert [by_number(member.pk) for member in members] == [[one.name] for one in members]
    assert len(calls) == 1


def test_what_has_no_arguments_is_read_anew_each_time():
    @prepared
    def names():
        return Member.objects.order_by("pk").annotate(called=F("name")).values_list("called")

    member = f.MemberFactory(name="Lila")
    assert names() == [("Lila",)]
    Member.objects.filter(pk=member.pk).update(name="Sara")
    assert names() == [("Sara",)]


def test_words_cannot_leave_their_place():
    member = f.MemberFactory()
    for handle in ("/*joined_at*/", "%s", "') OR 1=1 --", "(/*me*/)"):
        handles = [handle, member.handle]
        found = members_since(handles, timezone.now() - timedelta(days=1), member.pk)
        assert found == [member]


def test_number_that_no_row_has_is_not_sent():
    with CaptureQueriesContext(connection) as queries:
        assert members_since(["a"], timezone.now(), 2**70) == []
    assert not queries.captured_queries


@pytest.mark.django_db(transaction=True)
def test_each_thread_reads_by_its_own_connection():
    seen = []

    @prepared
    def members():
        return Member.objects.order_by("pk")

    def read() -> None:
        seen.append((members(), connection.connection))
        connection.close()

    f.MemberFactory()
    seen.append((members(), connection.connection))
    other = OtherThread(target=read)
    other.start()
    other.join()
    (here, mine), (there, its) = seen
    assert here == there
    assert mine is not its
