"""Feeds give what everybody may see, to be read anywhere."""

from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import translation

from ess_forum.actions import posts as verbs
from ess_forum.models import Audience, Post, State, Thread

from . import factories as f

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def address(name: str, *args, language: str = "fr") -> str:
    with translation.override(language):
        return reverse(f"ess_forum:{name}", args=args)


def entries(client, url: str) -> list[dict[str, str]]:
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return [
        {child.tag.split("}")[1]: child.text or child.get("href", "") for child in entry}
        for entry in ElementTree.fromstring(response.content).findall("a:entry", ATOM)
    ]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_entry_has_text_dates_and_a_permanent_address(client, language):
    thread = f.thread(title="Un <titre>", text="Bonjour à [tous](/fr/forum/latest/) & toutes")
    post = thread.posts.get()
    [entry] = entries(client, address("feed", language=language))
    assert entry["title"] == "Un <titre>"
    assert entry["id"] == f"http://testserver{address('post', post.pk, language=language)}"
    assert entry["link"] == entry["id"]
    assert entry["published"] == post.published_at.isoformat(timespec="seconds") or entry[
        "published"
    ].startswith(post.published_at.strftime("%Y-%m-%d"))
    assert entry["content"].startswith('<p dir="auto">Bonjour à <a href="http://testserver/')
    assert f"/{language}/forum/latest/" in entry["content"]
    assert "summary" not in entry


def test_forum_and_category_give_the_threads_with_the_latest_post(client):
    one, other = f.thread(title="Un"), f.thread(title="Deux")
    f.post(one)
    titles = [entry["title"] for entry in entries(client, address("feed"))]
    assert titles == ["Un", "Deux"]
    place = address("category_feed", other.category_id)
    assert [entry["title"] for entry in entries(client, place)] == ["Deux"]


def test_thread_gives_its_last_posts(client):
    thread = f.thread(text="Premier.")
    hidden = f.post(thread, text="Caché.")
    f.post(thread, text="Dernier.")
    verbs.hide(f.viewer(f.moderator()), Post.objects.get(pk=hidden.pk))
    texts = [entry["content"] for entry in entries(client, address("thread_feed", thread.pk))]
    assert [text.split(">")[1].split("<")[0] for text in texts] == ["Dernier.", "Premier."]


def test_what_not_everybody_sees_is_in_no_feed_even_for_a_member(client):
    secret = f.CategoryFactory(see=Audience.MEMBERS)
    thread = f.thread(category=secret, title="Secret")
    hidden = f.thread(title="Caché")
    Thread.objects.filter(pk=hidden.pk).update(state=State.HIDDEN)
    client.force_login(f.moderator().user)
    assert entries(client, address("feed")) == []
    assert client.get(address("category_feed", secret.pk)).status_code == 404
    assert client.get(address("thread_feed", thread.pk)).status_code == 404
    assert client.get(address("thread_feed", hidden.pk)).status_code == 404
    assert client.get(address("category_feed", 10**9)).status_code == 404


def test_pages_name_their_feed(client):
    thread = f.thread()
    with translation.override("fr"):
        pages = {
            reverse("ess_forum:index"): address("feed"),
            thread.category.get_absolute_url(): address("category_feed", thread.category_id),
            thread.get_absolute_url(): address("thread_feed", thread.pk),
        }
    for page, feed in pages.items():
        assert 'type="application/atom+xml" title="' in client.get(page).content.decode()
        assert f'href="{feed}"' in client.get(page).content.decode()


def test_feeds_cost_the_same_whatever_they_hold(client, django_assert_num_queries):
    category = f.CategoryFactory()
    f.thread(category=category, topics=["eau"])
    with django_assert_num_queries(5):
        client.get(address("feed"))
    for number in range(5):
        f.thread(category=category, topics=[f"t{number}"])
    with django_assert_num_queries(5):
        client.get(address("feed"))
