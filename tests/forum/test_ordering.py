"""Moderators keep threads in order: what each verb leaves behind, and who may."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from ess_forum import counting
from ess_forum.actions import ordering as verbs
from ess_forum.actions import posts as post_verbs
from ess_forum.actions import reading
from ess_forum.actions.threads import start_conversation
from ess_forum.models import (
    Category,
    Draft,
    Flag,
    Member,
    ModerationEvent,
    Notification,
    Post,
    ReadMark,
    State,
    Subscription,
    Thread,
)

from . import factories as f

pytestmark = pytest.mark.django_db


def differences() -> dict:
    """What every stored counter says that the posts do not."""
    wrong = {}
    for thread in Thread.objects.all():
        wrong[f"thread {thread.pk}"] = counting.differences(thread, counting.of_thread(thread))
    for category in Category.objects.all():
        wrong[str(category)] = counting.differences(category, counting.of_category(category))
    for key, expected in counting.of_members(Member.objects.values_list("pk", flat=True)).items():
        wrong[f"member {key}"] = counting.differences(Member.objects.get(pk=key), expected)
    return {name: fields for name, fields in wrong.items() if fields}


def unread(member: Member, thread: Thread) -> list[list[int]]:
    return Thread.objects.with_mark_of(member).get(pk=thread.pk).unread()


def long_ago(*members: Member) -> None:
    """Let these members have caught up with nothing that the test writes."""
    Member.objects.update(caught_up_at="2000-01-01T00:00Z")
    for member in members:
        member.refresh_from_db()


@pytest.fixture
def moderator():
    return f.viewer(f.moderator())


def _make_two_threads() -> dict[str, Thread]:
    one, two = f.thread(title="Une"), f.thread(title="Deux")
    for _number in range(3):
        f.post(one)
    for _number in range(2):
        f.post(two)
    return {"one": one, "two": two}


@pytest.fixture(scope="module")
def _two_threads(make_content):
    return make_content(_make_two_threads)


@pytest.fixture
def two_threads(db, _two_threads):
    """Two threads with four and three posts."""
    _two_threads.write()
    return tuple(Thread.objects.get(pk=_two_threads.keys[name]) for name in ("one", "two"))


def test_merge_appends_the_posts_and_redirects(moderator, two_threads):
    one, two = two_threads
    keys = list(one.posts.order_by("position").values_list("pk", flat=True))
    before = list(two.posts.order_by("position").values_list("pk", flat=True))
    assert verbs.merge(moderator, one, two, "Même sujet.") == two
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.merged_into == two
    assert list(two.posts.order_by("position").values_list("pk", flat=True)) == before + keys
    assert (two.reply_count, two.last_position, two.gaps) == (6, 7, [])
    assert differences() == {}
    event = ModerationEvent.objects.get()
    assert (event.verb, event.reason, event.details["into"]) == (
        "merge_threads",
        "Même sujet.",
        two.pk,
    )


def test_merge_twice_merges_once(moderator, two_threads):
    one, two = two_threads
    verbs.merge(moderator, one, two)
    assert verbs.merge(moderator, one, two) == two
    assert ModerationEvent.objects.count() == 1
    assert two.posts.count() == 7


def test_merged_thread_is_merged_on(moderator, two_threads):
    one, two = two_threads
    three = f.thread(title="Trois")
    verbs.merge(moderator, one, two)
    verbs.merge(moderator, two, three)
    one.refresh_from_db()
    assert one.merged_into == three
    assert three.posts.count() == 8
    assert differences() == {}


def test_merge_keeps_what_members_have_read(moderator, two_threads):
    one, two = two_threads
    reader, halfway, stranger = f.MemberFactory(), f.MemberFactory(), f.MemberFactory()
    long_ago(reader, halfway, stranger)
    reading.see(reader, one, 1, 4)
    reading.see(reader, two, 1, 3)
    reading.see(halfway, one, 3, 3)
    reading.see(halfway, two, 1, 2)
    reading.see(stranger, two, 1, 3)
    verbs.merge(moderator, one, two)
    assert unread(reader, two) == []
    assert unread(halfway, two) == [[3, 5], [7, 7]]
    assert unread(stranger, two) == [[4, 7]]
    assert not ReadMark.objects.filter(thread=one).exists()


def test_merge_of_a_thread_never_opened_there_keeps_what_was_caught_up(moderator, two_threads):
    one, two = two_threads
    reader = f.MemberFactory()  # joined later than all posts: nothing is unread
    reading.see(reader, one, 1, 4)
    verbs.merge(moderator, one, two)
    assert unread(reader, two) == []


def test_merge_carries_followers_and_drafts(moderator, two_threads):
    one, two = two_threads
    follower, both = f.MemberFactory(), f.MemberFactory()
    for member, thread in ((follower, one), (both, one), (both, two)):
        Subscription.objects.create(member=member, thread=thread)
    Draft.objects.create(member=follower, place=f"reply:{one.pk}", data={"source": "a"})
    for thread in (one, two):
        Draft.objects.create(member=both, place=f"reply:{thread.pk}", data={})
    verbs.merge(moderator, one, two)
    assert {follower.pk, both.pk} <= set(two.subscriptions.values_list("member", flat=True))
    assert not one.subscriptions.exists()
    assert Draft.objects.filter(member=follower, place=f"reply:{two.pk}").exists()
    assert Draft.objects.filter(member=both).count() == 2


def test_merge_carries_the_posts_that_wait_and_those_that_are_gone(moderator, two_threads):
    one, two = two_threads
    hidden = one.posts.get(position=2)
    post_verbs.hide(moderator, hidden)
    waiting = f.post(one)
    Post.objects.filter(pk=waiting.pk).update(position=None, state=State.PENDING)
    Thread.objects.filter(pk=one.pk).update(last_position=4, last_visible_position=4)
    verbs.merge(moderator, one, two)
    waiting.refresh_from_db()
    hidden.refresh_from_db()
    assert (waiting.thread, waiting.position) == (two, None)
    assert (hidden.thread, hidden.position) == (two, 5)
    two.refresh_from_db()
    assert two.gaps == [[5, 5]]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"state": State.HIDDEN}, "restore it first"),
        ({"page_key": "8c1f5ce4-6a3c-4d6e-9ac5-5d7d0f1a2b3c"}, "page of its own"),
    ],
)
def test_merge_is_refused(moderator, two_threads, change, text):
    one, two = two_threads
    Thread.objects.filter(pk=two.pk).update(page_key="0c1f5ce4-6a3c-4d6e-9ac5-5d7d0f1a2b3c")
    Thread.objects.filter(pk=one.pk).update(**change)
    with override("en"), pytest.raises(ValidationError, match=text):
        verbs.merge(moderator, one, two)
    assert one.posts.count() == 4


def test_merge_hands_the_page_on(moderator, two_threads):
    one, two = two_threads
    key = "0c1f5ce4-6a3c-4d6e-9ac5-5d7d0f1a2b3c"
    Thread.objects.filter(pk=one.pk).update(page_key=key)
    verbs.merge(moderator, one, two)
    assert str(Thread.objects.get(page_key=key).pk) == str(two.pk)


def test_thread_is_not_merged_with_itself(moderator, two_threads):
    with pytest.raises(ValidationError):
        verbs.merge(moderator, two_threads[0], two_threads[0])


def test_split_makes_a_thread_of_its_own(moderator, two_threads):
    one, _two = two_threads
    other = f.CategoryFactory()
    keys = list(one.posts.filter(position__in=(2, 4)).values_list("pk", flat=True))
    Thread.objects.filter(pk=one.pk).update(answer=keys[0])
    new = verbs.split(moderator, one, keys, title="À part", category=other)
    one.refresh_from_db()
    new.refresh_from_db()
    assert list(new.posts.order_by("position").values_list("pk", "position")) == [
        (keys[0], 1),
        (keys[1], 2),
    ]
    assert new.author == Post.objects.get(pk=keys[0]).author
    assert (one.gaps, one.reply_count, one.answer) == ([[2, 2], [4, 4]], 1, None)
    assert one.last_position == 4
    assert differences() == {}
    # The next post has a position that none ever had.
    assert f.post(one).position == 5
    assert differences() == {}


def test_split_into_another_thread_and_back(moderator, two_threads):
    one, two = two_threads
    keys = list(one.posts.filter(position__in=(2, 3)).values_list("pk", flat=True))
    assert verbs.split(moderator, one, keys, target=two) == two
    assert set(two.posts.filter(position__gt=3).values_list("pk", flat=True)) == set(keys)
    verbs.split(moderator, two, keys, target=one)
    assert list(one.posts.order_by("position").values_list("position", flat=True)) == [1, 4, 5, 6]
    assert differences() == {}


def test_split_twice_splits_once(moderator, two_threads):
    one, two = two_threads
    keys = list(one.posts.filter(position=2).values_list("pk", flat=True))
    new = verbs.split(moderator, one, keys, title="À part", category=two.category)
    assert verbs.split(moderator, one, keys, title="À part", category=two.category) == new
    assert Thread.objects.count() == 3


def test_split_keeps_what_members_have_read(moderator, two_threads):
    one, two = two_threads
    reader, halfway = f.MemberFactory(), f.MemberFactory()
    long_ago(reader, halfway)
    reading.see(reader, one, 1, 4)
    reading.see(halfway, one, 4, 4)  # 1 to 3 are skipped
    keys = list(one.posts.filter(position__in=(2, 4)).values_list("pk", flat=True))
    new = verbs.split(moderator, one, keys, title="À part", category=two.category)
    assert unread(reader, one) == unread(reader, new) == []
    assert unread(halfway, one) == [[1, 1], [3, 3]]
    assert unread(halfway, new) == [[1, 1]]


def test_notifications_follow_their_post(moderator, two_threads):
    one, two = two_threads
    post = one.posts.get(position=2)
    told = Notification.objects.create(
        member=f.MemberFactory(), kind="mention", thread=one, post=post, actor=post.author
    )
    verbs.split(moderator, one, [post.pk], target=two)
    told.refresh_from_db()
    assert told.thread == two


@pytest.mark.parametrize(
    ("positions", "options", "field"),
    [
        ([], {"title": "À part"}, "posts"),
        ([1, 2], {"title": "À part"}, "posts"),
        ([2], {"title": " "}, "title"),
    ],
)
def test_split_says_what_is_missing(moderator, two_threads, positions, options, field):
    one, two = two_threads
    keys = list(one.posts.filter(position__in=positions).values_list("pk", flat=True))
    with pytest.raises(ValidationError) as error:
        verbs.split(moderator, one, keys, category=two.category, **options)
    assert field in error.value.error_dict
    assert one.posts.count() == 4


def test_split_does_not_begin_with_a_hidden_post(moderator, two_threads):
    one, two = two_threads
    post = post_verbs.hide(moderator, one.posts.get(position=2))
    with override("en"), pytest.raises(ValidationError, match="hidden or deleted"):
        verbs.split(moderator, one, [post.pk], title="À part", category=two.category)
    verbs.split(moderator, one, [post.pk], target=two)
    assert differences() == {}


def test_move_counts_in_both_categories(moderator, two_threads):
    one, two = two_threads
    former = one.category
    verbs.move(moderator, [one], two.category, "Mieux là.")
    former.refresh_from_db()
    assert (former.thread_count, former.post_count, former.last_thread) == (0, 0, None)
    assert differences() == {}
    event = ModerationEvent.objects.get()
    assert event.details["from_category"] == former.pk
    verbs.move(moderator, [one], two.category)  # already there
    assert ModerationEvent.objects.count() == 1


@pytest.mark.parametrize("verb", sorted(verbs.SIGNS))
def test_signs_are_set_and_taken_away(moderator, two_threads, verb):
    one, _two = two_threads
    version = one.version
    verbs.set_sign(moderator, verb, [one], is_on=True)
    one.refresh_from_db()
    assert getattr(one, verbs.SIGNS[verb])
    assert one.version > version
    verbs.set_sign(moderator, verb, [one], is_on=True)
    verbs.set_sign(moderator, verb, [one], is_on=False)
    one.refresh_from_db()
    assert not getattr(one, verbs.SIGNS[verb])
    assert ModerationEvent.objects.filter(verb=verb).count() == 2


def test_hidden_thread_is_shown_again(moderator, two_threads):
    one, _two = two_threads
    verbs.hide(moderator, [one], "Hors sujet.")
    one.refresh_from_db()
    assert one.state == State.HIDDEN
    assert one not in Thread.objects.visible()
    assert differences() == {}
    verbs.restore(moderator, [one])
    one.refresh_from_db()
    assert one.state == State.VISIBLE
    assert differences() == {}
    assert set(ModerationEvent.objects.values_list("verb", flat=True)) == {
        "hide_thread",
        "restore_thread",
    }


def test_rename_changes_title_language_and_topics(moderator, two_threads):
    one, _two = two_threads
    verbs.rename(moderator, one, "  عنوان   آخر ", language="ar", topics=["اقتصاد"])
    one.refresh_from_db()
    assert (one.title, one.language, list(one.topics.names())) == ("عنوان آخر", "ar", ["اقتصاد"])
    assert ModerationEvent.objects.get().details["before"] == "Une"
    verbs.rename(moderator, one, "عنوان آخر", language="ar", topics=["اقتصاد"])
    assert ModerationEvent.objects.count() == 1


def test_bulk_is_all_or_nothing(moderator, two_threads):
    one, two = two_threads
    Thread.objects.filter(pk=two.pk).update(state=State.PENDING)
    two.refresh_from_db()
    with pytest.raises(ValidationError):
        verbs.bulk(moderator, "hide", [one, two])
    one.refresh_from_db()
    assert one.state == State.VISIBLE


@pytest.mark.parametrize("act", ["close", "pin", "feature", "move"])
def test_bulk_costs_an_entry_in_the_log_for_each_thread_and_what_follows_it(moderator, act):
    category, other = f.CategoryFactory(), f.CategoryFactory()
    author = f.MemberFactory()
    assert moderator.is_moderator

    def cost(number: int) -> int:
        threads = [
            f.thread(author, category, title=f"{act} {number} {one}") for one in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            verbs.bulk(moderator, act, threads, category=other)
        return len(queries)

    cost(1)
    assert cost(9) - cost(2) <= 7 * 2


def test_bulk_merges_into_the_oldest(moderator, two_threads):
    one, two = two_threads
    three = f.thread()
    verbs.bulk(moderator, "merge", [three, two, one])
    assert one.posts.count() == 8
    assert differences() == {}


VERBS = {
    "rename": lambda viewer, thread, other: verbs.rename(viewer, thread, "Autre", language="fr"),
    "move": lambda viewer, thread, other: verbs.move(viewer, [thread], other.category),
    "merge": lambda viewer, thread, other: verbs.merge(viewer, thread, other),
    "split": lambda viewer, thread, other: verbs.split(
        viewer, thread, [thread.posts.get(position=2).pk], target=other
    ),
    "close": lambda viewer, thread, other: verbs.bulk(viewer, "close", [thread]),
    "pin": lambda viewer, thread, other: verbs.bulk(viewer, "pin", [thread]),
    "feature": lambda viewer, thread, other: verbs.bulk(viewer, "feature", [thread]),
    "hide": lambda viewer, thread, other: verbs.hide(viewer, [thread]),
    "restore": lambda viewer, thread, other: verbs.restore(viewer, [thread]),
}


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("who", ["visitor", "member", "leader", "suspended moderator"])
def test_only_moderators_keep_order(two_threads, name, who):
    one, two = two_threads
    people = {
        "visitor": lambda: None,
        "member": lambda: f.MemberFactory(),
        "leader": lambda: f.MemberFactory(trust=Member.Trust.LEADER),
        "suspended moderator": lambda: f.moderator(is_banned=True),
    }
    with pytest.raises(PermissionDenied):
        VERBS[name](f.viewer(people[who]()), one, two)
    assert ModerationEvent.objects.count() == 0


@pytest.mark.parametrize("name", ["move", "merge", "split", "close", "pin", "feature"])
def test_private_conversation_is_not_put_among_threads(moderator, two_threads, name):
    author = f.MemberFactory()
    private = start_conversation(
        f.viewer(author), [f.MemberFactory()], "Entre nous", "Bonjour.", language="fr"
    )
    post = f.post(private, author)
    Flag.objects.create(post=post, reporter=author, reason="other")  # it has called moderators
    with pytest.raises(PermissionDenied):
        VERBS[name](moderator, private, two_threads[1])


# From the pages

both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


@pytest.fixture
def as_moderator(client):
    client.force_login(f.moderator().user)
    return client


@both_languages
def test_thread_is_renamed_from_its_page(as_moderator, two_threads, language):
    one, _two = two_threads
    page = url("rename_thread", one.pk, language=language)
    assert "Une" in as_moderator.get(page).content.decode()
    wrong = as_moderator.post(page, {"title": "", "language": "fr", "topics": "eau، أرض"})
    assert wrong.status_code == 422
    assert "eau" in wrong.content.decode()
    sent = {"title": "Autre", "language": "ar", "topics": "eau، أرض"}
    answer = as_moderator.post(page, sent, follow=True)
    assert "Autre" in answer.content.decode()
    one.refresh_from_db()
    assert set(one.topics.names()) == {"eau", "أرض"}


@both_languages
def test_thread_is_moved_from_its_page(as_moderator, two_threads, language):
    one, two = two_threads
    page = url("move_thread", one.pk, language=language)
    assert as_moderator.get(page).status_code == 200
    assert as_moderator.post(page, {"category": "999"}).status_code == 422
    assert as_moderator.post(page, {"category": two.category_id}).status_code == 302
    one.refresh_from_db()
    assert one.category_id == two.category_id


@both_languages
@pytest.mark.parametrize("form", ["{pk}", "#{pk}", "http://testserver/ar/forum/t/{pk}/x/?page=2"])
def test_threads_are_merged_from_the_page(as_moderator, two_threads, language, form):
    one, two = two_threads
    page = url("merge_threads", one.pk, language=language)
    assert as_moderator.post(page, {"target": "nulle part"}).status_code == 422
    assert as_moderator.post(page, {"target": one.pk}).status_code == 422
    answer = as_moderator.post(page, {"target": form.format(pk=two.pk)})
    assert answer.status_code == 302
    assert f"/t/{two.pk}/" in answer.url
    # The former address leads on, and so does the page of the form.
    assert f"/t/{two.pk}/" in as_moderator.get(one.get_absolute_url()).url
    assert f"/t/{two.pk}/" in as_moderator.get(page).url


def test_permanent_links_lead_on_after_merge_and_split(as_moderator, two_threads):
    one, two = two_threads
    posts = list(one.posts.order_by("position"))
    viewer = f.viewer(f.moderator())
    new = verbs.split(viewer, one, [posts[3].pk], title="À part", category=two.category)
    verbs.merge(viewer, one, two)
    for post, thread in ((posts[0], two), (posts[3], new)):
        answer = as_moderator.get(post.get_absolute_url(), follow=True)
        assert f"/t/{thread.pk}/" in answer.request["PATH_INFO"]
        assert f'id="post-{post.pk}"' in answer.content.decode()


@both_languages
def test_posts_are_split_off_from_the_page(as_moderator, two_threads, language):
    one, two = two_threads
    keys = dict(one.posts.values_list("position", "pk"))
    page = url("split_thread", one.pk, language=language)
    sent = {"title": "À part", "category": two.category_id}
    wrong = as_moderator.post(page, sent)
    assert wrong.status_code == 422
    assert "À part" in wrong.content.decode()
    for numbers in ("x", "3-", "77"):
        wrong = as_moderator.post(page, sent | {"numbers": numbers})
        assert wrong.context["form"].errors["numbers"]
        assert numbers in wrong.content.decode()
    answer = as_moderator.post(page, sent | {"post": keys[2], "numbers": "4 - 3"})
    assert answer.status_code == 302
    new = Thread.objects.latest("pk")
    assert set(new.posts.values_list("pk", flat=True)) == {keys[2], keys[3], keys[4]}
    assert f"/t/{new.pk}/" in answer.url


def test_what_is_ticked_is_kept_while_pages_are_turned(as_moderator, two_threads):
    one, two = two_threads
    for _number in range(60):
        f.post(one, one.author)
    keys = dict(one.posts.values_list("position", "pk"))
    page = url("split_thread", one.pk)
    first = as_moderator.get(page)
    assert first.context["next_start"] == 51
    sent = {"post": [keys[2]], "turn": "51", "title": "À part", "start": "1"}
    second = as_moderator.post(page, sent)
    assert second.status_code == 200
    text = second.content.decode()
    assert f'type="hidden" name="post" value="{keys[2]}"' in text
    assert "À part" in text
    assert second.context["previous_start"] == 1
    sent = {"post": [keys[2], keys[60]], "title": "À part", "category": two.category_id}
    assert as_moderator.post(page, sent | {"start": "51"}).status_code == 302
    assert Thread.objects.latest("pk").posts.count() == 2


@both_languages
def test_signs_and_hiding_from_the_page(as_moderator, two_threads, language):
    one, _two = two_threads
    page = one.get_absolute_url()
    assert "threads/" in as_moderator.get(page).content.decode()
    sign = url("sign_thread", one.pk, language=language)
    as_moderator.post(sign, {"verb": "close_thread", "is_on": "1"})
    assert as_moderator.post(sign, {"verb": "sanction", "is_on": "1"}).status_code == 404
    one.refresh_from_db()
    assert one.is_closed
    as_moderator.post(url("hide_thread", one.pk, language=language), {"reason": "Hors sujet."})
    one.refresh_from_db()
    assert one.state == State.HIDDEN
    hidden = as_moderator.get(url("hidden_threads", language=language)).content.decode()
    assert one.title in hidden
    as_moderator.post(url("restore_thread", one.pk, language=language))
    one.refresh_from_db()
    assert one.state == State.VISIBLE


@both_languages
def test_threads_are_ordered_from_a_list(as_moderator, two_threads, language):
    one, two = two_threads
    latest = url("latest", language=language)
    page = as_moderator.get(latest).content.decode()
    assert page.count('form="bulk"') == 2
    bulk = url("bulk", language=language)
    both = {"thread": [one.pk, two.pk], "next": latest}
    for wrong in (
        {},
        {"act": "move"},
        {"act": "merge", "thread": [one.pk]},
        {"act": "close", "thread": []},
    ):
        answer = as_moderator.post(bulk, both | wrong)
        assert answer.status_code == 422, wrong
    assert as_moderator.post(bulk, both | {"act": "close"}).url == latest
    assert Thread.objects.filter(is_closed=True).count() == 2
    answer = as_moderator.post(bulk, both | {"act": "pin", "next": "https://evil.example/"})
    assert answer.url == url("index", language=language)


@pytest.mark.parametrize(
    "name",
    ["rename_thread", "move_thread", "merge_threads", "split_thread", "sign_thread", "hide_thread"],
)
def test_pages_of_moderators_are_closed_to_others(client, two_threads, name):
    one, two = two_threads
    address = url(name, one.pk)
    sent = {"verb": "close_thread", "is_on": "1", "target": two.pk, "title": "x", "language": "fr"}
    assert client.post(address, sent).status_code == 302  # to log in
    client.force_login(f.MemberFactory(trust=Member.Trust.LEADER).user)
    assert client.post(address, sent).status_code == 403
    assert 'form="bulk"' not in client.get(url("latest")).content.decode()
    assert client.get(url("hidden_threads")).status_code == 403
    assert client.post(url("bulk"), {"thread": one.pk, "act": "close"}).status_code == 403
    assert not ModerationEvent.objects.exists()


def test_double_click_of_a_moderator_acts_once(as_moderator, two_threads):
    one, two = two_threads
    page = url("merge_threads", one.pk)
    for _click in range(2):
        assert as_moderator.post(page, {"target": two.pk}).status_code == 302
    assert ModerationEvent.objects.count() == 1
