"""Signs on posts: each once, counted exactly, not on one's own."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions.reactions import react
from ess_forum.models import Audience, Member, Post, Reaction, State, Thread
from ess_forum.shown import shown_posts
from ess_forum.throttle import RATES

from .factories import (
    CategoryFactory,
    GroupFactory,
    MemberFactory,
    moderator,
    post,
    someone,
    thread,
    viewer,
)

pytestmark = pytest.mark.django_db
LIKE, IDEA = "👍", "💡"


def received(member: Member) -> int:
    return Member.objects.get(pk=member.pk).reactions_received


def test_reaction_is_counted_with_the_post_and_its_author():
    author, one, other = MemberFactory(), MemberFactory(), MemberFactory()
    discussion = thread(author)
    first = discussion.posts.get()
    react(viewer(one), first, LIKE)
    react(viewer(other), first, LIKE)
    react(viewer(other), first, IDEA)
    assert Post.objects.get(pk=first.pk).reactions == {LIKE: 2, IDEA: 1}
    assert received(author) == 3
    react(viewer(other), first, LIKE, reacts=False)
    assert Post.objects.get(pk=first.pk).reactions == {LIKE: 1, IDEA: 1}
    assert received(author) == 2


def test_double_click_reacts_once_and_takes_back_once():
    author, member = MemberFactory(), MemberFactory()
    first = thread(author).posts.get()
    for _click in range(2):
        react(viewer(member), first, LIKE)
    assert (Reaction.objects.count(), received(author)) == (1, 1)
    for _click in range(2):
        react(viewer(member), first, LIKE, reacts=False)
    assert (Reaction.objects.count(), received(author)) == (0, 0)


def test_reaction_makes_the_cached_thread_stale_but_no_list():
    discussion = thread()

    def versions():
        found = Thread.objects.select_related("category").get(pk=discussion.pk)
        return found.version, found.category.version

    before = versions()
    react(viewer(MemberFactory()), discussion.posts.get(), LIKE)
    assert versions() == (before[0] + 1, before[1])


def test_other_signs_than_those_offered_are_refused():
    with pytest.raises(ValidationError):
        react(viewer(MemberFactory()), thread().posts.get(), "💩")


@pytest.mark.parametrize("state", [State.PENDING, State.HIDDEN, State.DELETED])
def test_nobody_reacts_to_what_is_not_shown(state):
    reply = post(thread())
    Post.objects.filter(pk=reply.pk).update(state=state)
    with pytest.raises(PermissionDenied):
        react(viewer(moderator()), reply, LIKE)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("visitor", 302),
        ("author", 403),
        ("member", 200),
        ("silenced", 403),
        ("suspended", 403),
        ("moderator", 200),
    ],
)
def test_who_may_react(client, language, name, status):
    author = MemberFactory()
    first = thread(author).posts.get()
    one = someone(name, author)
    if one:
        client.force_login(one.user)
    with override(language):
        address = reverse("ess_forum:react", args=[first.pk])
    response = client.post(address, {"add": LIKE}, headers={"accept": "application/json"})
    assert response.status_code == status
    assert Reaction.objects.count() == (status == 200)
    if status == 200:
        html = response.json()["html"]
        assert 'aria-pressed="true"' in html
        assert 'name="take_back"' in html


def test_reaction_without_script_leads_back_to_the_post(client):
    member = MemberFactory()
    client.force_login(member.user)
    first = thread().posts.get()
    response = client.post(reverse("ess_forum:react", args=[first.pk]), {"add": LIKE})
    assert response.url == first.get_absolute_url()


def test_post_that_is_not_seen_is_not_found(client):
    hidden = thread(moderator(), CategoryFactory(see=Audience.MODERATORS)).posts.get()
    client.force_login(MemberFactory().user)
    for name in ("react", "bookmark", "accept_answer", "vote"):
        assert client.post(reverse(f"ess_forum:{name}", args=[hidden.pk])).status_code == 404
    assert client.get(reverse("ess_forum:who_reacted", args=[hidden.pk])).status_code == 404


def test_who_reacted_is_shown_by_name(client):
    member = MemberFactory(name="سعاد")
    first = thread().posts.get()
    react(viewer(member), first, LIKE)
    html = client.get(reverse("ess_forum:who_reacted", args=[first.pk])).content.decode()
    assert "<bdi>سعاد</bdi>" in html
    assert LIKE in html


def test_too_many_reactions_are_refused(client, monkeypatch):
    monkeypatch.setitem(RATES, "react", "1/hour")
    client.force_login(MemberFactory().user)
    first = thread().posts.get()
    address = reverse("ess_forum:react", args=[first.pk])
    statuses = [
        client.post(address, {"add": sign}, headers={"accept": "application/json"}).status_code
        for sign in (LIKE, IDEA)
    ]
    assert statuses == [200, 429]


@pytest.mark.parametrize(("is_member", "queries"), [(False, 2), (True, 4)])
@pytest.mark.parametrize("number", [1, 12])
def test_what_is_beside_the_posts_of_a_page_is_read_at_once(
    django_assert_num_queries, is_member, queries, number
):
    discussion = thread()
    one = MemberFactory()
    for _number in range(number):
        react(viewer(one), post(discussion), LIKE)
    who = viewer(one if is_member else None)
    assert (who.acts, who.is_moderator, len(who.categories)) == (is_member, False, 1)
    posts = list(discussion.posts.select_related("thread", "author", "reply_to__author"))
    with django_assert_num_queries(queries):
        found = shown_posts(who, posts)
    mine = [sign.emoji for each in found for sign in each.signs if sign.is_mine]
    assert mine == [LIKE] * number * is_member


def test_group_members_react_in_their_category():
    group = GroupFactory()
    member, author = MemberFactory(), MemberFactory()
    group.members.add(member, author)
    category = CategoryFactory(
        group=group, see=Audience.GROUP, start=Audience.GROUP, reply=Audience.GROUP
    )
    first = thread(author, category).posts.get()
    assert react(viewer(member), first, LIKE).reactions == {LIKE: 1}
    with pytest.raises(PermissionDenied):
        react(viewer(MemberFactory()), first, LIKE)


@pytest.mark.django_db(transaction=True)
def test_reactions_of_many_at_once_are_all_counted(at_once):
    author = MemberFactory()
    discussion = thread(author)
    posts = [discussion.posts.get(), post(discussion, author)]

    def act(who) -> None:
        for one in posts:
            react(who, one, LIKE)
            react(who, one, IDEA)
            react(who, one, IDEA, reacts=False)

    def stored(_nothing):
        return [Post.objects.get(pk=one.pk).reactions for one in posts], received(author)

    at_once(act, [viewer(MemberFactory()) for _number in range(8)])
    assert at_once(stored, [None]) == [([{LIKE: 8}] * 2, 16)]
