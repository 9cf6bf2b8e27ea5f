"""A thread is solved by a reply, when who asked or a moderator says so."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions.answers import accept, take_back
from ess_forum.actions.posts import hide
from ess_forum.actions.threads import start_conversation
from ess_forum.models import Block, ModerationEvent, Notification, Post, State, Thread

from .factories import MemberFactory, moderator, post, someone, thread, viewer

pytestmark = pytest.mark.django_db
SOLVED = Notification.Kind.SOLVED


def answer_of(discussion: Thread) -> int | None:
    return Thread.objects.get(pk=discussion.pk).answer_id


def told(member) -> int:
    return Notification.objects.filter(member=member, kind=SOLVED).count()


def test_who_asked_accepts_another_answer_and_takes_it_back():
    asker, one, other = MemberFactory(), MemberFactory(), MemberFactory()
    discussion = thread(asker)
    replies = [post(discussion, one), post(discussion, other)]
    before = Thread.objects.get().version
    for _click in range(2):
        accept(viewer(asker), replies[0])
    assert (answer_of(discussion), told(one)) == (replies[0].pk, 1)
    assert Thread.objects.get().version == before + 1
    one.refresh_from_db()
    assert one.unread_notifications == Notification.objects.filter(member=one).count()
    accept(viewer(asker), replies[1])
    assert (answer_of(discussion), told(other)) == (replies[1].pk, 1)
    for _click in range(2):
        take_back(viewer(asker), discussion)
    assert answer_of(discussion) is None
    assert not ModerationEvent.objects.exists()


def test_moderator_decides_for_who_asked_and_it_is_written_down():
    discussion = thread()
    reply = post(discussion)
    accept(viewer(moderator()), reply)
    take_back(viewer(moderator()), discussion)
    events = ModerationEvent.objects.filter(verb="accept_answer").order_by("pk")
    assert [event.details["answer"] for event in events] == [reply.pk, None]


def test_own_answer_tells_nobody():
    asker = MemberFactory()
    accept(viewer(asker), post(thread(asker), asker))
    assert told(asker) == 0


def test_who_has_blocked_the_asker_is_not_told():
    asker, helper = MemberFactory(), MemberFactory()
    reply = post(thread(asker), helper)
    Block.objects.create(member=helper, blocked=asker)
    accept(viewer(asker), reply)
    assert told(helper) == 0


@pytest.mark.parametrize("state", [State.PENDING, State.HIDDEN, State.DELETED])
def test_only_a_visible_reply_is_the_answer(state):
    asker = MemberFactory()
    discussion = thread(asker)
    reply = post(discussion)
    Post.objects.filter(pk=reply.pk).update(state=state)
    for one in (reply, discussion.posts.get(position=1)):
        with pytest.raises(ValidationError):
            accept(viewer(asker), one)
    assert answer_of(discussion) is None


def test_hidden_answer_is_no_answer_any_more():
    asker = MemberFactory()
    discussion = thread(asker)
    reply = post(discussion)
    accept(viewer(asker), reply)
    hide(viewer(moderator()), reply)
    assert answer_of(discussion) is None


def test_private_conversation_is_not_solved():
    one, other = MemberFactory(), MemberFactory()
    conversation = start_conversation(viewer(one), [other], "Question", "Alors ?", language="fr")
    with pytest.raises(PermissionDenied):
        accept(viewer(one), post(conversation, other))


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("visitor", 302),
        ("author", 302),
        ("member", 403),
        ("silenced", 403),
        ("suspended", 403),
        ("moderator", 302),
    ],
)
def test_who_may_accept(client, language, kind, status):
    asker = MemberFactory()
    discussion = thread(asker)
    reply = post(discussion)
    if one := someone(kind, asker):
        client.force_login(one.user)
    with override(language):
        page = discussion.get_absolute_url()
        address = reverse("ess_forum:accept_answer", args=[reply.pk])
    assert (f'action="{address}"' in client.get(page).content.decode()) == (
        kind in ("author", "moderator")
    )
    assert client.post(address, {"accept": "1"}).status_code == status
    accepted = kind in ("author", "moderator")
    assert (answer_of(discussion) == reply.pk) == accepted
    if accepted:
        assert 'name="take_back"' in client.get(page).content.decode()
        client.post(address, {"take_back": "1"})
        assert answer_of(discussion) is None


def test_asker_who_is_silenced_decides_nothing(client):
    from datetime import timedelta

    from django.utils import timezone

    asker = MemberFactory()
    reply = post(thread(asker))
    asker.silenced_until = timezone.now() + timedelta(days=1)
    asker.save()
    with pytest.raises(PermissionDenied):
        accept(viewer(asker), reply)


def test_taking_back_an_answer_that_another_has_replaced_changes_nothing(client):
    asker = MemberFactory()
    discussion = thread(asker)
    former, present = post(discussion), post(discussion)
    accept(viewer(asker), present)
    client.force_login(asker.user)
    client.post(reverse("ess_forum:accept_answer", args=[former.pk]), {"take_back": "1"})
    assert answer_of(discussion) == present.pk
