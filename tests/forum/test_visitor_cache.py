"""What visitors read is kept for all of them, and never a moment longer than it is true."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from ess_forum.actions import ordering
from ess_forum.actions import posts as verbs
from ess_forum.models import Audience, Category, Post, State, Thread

from . import factories as f

pytestmark = pytest.mark.django_db


def address(name: str, *args, language: str = "fr") -> str:
    with translation.override(language):
        return reverse(f"ess_forum:{name}", args=args)


def url_of(thing, language: str = "fr") -> str:
    with translation.override(language):
        return thing.get_absolute_url()


@pytest.fixture
def thread() -> Thread:
    return f.thread(title="Une question", text="Premier texte.")


def test_second_visitor_gets_what_was_kept(client, thread, django_assert_num_queries):
    for place, queries in ((url_of(thread), 2), (address("latest"), 1), (address("index"), 1)):
        first = client.get(place)
        with django_assert_num_queries(queries):
            second = client.get(place)
        assert second.content == first.content
        assert second["Cache-Control"] == "no-cache"
        assert "Cookie" in second["Vary"]


def test_page_that_has_not_changed_is_not_sent_again(client, thread):
    etag = client.get(url_of(thread))["ETag"]
    response = client.get(url_of(thread), headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    f.post(thread)
    assert client.get(url_of(thread), headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("how", ["hide", "delete", "edit", "hide_thread", "move_away"])
def test_what_is_gone_is_gone_for_visitors_at_once(client, thread, how):
    author, moderator = f.MemberFactory(), f.viewer(f.moderator())
    post = Post.objects.get(pk=f.post(thread, author=author, text="À retirer.").pk)
    assert "À retirer." in client.get(url_of(thread)).content.decode()
    if how == "hide":
        verbs.hide(moderator, post)
    elif how == "delete":
        verbs.delete(f.viewer(author), post)
    elif how == "edit":
        verbs.edit(f.viewer(author), post, "Autre chose.")
    elif how == "hide_thread":
        ordering.hide(moderator, [thread])
    else:
        secret = f.CategoryFactory(see=Audience.MEMBERS)
        ordering.move(moderator, [thread], secret)
    assert "À retirer." not in client.get(url_of(thread)).content.decode()


def test_thread_that_is_hidden_leaves_every_list_at_once(client, thread):
    places = [address("index"), address("latest"), url_of(thread.category)]
    for place in places:
        assert "Une question" in client.get(place).content.decode()
    ordering.hide(f.viewer(f.moderator()), [thread])
    for place in places:
        assert "Une question" not in client.get(place).content.decode()


def test_category_that_is_closed_to_visitors_is_closed_at_once(client, thread):
    places = [address("latest"), url_of(thread.category), url_of(thread)]
    for place in places:
        assert client.get(place).status_code == 200
    Category.objects.update(see=Audience.MEMBERS)
    assert "Une question" not in client.get(places[0]).content.decode()
    assert [client.get(place).status_code for place in places[1:]] == [404, 404]


def test_members_are_never_given_what_is_kept_nor_is_theirs_kept(client, thread):
    member = f.MemberFactory()
    visitors = client.get(url_of(thread)).content
    client.force_login(member.user)
    response = client.get(url_of(thread))
    assert response.content != visitors
    assert "private" in response["Cache-Control"]
    client.logout()
    assert client.get(url_of(thread)).content == visitors


def test_each_language_page_and_host_is_kept_by_itself(client, thread, settings):
    seen = {client.get(url_of(thread, language))["ETag"] for language in ("fr", "ar")}
    seen.add(client.get(address("latest"), {"language": "fr"})["ETag"])
    seen.add(client.get(address("latest"), {"language": "ar"})["ETag"])
    seen.add(client.get(url_of(thread), headers={"host": "other.example.org"})["ETag"])
    assert len(seen) == 5


def test_messages_and_unknown_queries_are_not_kept(client, thread, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "set", lambda key, *args, **kwargs: kept.append(key))
    client.get(url_of(thread), {"utm": "x"})
    assert not [key for key in kept if key.startswith("ess-forum-page")]
    client.get(url_of(thread), {"page": "1"})
    assert [key for key in kept if key.startswith("ess-forum-page")]


def test_page_that_is_not_found_is_not_kept(client):
    thread = f.thread()
    Thread.objects.filter(pk=thread.pk).update(state=State.HIDDEN)
    assert client.get(url_of(thread)).status_code == 404
    Thread.objects.filter(pk=thread.pk).update(state=State.VISIBLE)
    assert client.get(url_of(thread)).status_code == 200
