"""Lists of threads: what is in them, for whom, in which order, and at which cost."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from ess_forum.actions import posts, reading
from ess_forum.actions.ordering import set_sign
from ess_forum.listing import Cursor, CursorError
from ess_forum.models import (
    Audience,
    Bookmark,
    Category,
    Member,
    Membership,
    ReadMark,
    State,
    Subscription,
    Thread,
)

from . import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    member = f.MemberFactory(name="Nadia")
    Member.objects.filter(pk=member.pk).update(caught_up_at=timezone.now() - timedelta(days=9))
    return member


def soup_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def titles(response) -> list[str]:
    return [one.get_text(strip=True) for one in soup_of(response).select(".forum-row-title")]


def address(name: str, language: str = "fr", *args) -> str:
    with translation.override(language):
        return reverse(f"ess_forum:{name}", args=args)


# What is in a list


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_front_page_shows_categories_and_what_is_new(client, language):
    category = f.CategoryFactory(name_fr="Questions", name_ar="أسئلة")
    inner = f.CategoryFactory(name_fr="Droit", name_ar="قانون", parent=category)
    f.thread(category=inner, title="Statuts ? نظام")
    soup = soup_of(client.get(address("index", language)))
    names = [one.get_text(strip=True) for one in soup.select(".forum-category h2")]
    assert names == (["Questions", "Droit"] if language == "fr" else ["أسئلة", "قانون"])
    assert soup.select_one(".forum-category.forum-depth-1 .forum-category-last bdi")
    title = soup.select_one(".forum-row-title a")
    assert title["lang"] == "fr"
    assert title.bdi.get_text() == "Statuts ? نظام"


def test_row_says_what_there_is_to_know(client):
    thread = f.thread(title="Une question", topics=["dattes"])
    answer = f.post(thread, author=f.MemberFactory(name="Karim"))
    Thread.objects.filter(pk=thread.pk).update(
        is_pinned=True, is_featured=True, is_closed=True, answer=answer
    )
    row = soup_of(client.get(address("latest"))).select_one(".forum-row")
    signs = [one.get_text() for one in row.select(".forum-badge")]
    assert len(set(signs)) == 5  # pinned, featured, closed, solved, its language
    assert row.select_one(".forum-row-count b").get_text() == "1"
    assert row.select_one(".forum-row-last bdi").get_text() == "Karim"
    assert row.select_one(".forum-topic")["href"].endswith("?topic=dattes")
    assert row.select_one(".forum-row-category bdi")
    assert row.time["datetime"]


def test_pinned_threads_come_first_in_their_category_only(client):
    category = f.CategoryFactory()
    old, new = f.thread(category=category, title="Ancien"), f.thread(category=category, title="N")
    moderator = f.moderator()
    set_sign(f.viewer(moderator), "pin_thread", [old], is_on=True)
    assert titles(client.get(category_address(category))) == ["Ancien", "N"]
    assert titles(client.get(address("latest"))) == ["N", "Ancien"]
    assert new.pk > old.pk


def category_address(category: Category, language: str = "fr") -> str:
    with translation.override(language):
        return category.get_absolute_url()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["C", "B", "A"]),
        ({"language": "ar"}, ["B"]),
        ({"topic": "eau"}, ["C", "A"]),
        ({"topic": "eau", "language": "ar"}, []),
        ({"topic": "rien"}, []),
        ({"language": "xx"}, ["C", "B", "A"]),
    ],
)
@pytest.mark.parametrize("name", ["latest", "category"])
def test_list_is_narrowed_to_a_language_and_a_topic(client, query, expected, name):
    category = f.CategoryFactory()
    f.thread(category=category, title="A", topics=["eau"])
    f.thread(category=category, title="B", language="ar")
    f.thread(category=category, title="C", topics=["eau", "sel"])
    place = address("latest") if name == "latest" else category_address(category)
    assert titles(client.get(place, query)) == expected


def test_unanswered_lists_threads_without_replies(client):
    f.post(f.thread(title="Répondu"))
    f.thread(title="Seul")
    assert titles(client.get(address("unanswered"))) == ["Seul"]


def test_member_finds_own_threads_even_those_that_wait(client, member):
    f.thread(author=member, title="Le mien")
    f.thread(title="Autre")
    waiting = f.thread(author=member, title="En attente")
    Thread.objects.filter(pk=waiting.pk).update(state=State.PENDING)
    hidden = f.thread(author=member, title="Caché")
    Thread.objects.filter(pk=hidden.pk).update(state=State.HIDDEN)
    client.force_login(member.user)
    assert titles(client.get(address("mine"))) == ["En attente", "Le mien"]


def test_member_finds_bookmarked_posts_below_their_thread(client, member):
    thread = f.thread(title="Gardé")
    post = f.post(thread, author=f.MemberFactory(name="Karim"))
    f.thread(title="Autre")
    Bookmark.objects.create(member=member, post=post, note="à relire")
    client.force_login(member.user)
    response = client.get(address("bookmarked"))
    assert titles(response) == ["Gardé"]
    row = soup_of(response).select_one(".forum-row-bookmark")
    assert row.a["href"] == address("post", "fr", post.pk)
    assert "Karim" in row.text
    assert "à relire" in row.text


def test_member_finds_followed_threads_and_those_of_followed_categories(client, member):
    followed, category = f.thread(title="Suivi"), f.CategoryFactory()
    f.thread(title="Dans la catégorie", category=category)
    f.thread(title="Autre")
    Subscription.objects.create(member=member, thread=followed)
    Subscription.objects.create(member=member, category=category)
    client.force_login(member.user)
    assert titles(client.get(address("followed"))) == ["Dans la catégorie", "Suivi"]


@pytest.mark.parametrize("name", ["unread", "mine", "bookmarked", "followed"])
def test_visitor_signs_in_to_see_a_members_list(client, name):
    assert "/login/" in client.get(address(name))["Location"]


def test_moderators_alone_tick_threads(client, member):
    f.thread()
    for reader, number in ((None, 0), (member, 0), (f.moderator(), 1)):
        if reader:
            client.force_login(reader.user)
        assert len(soup_of(client.get(address("latest"))).select(".forum-bulk-box")) == number


def test_list_holds_nothing_that_its_reader_may_not_see(client, member):
    group = f.GroupFactory()
    secret = f.CategoryFactory(see=Audience.GROUP, start=Audience.GROUP, group=group)
    insider = f.MemberFactory()
    Membership.objects.create(group=group, member=insider)
    f.thread(author=insider, category=secret, title="Secret")
    hidden = f.thread(title="Caché")
    Thread.objects.filter(pk=hidden.pk).update(state=State.HIDDEN)
    for name in ("index", "latest", "unanswered"):
        assert titles(client.get(address(name))) == []
    assert client.get(category_address(secret)).status_code == 404
    client.force_login(member.user)
    assert titles(client.get(address("latest"))) == []
    client.force_login(insider.user)
    assert titles(client.get(address("latest"))) == ["Secret"]
    assert client.get(category_address(secret)).status_code == 200


# What is unread


def test_row_says_how_many_posts_are_unread_and_leads_to_the_first(client, member):
    thread = f.thread(title="À lire")
    for _number in range(24):
        f.post(thread)
    reading.see(member, thread, 1, 3)
    client.force_login(member.user)
    row = soup_of(client.get(address("latest"))).select_one(".forum-row")
    assert "forum-row-unread" in row["class"]
    assert row.select_one(".forum-badge-new").get_text(strip=True).startswith("22 ")
    assert row.select_one(".forum-row-title a")["href"].endswith("#unread")
    reading.see(member, thread, 1, 21)
    row = soup_of(client.get(address("latest"))).select_one(".forum-row")
    assert row.select_one(".forum-row-title a")["href"].endswith("?page=2#unread")


def test_post_hidden_while_a_page_is_read_leaves_no_thread_unread(client, member):
    thread = f.thread()
    second, third = f.post(thread), f.post(thread)
    thread.refresh_from_db()  # as the page has it
    posts.hide(f.viewer(f.moderator()), second)
    reading.see(member, thread, 1, 1)
    reading.see(member, thread, third.position, third.position)
    client.force_login(member.user)
    assert titles(client.get(address("unread"))) == []


def test_take_everything_as_read_empties_the_unread_list(client, member):
    f.thread(title="Un")
    f.thread(title="Deux")
    client.force_login(member.user)
    assert titles(client.get(address("unread"))) == ["Deux", "Un"]
    response = client.post(address("take_as_read"))
    assert response.status_code == 302
    assert titles(client.get(address("unread"))) == []
    f.thread(title="Trois")
    assert titles(client.get(address("unread"))) == ["Trois"]


def test_category_is_taken_as_read_by_itself(client, member):
    one, other = f.thread(title="Un"), f.thread(title="Deux")
    client.force_login(member.user)
    response = client.post(address("take_category_as_read", "fr", one.category_id))
    assert response["Location"] == category_address(one.category)
    assert titles(client.get(address("unread"))) == ["Deux"]
    assert ReadMark.objects.filter(thread=other, member=member).count() == 0


def test_taking_as_read_is_refused_to_visitors_by_get_and_too_often(client, member, monkeypatch):
    assert "/login/" in client.post(address("take_as_read"))["Location"]
    client.force_login(member.user)
    assert client.get(address("take_as_read")).status_code == 405
    thread = f.thread()
    monkeypatch.setattr("ess_forum.throttle.RATES", {"take_as_read": "0/hour"})
    response = client.post(address("take_as_read"))
    assert [message.tags for message in get_messages(response.wsgi_request)] == ["error"]
    assert titles(client.get(address("unread"))) == [thread.title]


# Pages


def test_pages_follow_one_another_without_loss_or_repeat(client, monkeypatch):
    monkeypatch.setattr("ess_forum.listing.PAGE_SIZE", 3)
    category = f.CategoryFactory()
    threads = [f.thread(category=category, title=f"T{number}") for number in range(8)]
    same = threads[3].last_post_at
    Thread.objects.filter(pk__in=[thread.pk for thread in threads[2:6]]).update(last_post_at=same)
    Thread.objects.filter(pk__in=[threads[0].pk, threads[4].pk]).update(is_pinned=True)
    for place in (address("latest"), category_address(category)):
        seen, url = [], place
        while url:
            response = client.get(url)
            seen += titles(response)
            link = soup_of(response).select_one(".forum-pager [rel=next]")
            url = place + link["href"] if link else ""
        assert sorted(seen) == [f"T{number}" for number in range(8)]
        if place != address("latest"):
            assert seen[:2] == ["T4", "T0"]


def test_next_page_keeps_the_filter(client, monkeypatch):
    for number in range(31):
        f.thread(title=f"T{number}", topics=["eau"])
    response = client.get(address("latest"), {"topic": "eau", "language": "fr"})
    link = soup_of(response).select_one(".forum-pager [rel=next]")["href"]
    assert "topic=eau" in link
    assert "language=fr" in link
    assert titles(client.get(address("latest") + link)) == ["T0"]


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "bnVsbA", "W10", "W3RydWUsICIyMDI2IiwgMV0", "WzEsMiwzXQ", "=" * 9, "a" * 5000],
)
def test_cursor_that_no_list_has_given_is_refused(client, cursor):
    with pytest.raises(CursorError):
        Cursor.read(cursor)
    assert client.get(address("latest"), {"before": cursor}).status_code == 404


def test_category_with_a_former_name_leads_to_the_present_one(client):
    category = f.CategoryFactory(name_fr="Questions et réponses")
    response = client.get(address("category", "fr", category.pk, "ancien"), {"language": "ar"})
    assert response.status_code == 301
    assert response["Location"] == f"{category_address(category)}?language=ar"


# Cost


def count_queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def fill(category: Category, authors: list[Member], number: int) -> None:
    for index in range(number):
        thread = f.thread(
            author=authors[index % len(authors)], category=category, topics=[f"t{index}", "eau"]
        )
        f.post(thread, author=authors[(index + 1) % len(authors)])


LISTS = ["index", "latest", "unanswered", "category", "topic"]
OWN = ["unread", "mine", "bookmarked", "followed"]


@pytest.mark.parametrize("who", ["visitor", "member", "moderator"])
def test_a_list_costs_the_same_whatever_is_in_it(client, member, who):
    reader = {"visitor": None, "member": member, "moderator": f.moderator()}[who]
    authors = [f.MemberFactory() for _number in range(4)]
    categories = [f.CategoryFactory(), f.CategoryFactory()]
    f.CategoryFactory(parent=categories[0])
    fill(categories[0], [reader or authors[0], *authors], 2)
    names = LISTS + (OWN if reader else [])
    places = {
        name: category_address(categories[0])
        if name == "category"
        else address("latest") + "?topic=eau"
        if name == "topic"
        else address(name)
        for name in names
    }
    if reader:
        client.force_login(reader.user)
        for thread in Thread.objects.all():
            Bookmark.objects.create(member=reader, post=thread.posts.first())
    client.get(address("index"))  # the menus around the page are kept from here on

    def costs() -> dict[str, int]:
        found = {}
        for name, place in places.items():
            Category.objects.filter(pk=categories[0].pk).update(version=timezone.now().microsecond)
            found[name] = count_queries(client, place)
        return found

    few = costs()
    fill(categories[0], [reader or authors[0], *authors], 12)
    fill(categories[1], authors, 12)
    if reader:
        for thread in Thread.objects.filter(posts__bookmarks=None).distinct():
            Bookmark.objects.get_or_create(member=reader, post=thread.posts.first())
    many = costs()
    assert few == many
    # A visitor's include the stamp of what is kept; the posts that are kept at hand are one more.
    kept = many.pop("bookmarked", 0)
    budget = {"visitor": 4, "member": 7, "moderator": 8}[who]
    assert kept <= budget + 1
    assert max(many.values()) <= budget, many


@pytest.mark.parametrize("query", ["topic=%00", "language=%00", "topic=%F0%9F", "language[]=fr"])
def test_nonsense_in_the_address_of_a_list_is_no_error(home, client, query):
    assert client.get(f"/fr/forum/latest/?{query}").status_code == 200


@pytest.mark.parametrize("cursor", ["%00", "abc", "bnVsbA", "W10"])
def test_page_that_begins_nowhere_is_not_found(home, client, cursor):
    assert client.get(f"/fr/forum/latest/?before={cursor}").status_code == 404
