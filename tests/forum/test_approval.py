"""First posts wait for moderators, who approve or refuse them; any post is hidden and shown."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ess_forum import counting
from ess_forum.actions import approval
from ess_forum.actions.posts import restore
from ess_forum.actions.sanctions import Measure
from ess_forum.models import (
    Category,
    Flag,
    ForumSettings,
    Member,
    ModerationEvent,
    Notification,
    Sanction,
    State,
    Thread,
)

from . import factories as f

pytestmark = pytest.mark.django_db

Outcome = approval.Outcome


@pytest.fixture
def moderator():
    return f.viewer(f.moderator())


@pytest.fixture
def newcomer():
    ForumSettings.objects.update_or_create(defaults={"approved_posts": 1})
    return f.MemberFactory(trust=Member.Trust.NEW)


def told(member):
    rows = Notification.objects.filter(member=member, kind=Notification.Kind.MODERATION)
    return [(row.data["decision"], row.data["message"]) for row in rows.order_by("pk")]


def expect_exact_counters():
    for thread in Thread.objects.all():
        assert counting.differences(thread, counting.of_thread(thread)) == {}
    for category in Category.objects.all():
        assert counting.differences(category, counting.of_category(category)) == {}
    members = Member.objects.all()
    expected = counting.of_members([member.pk for member in members])
    for member in members:
        assert counting.differences(member, expected[member.pk]) == {}


def test_first_thread_is_approved(moderator, newcomer):
    thread = f.thread(newcomer)
    post = thread.posts.get()
    assert (thread.state, post.state, post.position) == (State.PENDING, State.PENDING, None)
    approval.decide(moderator, post, Outcome.SHOW, message="Bienvenue")
    thread.refresh_from_db(), post.refresh_from_db()
    assert (thread.state, post.state, post.position) == (State.VISIBLE, State.VISIBLE, 1)
    assert told(newcomer) == [("post_approved", "Bienvenue")]
    event = ModerationEvent.objects.get()
    assert (event.verb, event.moderator, event.details["post"]) == (
        "approve_post",
        moderator.me,
        post.pk,
    )
    expect_exact_counters()
    assert f.thread(newcomer).state == State.VISIBLE  # the next one does not wait


def test_first_reply_is_approved_after_others(moderator, newcomer):
    thread = f.thread()
    waiting = f.post(thread, newcomer)
    f.post(thread)
    approval.decide(moderator, waiting, Outcome.SHOW)
    waiting.refresh_from_db()
    assert waiting.position == 3
    expect_exact_counters()


def test_refused_thread_is_not_read_and_can_be_approved_after_all(moderator, newcomer):
    post = f.thread(newcomer).posts.get()
    approval.decide(moderator, post, Outcome.HIDE, message="Hors sujet")
    post.refresh_from_db()
    assert post.state == State.HIDDEN
    assert told(newcomer) == [("post_refused", "Hors sujet")]
    assert not Thread.objects.visible().exists()
    expect_exact_counters()
    approval.decide(moderator, post, Outcome.SHOW)
    assert Thread.objects.visible().get() == post.thread
    expect_exact_counters()


@pytest.mark.parametrize("is_first", [True, False])
def test_post_is_hidden_and_shown_again(moderator, is_first):
    thread = f.thread()
    reply = f.post(thread)
    post = thread.posts.get(position=1) if is_first else reply
    approval.decide(moderator, post, Outcome.HIDE)
    assert Thread.objects.visible().exists() != is_first
    expect_exact_counters()
    approval.decide(moderator, post, Outcome.SHOW)
    assert Thread.objects.visible().exists()
    expect_exact_counters()
    verbs = ModerationEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["hide_post", "restore_post"]


@pytest.mark.parametrize(
    ("before", "outcome"),
    [(Outcome.SHOW, Outcome.SHOW), (Outcome.HIDE, Outcome.HIDE), (None, Outcome.KEEP)],
)
def test_what_is_so_already_is_said_to_be_decided(moderator, before, outcome):
    post = f.post(f.thread())
    if before == Outcome.HIDE:
        approval.decide(moderator, post, before)
    with pytest.raises(ValidationError) as error:
        approval.decide(moderator, post, outcome)
    assert error.value.code == "decided"


def test_measure_goes_with_a_decision(moderator):
    post = f.post(f.thread())
    measure = Measure("suspension", "Insultes", 7)
    approval.decide(moderator, post, Outcome.HIDE, measure=measure)
    sanction = Sanction.objects.get()
    assert (sanction.member, sanction.post) == (post.author, post)
    assert [decision for decision, _message in told(post.author)] == ["post_hidden", "suspension"]


def test_decision_and_measure_are_all_or_nothing(moderator):
    post = f.post(f.thread(), f.moderator())  # who cannot be sanctioned by a moderator
    with pytest.raises(PermissionDenied):
        approval.decide(moderator, post, Outcome.HIDE, measure=Measure("warning", "x"))
    post.refresh_from_db()
    assert post.state == State.VISIBLE
    assert not ModerationEvent.objects.exists()


def test_upheld_flags_cost_trust(moderator):
    author = f.MemberFactory(trust=Member.Trust.REGULAR)
    post = f.post(f.thread(), author)
    Flag.objects.create(post=post, reason="spam")
    approval.decide(moderator, post, Outcome.HIDE)
    author.refresh_from_db()
    assert author.trust == Member.Trust.BASIC


def test_several_are_decided_at_once(moderator, newcomer):
    posts = [f.thread(newcomer).posts.get(), f.post(f.thread(), f.MemberFactory(trust=0))]
    seen = {post.pk: approval.standing(post, []) for post in posts}
    assert approval.decide_all(moderator, seen, Outcome.SHOW) == 2
    assert ModerationEvent.objects.filter(verb="approve_post").count() == 2
    expect_exact_counters()


def test_several_are_decided_all_or_none(moderator, newcomer):
    posts = [f.thread(newcomer).posts.get(), f.post(f.thread(), f.MemberFactory(trust=0))]
    seen = {post.pk: approval.standing(post, []) for post in posts}
    approval.decide(moderator, posts[1], Outcome.HIDE)
    with pytest.raises(ValidationError):
        approval.decide_all(moderator, seen, Outcome.SHOW)
    posts[0].refresh_from_db()
    assert posts[0].state == State.PENDING
    assert ModerationEvent.objects.count() == 1


@pytest.mark.parametrize("outcome", list(Outcome))
def test_members_decide_nothing(outcome):
    post = f.post(f.thread())
    for member in (f.MemberFactory(), post.author, None):
        with pytest.raises(PermissionDenied):
            approval.decide(f.viewer(member), post, outcome)


def test_moderators_do_not_decide_on_what_members_say_in_private(moderator):
    from ess_forum.actions.threads import start_conversation

    thread = start_conversation(
        f.viewer(f.MemberFactory()), [f.MemberFactory()], "Ici", "Rien", language="fr"
    )
    with pytest.raises(PermissionDenied):
        approval.decide(moderator, thread.posts.get(), Outcome.HIDE)


def test_moderator_who_restores_a_deleted_post_is_in_the_log(moderator):
    from ess_forum.actions.posts import delete

    post = f.post(f.thread())
    delete(f.viewer(post.author), post)
    assert not ModerationEvent.objects.exists()
    restore(moderator, post)
    assert ModerationEvent.objects.get().verb == "restore_post"
