"""`manage.py forum_check`: each counter is broken in turn, and seen."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ess_forum import models
from ess_forum.actions.posts import delete
from ess_forum.actions.reading import see
from ess_forum.checking import differences
from ess_forum.models import State

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum():
    """A forum with one of everything that is counted."""
    author, reader = factories.MemberFactory(), factories.MemberFactory()
    thread = factories.thread(author)
    replies = [factories.post(thread, author) for _ in range(4)]
    delete(factories.viewer(author), replies[1])
    thread.refresh_from_db()
    see(reader, thread, 4, 5)
    models.Reaction.objects.create(post=replies[0], member=reader, emoji="👍")
    models.Post.objects.filter(pk=replies[0].pk).update(reactions={"👍": 1})
    models.Member.objects.filter(pk=author.pk).update(reactions_received=1)
    poll = models.Poll.objects.create(post=replies[0], question="?", voter_count=1)
    option = models.PollOption.objects.create(poll=poll, number=1, text="!", vote_count=1)
    models.PollVote.objects.create(option=option, member=reader)
    factories.thread(category=thread.category)
    return thread


def found() -> list[tuple]:
    return [(d.record._meta.model_name, d.field, d.stored, d.expected) for d in differences()]


def test_forum_as_its_posts_say_passes(forum):
    out = StringIO()
    call_command("forum_check", stdout=out)
    assert "forum" in out.getvalue()


def test_empty_forum_passes():
    call_command("forum_check", stdout=StringIO())


BREAKS = [
    (models.Thread, "reply_count", 9, 3),
    (models.Thread, "gaps", [], [[3, 3]]),
    (models.Thread, "gaps", [[3, 4]], [[3, 3]]),
    (models.Thread, "last_visible_position", 4, 5),
    (models.Category, "thread_count", 7, 2),
    (models.Category, "post_count", 7, 5),
    (models.Member, "post_count", 1, 4),
    (models.Member, "thread_count", 0, 1),
    (models.Member, "reactions_received", 5, 1),
    (models.Member, "unread_notifications", 3, 0),
    (models.Post, "reactions", {"👍": 2}, {}),
    (models.Poll, "voter_count", 2, 1),
    (models.PollOption, "vote_count", 0, 1),
]


@pytest.mark.parametrize(("model", "field", "stored", "expected"), BREAKS)
def test_broken_counter_is_named_and_nothing_else(forum, model, field, stored, expected):
    record = model.objects.order_by("pk").first()
    model.objects.filter(pk=record.pk).update(**{field: stored})
    assert found() == [(model._meta.model_name, field, stored, expected)]
    out = StringIO()
    with pytest.raises(CommandError, match="1"):
        call_command("forum_check", stdout=out)
    assert field in out.getvalue()
    assert str(record.pk) in out.getvalue()


def test_thread_whose_last_position_was_taken_back_is_named(forum):
    models.Thread.objects.filter(pk=forum.pk).update(last_position=4)
    assert ("thread", "last_position", 4, 5) in found()


def test_thread_with_another_last_poster_is_named(forum):
    other = factories.MemberFactory()
    models.Thread.objects.filter(pk=forum.pk).update(last_poster=other)
    assert found() == [("thread", "last_poster_id", other.pk, forum.author_id)]


def test_thread_with_another_time_of_its_last_post_is_named(forum):
    now = timezone.now()
    was = models.Thread.objects.get(pk=forum.pk).last_post_at
    models.Thread.objects.filter(pk=forum.pk).update(last_post_at=now)
    assert ("thread", "last_post_at", now, was) in found()


def test_category_with_another_last_thread_is_named(forum):
    last = models.Category.objects.get(pk=forum.category_id).last_thread_id
    models.Category.objects.filter(pk=forum.category_id).update(last_thread=None)
    assert found() == [("category", "last_thread_id", None, last)]


def test_visible_thread_without_its_first_post_is_named(forum):
    forum.posts.filter(position=1).delete()
    assert ("thread", "state", State.VISIBLE, State.PENDING) in found()


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"position": 8}, {"position": 5}),
        ({"skipped": [[1, 7]]}, {"skipped": [[1, 2], [4, 4]]}),
        ({"skipped": [[2, 3]]}, {"skipped": [[2, 2]]}),
        ({"skipped": [[2, 2], [1, 1]]}, {"skipped": [[1, 2]]}),
        ({"skipped": [[0, 2]]}, {"skipped": [[1, 2]]}),
    ],
)
def test_mark_outside_its_thread_is_named(forum, stored, expected):
    marks = models.ReadMark.objects.exclude(member=forum.author).filter(thread=forum)
    marks.update(**stored)
    assert [(d.field, d.expected) for d in differences()] == list(expected.items())


def test_private_conversation_passes():
    from ess_forum.actions.threads import start_conversation

    one, other = factories.MemberFactory(), factories.MemberFactory()
    start_conversation(factories.viewer(one), [other], "Entre nous", "Bonjour.", language="fr")
    assert found() == []


def test_number_of_queries_does_not_follow_what_there_is(forum, django_assert_max_num_queries):
    author = factories.MemberFactory()
    for _ in range(10):
        factories.thread(author, forum.category)
    with django_assert_max_num_queries(35):
        list(differences())
