"""Posts are written, edited, deleted and restored: what the actions leave behind."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_forum import counting
from ess_forum.actions import posts as verbs
from ess_forum.actions.approval import decide
from ess_forum.actions.ordering import split
from ess_forum.models import (
    Category,
    ForumSettings,
    Member,
    ModerationEvent,
    Notification,
    Post,
    ReadMark,
    State,
    Subscription,
    Thread,
)

from . import factories

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture
def thread():
    return factories.thread()


def expect_exact_counters() -> None:
    """Fail where a stored counter is not what the posts say."""
    for thread in Thread.objects.all():
        assert counting.differences(thread, counting.of_thread(thread)) == {}
    for category in Category.objects.all():
        assert counting.differences(category, counting.of_category(category)) == {}
    expected = counting.of_members(Member.objects.values_list("pk", flat=True))
    for member in Member.objects.all():
        assert counting.differences(member, expected[member.pk]) == {}


def told(member) -> list[str]:
    return [note.kind for note in Notification.objects.filter(member=member).order_by("pk")]


# Replying


def test_replies_are_numbered_and_counted(thread):
    replies = [factories.post(thread) for _number in range(3)]
    thread.refresh_from_db()
    assert [post.position for post in replies] == [2, 3, 4]
    assert (thread.reply_count, thread.last_position, thread.gaps) == (3, 4, [])
    assert thread.last_poster == replies[-1].author
    expect_exact_counters()


def test_second_click_is_not_a_second_post(thread):
    author = factories.MemberFactory()
    one = factories.post(thread, author=author, text="Oui !")
    assert factories.post(thread, author=author, text="  oui ") == one
    assert factories.post(thread, author=author, text="Non") != one
    assert factories.post(thread, text="Oui !") != one
    expect_exact_counters()


def test_texts_of_signs_alone_are_not_the_same_text(thread):
    author = factories.MemberFactory()
    one = factories.post(thread, author=author, text="👍")
    assert factories.post(thread, author=author, text="👎") != one
    assert factories.post(thread, author=author, text="👍") == one


@pytest.mark.parametrize("fields", [{"is_closed": True}, {"state": State.HIDDEN}])
def test_thread_that_is_not_open_refuses_a_reply(thread, fields):
    Thread.objects.update(**fields)
    with pytest.raises(PermissionDenied):
        factories.post(thread)
    assert thread.posts.count() == 1


def test_moderator_replies_in_a_closed_thread(thread):
    Thread.objects.update(is_closed=True)
    assert factories.post(thread, author=factories.moderator()).position == 2


@pytest.mark.parametrize(
    ("limits", "text"),
    [({}, " \n"), ({"max_post_length": 500}, "a" * 501), ({"max_mentions": 1}, "@a @b")],
)
def test_text_that_cannot_be_posted_is_refused(thread, limits, text):
    settings = ForumSettings.load()
    for name, value in limits.items():
        setattr(settings, name, value)
    settings.save()
    with pytest.raises(ValidationError) as refused:
        verbs.reply(factories.viewer(factories.MemberFactory()), thread, text)
    assert "source" in refused.value.error_dict
    assert thread.posts.count() == 1


def test_author_has_read_what_they_wrote_and_nothing_before():
    author, thread = factories.MemberFactory(), factories.thread()
    for _number in range(3):
        factories.post(thread)
    factories.post(thread, author=author)
    mark = ReadMark.objects.get(member=author)
    assert mark.position == 5
    seen = Thread.objects.with_mark_of(author).get(pk=thread.pk)
    assert seen.unread() == [[1, 4]]
    assert Subscription.objects.filter(member=author, thread=thread).exists()


def test_reply_takes_as_many_queries_in_a_long_thread(thread):
    author = factories.MemberFactory()
    counts = []
    for number in (2, 25):
        for _post in range(number):
            factories.post(thread)
        factories.post(thread, author=author)
        viewer = factories.viewer(author)
        with CaptureQueriesContext(connection) as queries:
            verbs.reply(viewer, thread, f"Voici {number}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_reply_to_a_post_elsewhere_or_gone_is_a_plain_reply(thread):
    elsewhere = factories.thread().posts.get()
    gone = factories.post(thread)
    verbs.delete(factories.viewer(gone.author), gone)
    for post in (elsewhere, gone):
        assert factories.post(thread, reply_to=post).reply_to is None


# Who is told


def test_each_is_told_once_of_what_concerns_them_most(thread):
    first = thread.posts.get()
    named, quoted = factories.MemberFactory(), factories.post(thread)
    text = (
        f"> [@{quoted.author.handle}](/fr/forum/p/{quoted.pk}/)\n>\n> oui\n\n"
        f"@{named.handle} @{first.author.handle} @{named.handle}"
    )
    post = factories.post(thread, text=text, reply_to=first)
    assert told(first.author) == [Kind.REPLY]
    assert told(named) == [Kind.MENTION]
    assert told(quoted.author) == [Kind.QUOTE]
    assert told(post.author) == []
    assert list(post.quoted.all()) == [quoted]
    assert set(post.mentioned.all()) == {named, first.author}
    expect_exact_counters()


@pytest.mark.parametrize("see", ["group", "moderators"])
def test_mention_does_not_tell_of_a_category_that_one_does_not_see(see):
    group = factories.GroupFactory()
    insider, outsider = factories.MemberFactory(), factories.MemberFactory()
    if see == "group":
        group.memberships.create(member=insider)
        author = factories.MemberFactory()
        group.memberships.create(member=author)
        category = factories.CategoryFactory(see=2, start=2, reply=2, group=group)
    else:
        insider, author = factories.moderator(), factories.moderator()
        category = factories.CategoryFactory(see=3, start=3, reply=3)
    text = f"@{insider.handle} @{outsider.handle}"
    factories.thread(author=author, category=category, text=text)
    assert told(insider) == [Kind.MENTION]
    assert told(outsider) == []


def test_who_blocks_the_author_is_not_told(thread):
    author, hurt = factories.MemberFactory(), factories.MemberFactory()
    hurt.blocks.create(blocked=author)
    factories.post(thread, author=author, text=f"@{hurt.handle}")
    assert told(hurt) == []


def test_edit_tells_only_whom_it_names_anew(thread):
    old, new = factories.MemberFactory(), factories.MemberFactory()
    post = factories.post(thread, text=f"@{old.handle}")
    viewer = factories.viewer(post.author)
    verbs.edit(viewer, post, f"@{old.handle} @{new.handle}")
    assert (told(old), told(new)) == ([Kind.MENTION], [Kind.MENTION])


# Editing


def test_edit_keeps_what_was_said(thread):
    post = factories.post(thread, text="Un")
    viewer = factories.viewer(post.author)
    for text in ("Deux", "Trois"):
        verbs.edit(viewer, post, text, reason="pourquoi pas")
    post.refresh_from_db()
    assert (post.source, post.html) == ("Trois", '<p dir="auto">Trois</p>\n')
    assert list(post.revisions.values_list("number", "source")) == [(1, "Un"), (2, "Deux")]
    assert post.edited_at is not None


def test_edit_that_changes_nothing_is_none(thread):
    post = factories.post(thread, text="Un")
    version = Thread.objects.get(pk=thread.pk).version
    verbs.edit(factories.viewer(post.author), post, " Un ")
    post.refresh_from_db()
    assert post.edited_at is None
    assert not post.revisions.exists()
    assert Thread.objects.get(pk=thread.pk).version == version


def test_edit_from_an_older_version_is_a_conflict(thread):
    post = factories.post(thread, text="Un")
    viewer = factories.viewer(post.author)
    verbs.edit(viewer, post, "Deux", base=0)
    with pytest.raises(ValidationError) as refused:
        verbs.edit(viewer, post, "Trois", base=0)
    assert refused.value.code == "conflict"
    verbs.edit(viewer, post, "Trois", base=1)


def test_topics_change_without_a_version_of_the_text():
    thread = factories.thread(topics=["un"])
    post = thread.posts.get()
    viewer = factories.viewer(thread.author)
    verbs.edit(viewer, post, post.source, topics=["deux"])
    thread.refresh_from_db()
    assert list(thread.topics.names()) == ["deux"]
    assert not post.revisions.exists()


def test_title_of_a_reply_changes_nothing(thread):
    post = factories.post(thread)
    verbs.edit(factories.viewer(post.author), post, "Autre", title="Pas le mien")
    thread.refresh_from_db()
    assert thread.title == "Une question"


def test_moderators_edit_is_in_their_log(thread):
    post = factories.post(thread)
    moderator = factories.moderator()
    verbs.edit(factories.viewer(moderator), post, "Corrigé", reason="Un nom")
    event = ModerationEvent.objects.get()
    assert (event.verb, event.moderator, event.reason) == ("edit_post", moderator, "Un nom")


# Deleting and restoring


def test_deleted_reply_leaves_a_gap_until_it_is_restored(thread):
    posts = [factories.post(thread) for _number in range(3)]
    viewer = factories.viewer(posts[1].author)
    verbs.delete(viewer, posts[1])
    thread.refresh_from_db()
    assert (thread.gaps, thread.reply_count) == ([[3, 3]], 2)
    expect_exact_counters()
    verbs.restore(viewer, posts[1])
    thread.refresh_from_db()
    assert (thread.gaps, thread.reply_count) == ([], 3)
    expect_exact_counters()


def test_deleted_last_reply_hands_its_place_to_the_one_before(thread):
    first, last = factories.post(thread), factories.post(thread)
    verbs.delete(factories.viewer(last.author), last)
    thread.refresh_from_db()
    assert (thread.last_poster, thread.last_visible_position) == (first.author, 2)
    assert thread.last_position == 3
    assert factories.post(thread).position == 4
    expect_exact_counters()


def test_deleted_post_is_not_unread():
    reader, thread = factories.MemberFactory(), factories.thread()
    skipped = factories.post(thread)
    factories.post(thread, author=reader)
    verbs.delete(factories.viewer(skipped.author), skipped)
    seen = Thread.objects.with_mark_of(reader).get(pk=thread.pk)
    assert seen.unread() == [[1, 1]]


def test_first_post_takes_its_thread_with_it_and_brings_it_back():
    thread = factories.thread()
    post, viewer = thread.posts.get(), factories.viewer(thread.author)
    verbs.delete(viewer, post)
    thread.refresh_from_db()
    assert thread.state == State.DELETED
    expect_exact_counters()
    verbs.restore(factories.viewer(thread.author), post)
    thread.refresh_from_db()
    assert thread.state == State.VISIBLE
    expect_exact_counters()


def test_thread_with_replies_is_not_its_authors_to_delete(thread):
    factories.post(thread)
    with pytest.raises(PermissionDenied):
        verbs.delete(factories.viewer(thread.author), thread.posts.get(position=1))


def test_twice_deleted_is_once_deleted(thread):
    post = factories.post(thread)
    verbs.delete(factories.viewer(post.author), post)
    with pytest.raises(PermissionDenied):
        verbs.delete(factories.viewer(post.author), post)
    expect_exact_counters()


def test_author_does_not_show_again_what_moderators_hid(thread):
    post = factories.post(thread)
    verbs.hide(factories.viewer(factories.moderator()), post)
    with pytest.raises(PermissionDenied):
        verbs.restore(factories.viewer(post.author), post)
    with pytest.raises(PermissionDenied):
        verbs.delete(factories.viewer(post.author), post)


def test_author_does_not_show_a_thread_again_that_moderators_hid():
    thread = factories.thread()
    post = thread.posts.get()
    verbs.delete(factories.viewer(thread.author), post)
    Thread.objects.update(state=State.HIDDEN)
    with pytest.raises(PermissionDenied):
        verbs.restore(factories.viewer(thread.author), post)


# What waits for approval


@pytest.fixture
def waiting():
    """The thread of a new member, which waits."""
    new = factories.MemberFactory(trust=Member.Trust.NEW)
    return factories.thread(author=new)


def test_waiting_thread_is_counted_once_it_is_published(waiting):
    post = waiting.posts.get()
    assert (waiting.state, post.state, post.position) == (State.PENDING, State.PENDING, None)
    expect_exact_counters()
    moderator = factories.viewer(factories.moderator())
    decide(moderator, post, "show")
    waiting.refresh_from_db()
    post.refresh_from_db()
    assert (waiting.state, post.state, post.position) == (State.VISIBLE, State.VISIBLE, 1)
    assert Category.objects.get().thread_count == 1
    expect_exact_counters()


def test_waiting_thread_is_edited_as_a_whole(waiting):
    post = waiting.posts.get()
    verbs.edit(factories.viewer(waiting.author), post, "Autrement", title="Autre titre")
    waiting.refresh_from_db()
    assert waiting.title == "Autre titre"
    assert waiting.state == State.PENDING


def test_waiting_thread_that_its_author_restores_waits_again(waiting):
    post = waiting.posts.get()
    verbs.delete(factories.viewer(waiting.author), post)
    waiting.refresh_from_db()
    assert waiting.state == State.DELETED
    verbs.restore(factories.viewer(waiting.author), post)
    waiting.refresh_from_db()
    post.refresh_from_db()
    assert (waiting.state, post.state, post.position) == (State.PENDING, State.PENDING, None)
    assert not Post.objects.visible().exists()
    expect_exact_counters()


def test_post_that_was_moved_meanwhile_is_changed_where_it_is_now(thread):
    post = factories.post(thread)
    seen_before = Post.objects.select_related("thread").get(pk=post.pk)
    moderator = factories.viewer(factories.moderator())
    moved = split(moderator, thread, [post.pk], title="Ailleurs", category=thread.category)
    verbs.hide(moderator, seen_before)
    post.refresh_from_db()
    assert (post.thread_id, post.state) == (moved.pk, State.HIDDEN)
    expect_exact_counters()
