"""Threads, replies and edits as they are written in the pages."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions import posts as verbs
from ess_forum.models import Draft, Member, Post, State, Thread
from ess_forum.throttle import RATES

from . import factories

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


@pytest.fixture
def me(client):
    member = factories.MemberFactory()
    client.force_login(member.user)
    return member


@pytest.fixture
def thread():
    return factories.thread()


def address(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def source_of(response) -> str:
    return soup(response).select_one("textarea[name=source]").text.lstrip("\n")


def start_data(**fields) -> dict:
    return {
        "title": "Une coopérative",
        "language": "fr",
        "topics": "",
        "source": "Bonjour.",
    } | fields


# Starting


@both_languages
def test_member_starts_a_thread(client, me, language):
    category = factories.CategoryFactory()
    page = address("start_thread", category.pk, language=language)
    chosen = soup(client.get(page)).select_one("select[name=language] [selected]")
    assert chosen["value"] == language
    data = start_data(language=language, topics="Emploi، تعاونيات, emploi", source="**أهلا**")
    response = client.post(page, data)
    thread = Thread.objects.get()
    assert response.status_code == 302
    assert response.url == address("post", thread.posts.get().pk, language=language)
    assert thread.language == language
    assert sorted(thread.topics.names()) == sorted(["emploi", "تعاونيات"])
    assert thread.posts.get().html == '<p dir="auto"><strong>أهلا</strong></p>\n'


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"source": "  "}, "source"),
        ({"source": "a" * 20_001}, "source"),
        ({"language": "de"}, "language"),
        ({"topics": "a" * 61}, "topics"),
        ({"topics": ",".join("abcdefghi")}, "topics"),
        ({"homepage": "https://spam.example"}, None),
    ],
)
def test_what_is_wrong_with_a_thread_is_said_and_all_is_kept(client, me, fields, wrong):
    category = factories.CategoryFactory()
    response = client.post(address("start_thread", category.pk), start_data(**fields))
    assert response.status_code == 422
    page = soup(response)
    assert page.select_one("[role=alert]")
    if wrong:
        assert page.select_one(f".forum-field-wrong [name={wrong}]")
    assert source_of(response) == start_data(**fields)["source"]
    assert page.select_one("[name=title]").get("value", "") == start_data(**fields)["title"]
    assert not Thread.objects.exists()


def test_two_clicks_start_one_thread(client, me):
    category = factories.CategoryFactory()
    for _click in range(2):
        assert client.post(address("start_thread", category.pk), start_data()).status_code == 302
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(("options", "status"), [({"start": 3}, 403), ({"see": 3}, 404), ({}, 200)])
def test_a_thread_is_started_where_one_may(client, me, options, status):
    category = factories.CategoryFactory(**options)
    assert client.get(address("start_thread", category.pk)).status_code == status
    assert client.post(address("start_thread", category.pk), start_data()).status_code == (
        302 if status == 200 else status
    )


@pytest.mark.parametrize("name", ["start_thread", "reply", "edit_post", "drafts", "mentions"])
def test_visitor_is_asked_to_sign_in(client, thread, name):
    keys = {"start_thread": [thread.category_id], "reply": [thread.pk]}
    keys["edit_post"] = [thread.posts.get().pk]
    response = client.get(address(name, *keys.get(name, [])))
    assert response.status_code == 302
    assert "login" in response.url


def test_first_post_of_a_new_member_waits_and_its_author_sees_it(client):
    new = factories.MemberFactory(trust=Member.Trust.NEW)
    client.force_login(new.user)
    category = factories.CategoryFactory()
    response = client.post(address("start_thread", category.pk), start_data(), follow=True)
    assert response.status_code == 200
    page = soup(response)
    assert page.select_one(".messages .info")
    assert page.select_one(".forum-post .forum-text").text.strip() == "Bonjour."
    assert Thread.objects.get().state == State.PENDING


# Replying


@both_languages
def test_member_replies_at_the_foot_of_a_thread(client, me, thread, language):
    with override(language):
        page = soup(client.get(thread.get_absolute_url()))
    form = page.select_one("form[data-composer]")
    assert form["action"] == address("reply", thread.pk, language=language)
    response = client.post(form["action"], {"source": "Merci !"})
    reply = Post.objects.latest("pk")
    assert response.url == address("post", reply.pk, language=language)
    assert reply.author == me
    thread.refresh_from_db()
    assert thread.reply_count == 1


def test_foot_of_a_thread_says_why_one_cannot_reply(client, me, thread):
    Thread.objects.update(is_closed=True)
    page = soup(client.get(thread.get_absolute_url()))
    assert page.select_one(".forum-reply .forum-empty")
    assert not page.select_one("form[data-composer]")


def test_visitor_finds_the_way_to_reply(client, thread):
    page = soup(client.get(thread.get_absolute_url()))
    assert page.select_one(f".forum-reply a[href='{address('reply', thread.pk)}']")
    assert not page.select_one("form[data-composer]")


def test_reply_in_a_thread_that_was_closed_meanwhile_is_kept(client, me, thread):
    Thread.objects.update(is_closed=True)
    response = client.post(address("reply", thread.pk), {"source": "Trop tard"})
    assert response.status_code == 409
    assert source_of(response) == "Trop tard"
    assert soup(response).select_one("[role=alert]")
    assert client.get(address("reply", thread.pk)).status_code == 403


def test_silenced_member_does_not_reply(client, me, thread):

    Member.objects.filter(pk=me.pk).update(silenced_until=timezone.now() + timedelta(1))
    assert client.post(address("reply", thread.pk), {"source": "Non"}).status_code == 403


def test_thread_that_one_does_not_see_is_not_there(client, me):
    hidden = factories.thread(
        author=factories.moderator(), category=factories.CategoryFactory(see=3, start=3, reply=3)
    )
    for method in (client.get, client.post):
        assert method(address("reply", hidden.pk)).status_code == 404


def test_too_many_replies_are_kept(client, me, thread, monkeypatch):
    monkeypatch.setitem(RATES, "reply", "1/hour")
    client.post(address("reply", thread.pk), {"source": "Un"})
    response = client.post(address("reply", thread.pk), {"source": "Deux"})
    assert response.status_code == 429
    assert source_of(response) == "Deux"
    assert not Post.objects.filter(source="Deux").exists()


def test_quote_points_back_to_its_post(client, me, thread):
    post = factories.post(thread, text="> ancien\n\nUne *idée*")
    response = client.get(address("reply", thread.pk), {"quote": post.pk})
    text = source_of(response)
    assert "> Une *idée*" in text
    assert "ancien" not in text
    reply_to = soup(response).select_one("[name=reply_to]")["value"]
    client.post(address("reply", thread.pk), {"source": f"{text}Oui.", "reply_to": reply_to})
    reply = Post.objects.latest("pk")
    assert list(reply.quoted.all()) == [post]
    assert reply.reply_to == post
    page = soup(client.get(thread.get_absolute_url()))
    links = page.select(f"#post-{post.pk} .forum-quoted-by a")
    assert [link["href"] for link in links] == [address("post", reply.pk)]


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "-1", ""])
def test_quote_of_no_post_is_an_empty_form(client, me, thread, number):
    response = client.get(address("reply", thread.pk), {"quote": number, "to": number})
    assert response.status_code == 200
    assert source_of(response) == ""


def test_quote_of_another_thread_or_of_a_deleted_post_is_not_shown(client, me, thread):
    elsewhere = factories.thread(text="secret")
    gone = factories.post(thread, text="effacé")
    verbs.delete(factories.viewer(gone.author), gone)
    for post in (elsewhere.posts.get(), gone):
        assert source_of(client.get(address("reply", thread.pk), {"quote": post.pk})) == ""


# Looking at it first


@both_languages
def test_preview_shows_the_text_and_posts_nothing(client, me, thread, language):
    member = factories.MemberFactory(handle="amina")
    data = {"source": f"**Oui** @{member.handle} <script>", "preview": "1"}
    response = client.post(address("reply", thread.pk, language=language), data)
    assert response.status_code == 200
    shown = soup(response).select_one("[data-composer-preview]")
    assert not shown.has_attr("hidden")
    assert shown.select_one("strong").text == "Oui"
    assert shown.select_one("a.mention")["href"] == f"/{language}/forum/m/amina/"
    assert not shown.select_one("script")
    assert source_of(response) == data["source"]
    assert thread.posts.count() == 1


def test_preview_needs_no_title(client, me):
    category = factories.CategoryFactory()
    data = start_data(title="", preview="1")
    response = client.post(address("start_thread", category.pk), data)
    assert response.status_code == 200
    assert not soup(response).select_one(".errorlist")
    assert Draft.objects.get().data["source"] == ["Bonjour."]


def test_script_asks_for_a_preview(client, me):
    answer = client.post(address("preview"), {"source": "*a*"})
    assert answer.json() == {"html": '<p dir="auto"><em>a</em></p>\n'}
    assert client.post(address("preview"), {"source": " "}).status_code == 422
    assert client.get(address("preview")).status_code == 405


# Editing


def test_author_edits_a_post_and_says_why(client, me, thread):
    post = factories.post(thread, author=me, text="Avant")
    page = address("edit_post", post.pk)
    assert source_of(client.get(page)) == "Avant"
    response = client.post(page, {"source": "Après", "base": 0, "reason": "Une faute"})
    assert response.url == address("post", post.pk)
    post.refresh_from_db()
    assert post.source == "Après"
    revision = post.revisions.get()
    assert (revision.source, revision.reason, revision.edited_by) == ("Avant", "Une faute", me)


def test_author_edits_what_belongs_to_the_thread_with_its_first_post(client, me):
    thread = factories.thread(author=me, topics=["ancien"])
    page = address("edit_post", thread.posts.get().pk)
    form = soup(client.get(page))
    assert form.select_one("[name=topics]")["value"] == "ancien"
    data = {"title": "Autre", "language": "ar", "topics": "neuf", "source": "Neuf", "base": 0}
    assert client.post(page, data).status_code == 302
    thread.refresh_from_db()
    assert (thread.title, thread.language) == ("Autre", "ar")
    assert list(thread.topics.names()) == ["neuf"]


def test_second_of_two_edits_sees_the_first(client, me, thread):
    post = factories.post(thread, author=me, text="Avant")
    moderator = factories.moderator()
    verbs.edit(factories.viewer(moderator), post, "Corrigé")
    page = address("edit_post", post.pk)
    response = client.post(page, {"source": "Le mien", "base": 0})
    assert response.status_code == 409
    assert source_of(response) == "Le mien"
    assert soup(response).select_one(".forum-present .forum-text").text.strip() == "Corrigé"
    base = soup(response).select_one("[name=base]")["value"]
    assert client.post(page, {"source": "Le mien", "base": base}).status_code == 302
    post.refresh_from_db()
    assert post.source == "Le mien"


@pytest.mark.parametrize(("who", "status"), [("author", 200), ("other", 403), ("moderator", 200)])
def test_post_is_edited_by_who_may(client, thread, who, status):
    author = factories.MemberFactory()
    post = factories.post(thread, author=author)
    member = {"author": author, "other": thread.author, "moderator": factories.moderator()}[who]
    client.force_login(member.user)
    page = address("edit_post", post.pk)
    assert client.get(page).status_code == status
    after = client.post(page, {"source": "Autre", "base": 0}).status_code
    assert after == (302 if status == 200 else status)


def test_edit_that_comes_too_late_is_kept(client, me, thread):
    post = factories.post(thread, author=me)
    Thread.objects.update(is_closed=True)
    response = client.post(address("edit_post", post.pk), {"source": "Tard", "base": 0})
    assert response.status_code == 409
    assert source_of(response) == "Tard"


# Deleting


def test_author_deletes_a_reply_and_undoes_it_in_the_thread(client, me, thread):
    post = factories.post(thread, author=me)
    page = address("delete_post", post.pk)
    assert soup(client.get(page)).select_one("main form[method=post]")
    response = client.post(page, follow=True)
    post.refresh_from_db()
    assert post.state == State.DELETED
    form = soup(response).select_one(f"#post-{post.pk} form[action$='/restore/']")
    assert client.post(page).status_code == 302  # a second click
    client.post(form["action"])
    client.post(form["action"])
    post.refresh_from_db()
    assert post.state == State.VISIBLE


def test_deleted_thread_leads_to_where_that_is_undone(client, me):
    thread = factories.thread(author=me)
    post = thread.posts.get()
    response = client.post(address("delete_post", post.pk))
    assert response.url == address("restore_post", post.pk)
    assert client.get(response.url).status_code == 200
    assert client.post(response.url).url == address("post", post.pk)
    thread.refresh_from_db()
    assert thread.state == State.VISIBLE


@pytest.mark.parametrize("name", ["delete_post", "restore_post"])
def test_others_posts_are_not_deleted_nor_restored(client, me, thread, name):
    post = factories.post(thread)
    if name == "restore_post":
        verbs.delete(factories.viewer(post.author), post)
    status = client.post(address(name, post.pk)).status_code
    assert status == (403 if name == "delete_post" else 404)


def test_actions_of_a_page_ask_nothing_for_each_post(client, me, thread):
    counts = []
    for number in (2, 12):
        for index in range(number):
            factories.post(thread, author=me if index % 2 else None)
        client.get(thread.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(thread.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]
