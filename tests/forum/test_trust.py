"""Trust grows with good participation, and moderators may set it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from ess_forum import trust
from ess_forum.actions.trust import note_visit, review, set_trust
from ess_forum.models import Flag, Member, ModerationEvent

from . import factories as f

pytestmark = pytest.mark.django_db

NEW, BASIC, REGULAR, LEADER = Member.Trust


def member(days=0, posts=0, reactions=0, **fields):
    return f.MemberFactory(
        days_visited=days,
        post_count=posts,
        reactions_received=reactions,
        **{"trust": NEW, **fields},
    )


def uphold(author, *ages):
    for age in ages:
        Flag.objects.create(
            post=f.post(f.thread(), author),
            reason="spam",
            state="upheld",
            decided_at=timezone.now() - timedelta(days=age),
        )


@pytest.mark.parametrize(
    ("days", "posts", "reactions", "level"),
    [
        (0, 0, 0, NEW),
        (2, 2, 9, NEW),
        (1, 9, 9, NEW),
        (2, 3, 0, BASIC),
        (15, 20, 4, BASIC),
        (14, 20, 5, BASIC),
        (15, 20, 5, REGULAR),
        (999, 999, 999, REGULAR),  # leaders are chosen
    ],
)
def test_trust_is_earned(days, posts, reactions, level):
    assert trust.earned(member(days, posts, reactions)) == level


@pytest.mark.parametrize(
    ("ages", "level"),
    [
        ([], REGULAR),
        ([100], REGULAR),
        ([89], BASIC),
        ([1], BASIC),
        ([1, 100], BASIC),
        ([40, 50], BASIC),
        ([1, 29], NEW),
    ],
)
def test_upheld_flags_take_trust_away(ages, level):
    one = member(99, 99, 99, trust=REGULAR)
    uphold(one, *ages)
    assert trust.earned(one) == level


def test_several_flags_of_one_post_are_one_fault():
    one = member(99, 99, 99, trust=REGULAR)
    post = f.post(f.thread(), one)
    for _number in range(3):
        Flag.objects.create(
            post=post,
            reporter=f.MemberFactory(),
            reason="spam",
            state="upheld",
            decided_at=timezone.now(),
        )
    assert trust.earned(one) == BASIC


def test_time_takes_nothing_away():
    assert trust.earned(member(trust=REGULAR)) == REGULAR
    assert trust.earned(member(trust=LEADER)) == LEADER


def test_silenced_member_has_no_trust():
    until = timezone.now() + timedelta(days=1)
    assert trust.earned(member(99, 99, 99, silenced_until=until)) == NEW
    assert trust.earned(member(99, 99, 99, is_banned=True)) == NEW


def test_trust_that_moderators_set_is_not_touched():
    one = member(99, 99, 99, trust=BASIC, is_trust_kept=True)
    assert not trust.is_due(one)
    review(one)
    one.refresh_from_db()
    assert one.trust == BASIC


def test_visit_counts_once_a_day(django_assert_num_queries):
    one = member(1, 3, last_seen_on=timezone.localdate() - timedelta(days=1))
    for _number in range(3):
        assert f.viewer(one).member == one
    one.refresh_from_db()
    assert (one.days_visited, one.last_seen_on) == (2, timezone.localdate())
    assert one.trust == BASIC  # it has just been earned
    viewer = f.viewer(one)
    with django_assert_num_queries(1):
        assert viewer.member


def test_visits_at_the_same_moment_count_once():
    one = member(last_seen_on=None)
    same = Member.objects.get(pk=one.pk)
    note_visit(one)
    note_visit(same)
    one.refresh_from_db()
    assert one.days_visited == 1


def test_post_raises_trust_that_is_due():
    one = member(2, 3)
    f.post(f.thread(), one)
    one.refresh_from_db()
    assert one.trust == BASIC


def test_moderator_sets_trust_and_gives_it_back():
    one = member(2, 3)
    moderator = f.viewer(f.moderator())
    assert set_trust(moderator, one, LEADER).trust == LEADER
    one.refresh_from_db()
    assert (one.trust, one.is_trust_kept) == (LEADER, True)
    back = set_trust(moderator, one, NEW, is_kept=False)
    assert (back.trust, back.is_trust_kept) == (LEADER, False)  # time takes nothing away
    assert ModerationEvent.objects.filter(verb="set_trust").count() == 1


@pytest.mark.parametrize("who", ["member", "moderator", "self"])
def test_trust_is_not_for_everybody_to_set(who):
    one = f.moderator()
    viewers = {"member": f.MemberFactory(), "moderator": f.moderator(), "self": one}
    with pytest.raises(PermissionDenied):
        set_trust(f.viewer(viewers[who]), one, LEADER)


def test_command_reviews_all(capsys):
    due, kept = member(15, 20, 5), member(15, 20, 5, is_trust_kept=True)
    guilty = member(trust=REGULAR)
    uphold(guilty, 1, 2)
    call_command("forum_trust")
    for one, level in ((due, REGULAR), (kept, NEW), (guilty, NEW)):
        one.refresh_from_db()
        assert one.trust == level
    assert "2" in capsys.readouterr().out
