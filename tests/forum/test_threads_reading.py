"""A thread is read page by page; what was read is remembered; addresses never break."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from ess_forum.actions import ordering
from ess_forum.actions import posts as verbs
from ess_forum.actions.answers import accept
from ess_forum.models import Block, Member, Post, ReadMark, State, Thread

from . import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    member = f.MemberFactory(name="Nadia")
    Member.objects.filter(pk=member.pk).update(caught_up_at=timezone.now() - timedelta(days=9))
    return member


def long_thread(number: int, **options) -> Thread:
    """A thread with this many posts, of two members."""
    thread = f.thread(**options)
    author = f.MemberFactory()
    first = thread.posts.get()
    Post.objects.bulk_create(
        Post(
            thread=thread,
            author=author,
            position=position,
            source=f"Texte {position}",
            html=f'<p dir="auto">Texte {position}</p>',
            language="fr",
            published_at=first.published_at,
        )
        for position in range(2, number + 1)
    )
    Thread.objects.filter(pk=thread.pk).update(
        last_position=number, last_visible_position=number, reply_count=number - 1
    )
    thread.refresh_from_db()
    return thread


def hide(post: Post) -> None:
    """Hide a post, as a moderator does."""
    verbs.hide(f.viewer(f.moderator()), Post.objects.get(pk=post.pk))


def soup_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def numbers(response) -> list[int]:
    """The positions of the posts on a page."""
    links = soup_of(response).select(".forum-permalink")
    return [int(link.get_text().split("#")[1] or 0) for link in links]


def url_of(thread: Thread, language: str = "fr") -> str:
    with translation.override(language):
        return thread.get_absolute_url()


def address(name: str, *args) -> str:
    with translation.override("fr"):
        return reverse(f"ess_forum:{name}", args=args)


# Pages


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_page_shows_posts_in_either_language(client, language):
    thread = f.thread(title="Titre · عنوان", text="Bonjour\n\nمرحبا", language="ar")
    soup = soup_of(client.get(url_of(thread, language)))
    assert soup.h1["lang"] == "ar"
    assert soup.h1.bdi.get_text() == "Titre · عنوان"
    post = soup.select_one(f"#post-{thread.posts.get().pk}")
    assert [one["dir"] for one in post.select(".forum-text p")] == ["auto", "auto"]
    assert post.select_one("time")["datetime"]
    assert post.select_one(".forum-permalink")["href"].endswith(f"/p/{thread.posts.get().pk}/")


def test_pages_hold_twenty_visible_posts_each(client):
    thread = long_thread(45)
    for post in thread.posts.filter(position__in=[3, 4, 5, 20, 21, 45]):
        hide(post)
    first = numbers(client.get(url_of(thread)))
    second = numbers(client.get(url_of(thread), {"page": 2}))
    assert len(first) == 20
    assert first + second == [n for n in range(1, 46) if n not in (3, 4, 5, 20, 21, 45)]
    assert client.get(url_of(thread), {"page": 3}).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "9" * 40, "٢", "1.5", ""])
def test_page_that_is_not_there_is_not_found(client, page):
    response = client.get(url_of(f.thread()), {"page": page})
    assert response.status_code == 404


def test_pager_leads_to_first_previous_next_and_last(client):
    thread = long_thread(90)
    soup = soup_of(client.get(url_of(thread), {"page": 3}))
    pager = soup.select_one(".forum-pager")
    links = [link["href"] for link in pager.select("a")]
    assert links == [url_of(thread), "?page=2", "?page=4", "?page=5"]
    assert pager.select_one("input[name=page]")["max"] == "5"
    canonical = soup.select_one("link[rel=canonical]")["href"]
    assert canonical == f"http://testserver{url_of(thread)}?page=3"
    first = soup_of(client.get(url_of(thread)))
    assert first.select_one("link[rel=canonical]")["href"] == f"http://testserver{url_of(thread)}"


def test_moderators_see_what_is_hidden_between(client):
    thread = long_thread(25)
    hidden = thread.posts.get(position=20)
    hide(hidden)
    client.force_login(f.moderator().user)
    response = client.get(url_of(thread))
    assert numbers(response) == list(range(1, 22))
    assert "forum-post-state-2" in soup_of(response).select_one(f"#post-{hidden.pk}")["class"]


def test_authors_see_own_posts_that_wait_or_are_gone_and_others_do_not(client, member):
    thread = f.thread()
    own = f.post(thread, author=member)
    verbs.delete(f.viewer(member), own)
    waiting = Post.objects.create(
        thread=thread, author=member, source="x", html="<p>x</p>", state=State.PENDING
    )
    assert numbers(client.get(url_of(thread))) == [1]
    client.force_login(f.MemberFactory().user)
    assert numbers(client.get(url_of(thread))) == [1]
    client.force_login(member.user)
    response = client.get(url_of(thread))
    assert numbers(response) == [1, 2, 0]
    assert "forum-post-state-1" in soup_of(response).select_one(f"#post-{waiting.pk}")["class"]


def test_posts_of_blocked_members_are_folded_for_who_blocked_them(client, member):
    thread = f.thread(author=f.MemberFactory())
    post = f.post(thread, author=f.MemberFactory())
    Block.objects.create(member=member, blocked=post.author)
    client.force_login(member.user)
    soup = soup_of(client.get(url_of(thread)))
    assert len(soup.select("details.forum-blocked")) == 1
    assert soup.select_one(f"#post-{post.pk} details.forum-blocked .forum-text")
    client.force_login(f.MemberFactory().user)
    assert not soup_of(client.get(url_of(thread))).select("details.forum-blocked")


def test_accepted_answer_is_linked_under_the_first_post(client):
    asker = f.MemberFactory()
    thread = f.thread(author=asker)
    f.post(thread)
    answer = f.post(thread, author=f.MemberFactory(name="Karim"))
    accept(f.viewer(asker), answer)
    link = soup_of(client.get(url_of(thread))).select_one(".forum-answer-link a")
    assert link["href"] == address("post", answer.pk)
    assert "Karim" in link.text


def test_reply_names_whom_it_answers_unless_that_is_hidden(client):
    thread = f.thread()
    asked = f.post(thread, author=f.MemberFactory(name="Karim"))
    answer = f.post(thread, reply_to=asked)
    soup = soup_of(client.get(url_of(thread)))
    assert "Karim" in soup.select_one(f"#post-{answer.pk} .forum-answered").text
    hide(asked)
    assert "Karim" not in client.get(url_of(thread)).content.decode()


def test_thread_of_a_page_leads_to_it_in_the_readers_language(client, tree):
    actor = tree["actor"]
    thread = f.thread()
    Thread.objects.filter(pk=thread.pk).update(page_key=actor.translation_key)
    for language in ("fr", "ar"):
        link = soup_of(client.get(url_of(thread, language))).select_one(".forum-about a")
        assert link["href"].startswith(f"/{language}/")
    Thread.objects.filter(pk=thread.pk).update(page_key=uuid4())
    assert client.get(url_of(thread)).status_code == 200


# Who may read


@pytest.mark.parametrize(
    ("state", "who", "status"),
    [
        (State.PENDING, "visitor", 404),
        (State.PENDING, "member", 404),
        (State.PENDING, "author", 200),
        (State.PENDING, "moderator", 200),
        (State.HIDDEN, "visitor", 404),
        (State.HIDDEN, "author", 404),
        (State.HIDDEN, "moderator", 200),
        (State.DELETED, "visitor", 404),
    ],
)
def test_thread_that_is_not_shown_is_found_by_those_alone_who_may(client, state, who, status):
    thread = f.thread()
    Thread.objects.filter(pk=thread.pk).update(state=state)
    reader = f.someone(who, thread.author)
    if reader:
        client.force_login(reader.user)
    assert client.get(url_of(thread)).status_code == status
    assert client.get(address("news", thread.pk)).status_code == status


def test_private_conversation_is_read_by_those_in_it(client):
    from ess_forum.actions.threads import start_conversation

    one, other, third = f.MemberFactory(), f.MemberFactory(), f.MemberFactory()
    thread = start_conversation(f.viewer(one), [other], "Entre nous", "Bonjour", language="fr")
    for reader, status in ((None, 404), (one, 200), (other, 200), (third, 404)):
        client.logout()
        if reader:
            client.force_login(reader.user)
        assert client.get(url_of(thread)).status_code == status
        assert client.get(address("news", thread.pk)).status_code == status


# Addresses


def test_former_title_in_the_address_leads_to_the_present_one(client):
    thread = long_thread(25, title="Nouveau titre")
    response = client.get(address("thread", thread.pk, "ancien-titre"), {"page": 2})
    assert response.status_code == 301
    assert response["Location"] == f"{url_of(thread)}?page=2"


def test_merged_thread_and_its_posts_lead_to_where_they_are(client):
    one, other = f.thread(title="Un"), f.thread(title="Deux")
    post = f.post(one)
    former = url_of(one)
    ordering.merge(f.viewer(f.moderator()), one, other)
    response = client.get(former)
    assert (response.status_code, response["Location"]) == (301, url_of(other))
    response = client.get(address("post", post.pk))
    assert response["Location"] == f"{url_of(other)}#post-{post.pk}"
    assert client.get(response["Location"].split("#")[0]).status_code == 200


def test_thread_merged_into_a_hidden_one_is_not_found(client):
    one, other = f.thread(title="Un"), f.thread(title="Deux")
    former = url_of(one)
    ordering.merge(f.viewer(f.moderator()), one, other)
    Thread.objects.filter(pk=other.pk).update(state=State.HIDDEN)
    assert client.get(former).status_code == 404


@pytest.mark.parametrize(("position", "page"), [(1, 1), (20, 1), (22, 1), (23, 2), (45, 3)])
def test_permanent_address_leads_to_the_page_of_the_post(client, position, page):
    thread = long_thread(45)
    for post in thread.posts.filter(position__in=[3, 4]):
        hide(post)
    post = thread.posts.get(position=position)
    response = client.get(address("post", post.pk))
    assert response.status_code == 302
    where = f"?page={page}" if page > 1 else ""
    assert response["Location"] == f"{url_of(thread)}{where}#post-{post.pk}"
    assert position in numbers(client.get(response["Location"].split("#")[0]))


def test_hidden_post_is_found_by_moderators_alone(client):
    thread = long_thread(3)
    post = thread.posts.get(position=2)
    hide(post)
    assert client.get(address("post", post.pk)).status_code == 404
    client.force_login(f.moderator().user)
    assert client.get(address("post", post.pk)).status_code == 302
    assert client.get(address("post", 10**12)).status_code == 404


@pytest.mark.parametrize(
    "word", ["unread", "news", "feed", "reply", "follow", "Répondre", "؟", "42"]
)
def test_no_title_takes_the_address_of_something_else(client, word):
    thread = f.thread(title=word)
    response = client.get(url_of(thread))
    assert response.status_code == 200
    assert response.context["thread"] == thread


# What is unread


def unread(member: Member, thread: Thread) -> list[list[int]]:
    return Thread.objects.with_mark_of(member).get(pk=thread.pk).unread()


def test_what_a_page_shows_is_read_and_what_was_passed_over_is_not(client, member):
    thread = long_thread(70)
    client.force_login(member.user)
    client.get(url_of(thread))
    assert unread(member, thread) == [[21, 70]]
    client.get(url_of(thread), {"page": 3})
    assert unread(member, thread) == [[21, 40], [61, 70]]
    client.get(url_of(thread), {"page": 2})
    client.get(url_of(thread), {"page": 4})
    assert unread(member, thread) == []


def test_page_says_what_is_new_since_the_last_visit(client, member):
    thread = long_thread(30)
    client.force_login(member.user)
    client.get(url_of(thread))
    response = client.get(url_of(thread))
    soup = soup_of(response)
    assert response.context["unread_count"] == 10
    assert soup.select_one(".forum-unread a")["href"] == f"{url_of(thread)}?page=2#unread"
    assert not soup.select_one("#unread")
    soup = soup_of(client.get(url_of(thread), {"page": 2}))
    divider = soup.select_one("#unread")
    assert divider.find_next_sibling("article").select_one(".forum-permalink").text.endswith("#21")
    assert not soup_of(client.get(url_of(thread), {"page": 2})).select_one("#unread")


def test_first_unread_link_leads_to_the_first_that_was_skipped(client, member):
    thread = long_thread(70)
    place = address("first_unread", thread.pk)
    client.force_login(member.user)
    assert client.get(place)["Location"] == f"{url_of(thread)}#unread"
    client.get(url_of(thread))
    client.get(url_of(thread), {"page": 4})
    assert client.get(place)["Location"] == f"{url_of(thread)}?page=2#unread"
    for page in (2, 3):
        client.get(url_of(thread), {"page": page})
    assert client.get(place)["Location"] == f"{url_of(thread)}?page=4"
    client.logout()
    assert "/login/" in client.get(place)["Location"]


def test_visitors_heads_and_banned_members_leave_no_mark(client, member):
    thread = long_thread(3)
    client.get(url_of(thread))
    client.force_login(member.user)
    client.head(url_of(thread))
    assert not ReadMark.objects.filter(member=member).exists()
    Member.objects.filter(pk=member.pk).update(is_banned=True)
    assert client.get(url_of(thread)).status_code == 200
    assert not ReadMark.objects.filter(member=member).exists()


def test_page_that_was_read_before_writes_nothing(client, member):
    thread = long_thread(30)
    client.force_login(member.user)
    client.get(url_of(thread))
    with CaptureQueriesContext(connection) as queries:
        client.get(url_of(thread))
    assert not [one for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "SAVEPOINT"))]


# News


def test_new_replies_are_announced_with_where_the_first_is(client):
    thread = long_thread(21)
    place = address("news", thread.pk)
    assert client.get(place, {"after": 21}).json() == {"number": 0}
    first, second = f.post(thread), f.post(thread)
    news = client.get(place, {"after": 21}).json()
    assert news["number"] == 2
    assert news["url"] == f"{url_of(thread)}?page=2#post-{first.pk}"
    assert news["text"].startswith("2 ")
    hide(first)
    news = client.get(place, {"after": 21}).json()
    assert (news["number"], news["url"]) == (1, f"{url_of(thread)}?page=2#post-{second.pk}")
    for after in ("", "x", "-1", "9" * 30):
        assert client.get(place, {"after": after}).status_code == 200


def test_news_cost_two_queries(client, django_assert_num_queries):
    thread = long_thread(21)
    with django_assert_num_queries(2):
        client.get(address("news", thread.pk), {"after": 21})


# Cost


@pytest.mark.parametrize(("who", "budget"), [("visitor", 6), ("member", 13), ("moderator", 14)])
def test_every_page_of_every_thread_costs_the_same(client, member, who, budget):
    reader = {"visitor": None, "member": member, "moderator": f.moderator()}[who]
    if reader:
        client.force_login(reader.user)
    short, long = long_thread(21, topics=["eau"]), long_thread(400, topics=["eau", "sel"])
    for post in long.posts.filter(position__in=range(50, 200, 7)):
        Post.objects.filter(pk=post.pk).update(reply_to=long.posts.get(position=2))
        hide(post)
    f.post(long, author=f.MemberFactory())
    places = [
        f"{url_of(thread)}?page={page}"
        for thread, page in ((short, 1), (short, 2), (long, 1), (long, 9), (long, 19))
    ]
    for place in places:  # the menus are kept, and the pages are read, from here on
        client.get(place)
    Thread.objects.update(version=10**6)
    costs = []
    for place in places:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs
    assert costs[0] <= budget, "\n".join(one["sql"][:150] for one in queries)
