"""What waits for moderators, in the Wagtail admin."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation

from ess_forum import queue
from ess_forum.actions import appeals, approval, sanctions
from ess_forum.actions.flags import flag_post
from ess_forum.models import (
    Appeal,
    Flag,
    ForumSettings,
    Member,
    ModerationEvent,
    Sanction,
    State,
    WatchedWord,
)

from . import factories as f

pytestmark = pytest.mark.django_db

LANGUAGES = ["fr", "ar"]


def into_admin(member, language="fr"):
    from wagtail.users.models import UserProfile

    member.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    UserProfile.objects.create(user=member.user, preferred_language=language)
    return member


@pytest.fixture
def moderator(client):
    member = into_admin(f.moderator())
    client.force_login(member.user)
    return member


def flagged(thread=None, **options):
    post = f.post(thread or f.thread(), **options)
    flag_post(f.viewer(f.MemberFactory()), post, "spam", "Voyez")
    return post


def waiting(text="Mon premier message."):
    ForumSettings.objects.update_or_create(defaults={"approved_posts": 1})
    return f.thread(f.MemberFactory(trust=Member.Trust.NEW), text=text).posts.get()


def appealed(member=None, viewer=None):
    measure = sanctions.Measure("warning", "Du calme")
    one = sanctions.impose(viewer or f.viewer(f.moderator()), member or f.MemberFactory(), measure)
    return appeals.appeal(f.viewer(one.member), one, "Pourquoi ?")


def test_queue_holds_each_post_once_the_oldest_first():
    first, second = waiting(), flagged()
    flag_post(f.viewer(f.MemberFactory()), second, "spam")
    decided = flagged()
    approval.decide(f.viewer(f.moderator()), decided, approval.Outcome.KEEP)
    assert queue.waiting() == [first.pk, second.pk]
    appealed()
    assert queue.count() == 3


def test_item_knows_the_context_and_the_records():
    thread = f.thread()
    before = [f.post(thread), f.post(thread)]
    author = f.MemberFactory()
    post = flagged(thread, author=author)
    reporter = post.flags.get().reporter
    moderator = f.viewer(f.moderator())
    for outcome in (approval.Outcome.HIDE, approval.Outcome.SHOW):
        other = f.post(f.thread(), author)
        flag_post(f.viewer(reporter), other, "spam")
        approval.decide(moderator, other, outcome)
    sanctions.impose(moderator, author, sanctions.Measure("silence", "x", 3))
    [item] = queue.items([post.pk])
    assert item.before == before
    record = item.author.record
    assert (record.upheld, record.dismissed, record.hidden_posts) == (1, 1, 1)
    assert record.sanctions == {"silence": 1}
    assert [one.kind for one in item.author.in_force] == ["silence"]
    [(_flag, about_reporter)] = item.flags
    assert (about_reporter.right, about_reporter.wrong) == (1, 1)


def test_post_that_waits_is_shown_after_the_last_ones():
    thread = f.thread()
    last = f.post(thread)
    ForumSettings.objects.update_or_create(defaults={"approved_posts": 1})
    post = f.post(thread, f.MemberFactory(trust=Member.Trust.NEW))
    [item] = queue.items([post.pk])
    assert item.before[-1] == last


@pytest.mark.parametrize("number", [2, 40])
def test_items_are_read_in_a_fixed_number_of_queries(django_assert_num_queries, number):
    thread = f.thread()
    keys = [flagged(thread).pk for _number in range(number)]
    with django_assert_num_queries(8):
        assert len(queue.items(keys)) == number


@pytest.mark.parametrize("number", [2, 20])
def test_queue_runs_a_fixed_number_of_queries(
    client, moderator, django_assert_max_num_queries, number
):
    thread = f.thread()
    for _number in range(number):
        flagged(thread)
    client.get(reverse("ess_forum_queue"))
    with django_assert_max_num_queries(QUERIES["posts"]):
        client.get(reverse("ess_forum_queue"))


@pytest.mark.parametrize("number", [2, 20])
def test_appeals_run_a_fixed_number_of_queries(
    client, moderator, django_assert_max_num_queries, number
):
    viewer = f.viewer(moderator)
    for _number in range(number):
        appealed(viewer=viewer)
    client.get(reverse("ess_forum_appeals"))
    with django_assert_max_num_queries(QUERIES["appeals"]):
        client.get(reverse("ess_forum_appeals"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_queue_is_in_the_editors_language(client, language):
    member = into_admin(f.moderator(), language)
    client.force_login(member.user)
    flagged(text="نص عربي · texte")
    content = client.get(reverse("ess_forum_queue")).content.decode()
    with translation.override(language):
        assert str(Flag.Reason.SPAM.label) in content
    assert 'dir="auto">نص عربي' in content


def choose(posts, outcome):
    found = queue.items([post.pk for post in posts])
    seen = {f"seen-{item.post.pk}": item.standing for item in found}
    return {"post": [post.pk for post in posts], "outcome": outcome, **seen}


@pytest.mark.parametrize(
    ("outcome", "states"),
    [("show", [State.VISIBLE, State.VISIBLE]), ("hide", [State.HIDDEN, State.HIDDEN])],
)
def test_several_are_decided_at_once(client, moderator, outcome, states):
    posts = [waiting(), flagged()]
    response = client.post(reverse("ess_forum_queue"), choose(posts, outcome))
    assert response.status_code == 302
    for post, state in zip(posts, states, strict=True):
        post.refresh_from_db()
        assert post.state == state
    assert queue.waiting() == []


def test_all_or_none_when_another_was_first(client, moderator):
    posts = [waiting(), flagged()]
    sent = choose(posts, "show")
    approval.decide(f.viewer(f.moderator()), posts[1], approval.Outcome.HIDE)
    number = ModerationEvent.objects.count()
    assert client.post(reverse("ess_forum_queue"), sent).status_code == 409
    posts[0].refresh_from_db()
    assert posts[0].state == State.PENDING
    assert ModerationEvent.objects.count() == number


def test_button_of_one_post_decides_that_one_alone(client, moderator):
    posts = [flagged(), flagged()]
    sent = choose(posts, f"show:{posts[0].pk}")
    assert client.post(reverse("ess_forum_queue"), sent).status_code == 302
    assert queue.waiting() == [posts[1].pk]


@pytest.mark.parametrize("sent", [{}, {"outcome": "show"}, {"outcome": "burn", "post": "1"}])
def test_nothing_chosen_is_said(client, moderator, sent):
    flagged()
    response = client.post(reverse("ess_forum_queue"), sent)
    assert response.status_code == 422
    assert len(queue.waiting()) == 1


def test_post_is_decided_with_message_and_measure(client, moderator):
    post = flagged()
    url = reverse("ess_forum_queue_post", args=[post.pk])
    page = client.get(url)
    seen = page.context["item"].standing
    assert reverse("ess_forum:edit_post", args=[post.pk]) in page.content.decode()
    sent = {"outcome": "hide", "seen": seen, "kind": "suspension", "reason": "À garder"}
    wrong = client.post(url, sent)
    assert wrong.status_code == 422
    assert "À garder" in wrong.content.decode()
    assert client.post(url, {**sent, "days": "7"}).status_code == 302
    assert Sanction.objects.get().post == post
    assert client.post(url, {**sent, "days": "7"}).status_code == 409


@pytest.mark.parametrize("verdict", ["granted", "refused"])
def test_appeal_is_decided(client, moderator, verdict):
    appeal = appealed()
    url = reverse("ess_forum_appeal", args=[appeal.pk])
    assert client.post(url, {"verdict": verdict}).status_code == 422
    sent = {"verdict": verdict, "answer": "Voilà"}
    assert client.post(url, sent).status_code == 302
    assert Appeal.objects.get().state == verdict
    assert client.post(url, sent).status_code == 409


@pytest.mark.parametrize("is_mine", [True, False])
def test_who_decided_is_asked_to_leave_the_appeal_to_another(client, moderator, is_mine):
    viewer = f.viewer(moderator if is_mine else f.moderator())
    appealed(viewer=viewer)
    post = f.post(f.thread())
    approval.decide(viewer, post, approval.Outcome.HIDE)
    appeals.appeal(f.viewer(post.author), post, "Mais non")
    content = client.get(reverse("ess_forum_appeals")).content.decode()
    assert content.count("forum-hint") == (2 if is_mine else 0)


def test_menu_says_how_much_waits(client, moderator):
    flagged(), appealed()
    assert "(2)" in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    "name", ["ess_forum_queue", "ess_forum_appeals", "forum_members:index", "forum_sanctions:index"]
)
def test_admin_pages_are_for_moderators(client, name):
    member = into_admin(f.MemberFactory())
    client.force_login(member.user)
    assert client.get(reverse(name)).status_code in (302, 403)
    client.force_login(into_admin(f.moderator()).user)
    assert client.get(reverse(name)).status_code == 200


def test_record_in_the_admin_takes_measures(client, moderator):
    member = f.MemberFactory()
    url = reverse("ess_forum_member", args=[member.pk])
    assert client.get(url).status_code == 200
    sent = {"act": "sanction", "kind": "ban", "reason": "Spam"}
    assert client.post(url, sent).status_code == 302
    member.refresh_from_db()
    assert member.is_banned


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("name", ["forum_members:index", "forum_sanctions:index"])
def test_lists_run_a_fixed_number_of_queries(
    client, moderator, django_assert_max_num_queries, name, number
):
    viewer = f.viewer(moderator)
    for _number in range(number):
        sanctions.impose(viewer, f.MemberFactory(), sanctions.Measure("warning", "x"))
    client.get(reverse(name))
    with django_assert_max_num_queries(22):
        client.get(reverse(name))


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_admin_does_not_edit_members_behind_the_actions(client, moderator, name):
    member = f.MemberFactory()
    response = client.post(reverse(f"forum_members:{name}", args=[member.pk]), {"name": "x"})
    assert response.status_code in (302, 403)
    member.refresh_from_db()
    assert member.name != "x"


def test_watched_words_are_kept_in_the_admin(client, moderator):
    url = reverse("forum_watched_words:add")
    assert client.post(url, {"words": "!", "effect": "flag"}).status_code == 200
    assert not WatchedWord.objects.exists()
    assert client.post(url, {"words": " argent  facile ", "effect": "refuse"}).status_code == 302
    assert WatchedWord.objects.get().words == "argent facile"


# What a page of the admin reads beside the queue: the session, the user and their rights, the
# menu with its number.
QUERIES = {"posts": 30, "appeals": 30}
