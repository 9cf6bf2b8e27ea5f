"""The versions of a post, and what each changed."""

import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ess_forum.actions import posts as verbs
from ess_forum.models import Post
from ess_forum.revisions import lines_of, page_of

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    """A reply that was edited twice: by its author, then by a moderator."""
    post = factories.post(factories.thread(), text="Le chat dort.\n\nأهلا بكم")
    verbs.edit(factories.viewer(post.author), post, "Le chien dort.\n\nأهلا بكم", reason="Erreur")
    verbs.edit(factories.viewer(factories.moderator()), post, "Le chien dort.\n\nأهلا بالجميع")
    post.refresh_from_db()
    return post


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_each_version_says_who_wrote_it_and_why(post):
    versions = page_of(post, 1, 10)
    assert [version.number for version in versions] == [3, 2, 1]
    assert [version.text.split()[1] for version in versions] == ["chien", "chien", "chat"]
    assert [version.by for version in versions][1:] == [post.author, post.author]
    assert [version.reason for version in versions] == ["", "Erreur", ""]
    assert versions[0].at > versions[1].at > versions[2].at


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_versions_join(post, size):
    whole = page_of(post, 1, 10)
    pages = [page_of(post, number, size) for number in range(1, -(-3 // size) + 1)]
    joined = [version for page in pages for version in page]
    assert [version.number for version in joined] == [3, 2, 1]
    assert [version.lines() for version in joined] == [version.lines() for version in whole]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_history_shows_the_words_that_changed(client, post, language):
    response = client.get(f"/{language}/forum/p/{post.pk}/history/")
    page = soup(response)
    latest, second, first = page.select(".forum-versions > li")
    assert [one.text for one in latest.select("del, ins")] == ["بكم", "بالجميع"]
    assert [one.text for one in second.select("del, ins")] == ["chat", "chien"]
    assert not first.select("del, ins")
    assert all(line["dir"] == "auto" for line in page.select(".forum-changes p"))


def test_history_of_a_first_post_shows_the_title_that_changed(client):
    thread = factories.thread(title="Ancien titre")
    post = thread.posts.get()
    verbs.edit(factories.viewer(thread.author), post, post.source, title="Nouveau titre")
    page = soup(client.get(f"/fr/forum/p/{post.pk}/history/"))
    latest, _first = page.select(".forum-versions > li")
    assert [one.text for one in latest.select("del, ins")] == ["Ancien", "Nouveau"]


def test_history_is_seen_by_who_sees_the_post(client, post):
    verbs.delete(factories.viewer(post.author), post)
    address = f"/fr/forum/p/{post.pk}/history/"
    assert client.get(address).status_code == 404
    client.force_login(post.author.user)
    assert client.get(address).status_code == 200
    client.force_login(factories.MemberFactory().user)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "99", "x", "2"])
def test_page_that_there_is_not_is_the_nearest(client, post, page):
    assert client.get(f"/fr/forum/p/{post.pk}/history/", {"page": page}).status_code == 200


def test_history_takes_as_many_queries_for_many_versions(post, django_assert_num_queries):
    for _size in range(2):
        found = Post.objects.select_related("thread", "author").get(pk=post.pk)
        with django_assert_num_queries(2):
            assert all(version.by.name for version in page_of(found, 1, 10))
        for number in range(15):
            verbs.edit(factories.viewer(post.author), post, f"Texte {number}")
        post.refresh_from_db()


texts = st.text("ab \n,.اب", max_size=60)


@given(texts, texts)
def test_versions_can_be_read_from_their_differences(before, after):
    lines = lines_of(before, after)
    old = ["".join(p.text for p in line if p.change != "ins") for line in lines]
    new = ["".join(p.text for p in line if p.change != "del") for line in lines]
    assert "".join(old) == before.replace("\n", "")
    assert "".join(new) == after.replace("\n", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 10_000, "b a " * 5_000),
        ("a\n" * 10_000, "b\na\n" * 5_000),
        ("ab" * 10_000, "," * 20_000),
        ("x\n" * 900, "y\n" * 900),
        ("x\n" * 900, "x\ny\n" * 450),
        ("a, " * 2_000, "a; " * 2_000),
        (" ".join(map(str, range(2_000))), " ".join(f"{n} x" for n in range(0, 4_000, 2))),
    ],
)
def test_long_texts_are_compared_in_no_time(before, after):
    start = time.process_time()
    assert lines_of(before, after)
    assert time.process_time() - start < 1.5
