"""What members are writing is kept on the server, and nothing of it is lost."""

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ess_forum.actions import drafts as verbs
from ess_forum.models import Draft, Member, Post, Thread

from . import factories

pytestmark = pytest.mark.django_db
KEEP = "/fr/forum/drafts/keep/"


@pytest.fixture
def me(client):
    member = factories.MemberFactory()
    client.force_login(member.user)
    return member


@pytest.fixture
def thread():
    return factories.thread()


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def keep(client, place: str, number: int, text: str = "Mon brouillon", **fields):
    return client.post(KEEP, {"place": place, "number": number, "source": text, **fields})


def test_script_keeps_a_draft_and_the_composer_opens_with_it(client, me, thread):
    assert keep(client, f"reply:{thread.pk}", 1, "Un début أهلا").json() == {"number": 1}
    for page in (f"/fr/forum/threads/{thread.pk}/reply/", thread.get_absolute_url()):
        form = soup(client.get(page, follow=True))
        assert form.select_one("textarea[name=source]").text.strip() == "Un début أهلا"
        assert form.select_one("[name=number]")["value"] == "1"
        assert form.select_one(".forum-draft-notice form, form.forum-draft-notice")


def test_draft_holds_all_fields_of_a_thread_and_nothing_else(client, me):
    category = factories.CategoryFactory()
    fields = {"title": "Titre", "language": "ar", "topics": "un، deux"}
    keep(client, f"thread:{category.pk}", 1, homepage="x", csrfmiddlewaretoken="y", **fields)
    assert Draft.objects.get().data == {
        "source": ["Mon brouillon"],
        **{name: [value] for name, value in fields.items()},
    }
    page = soup(client.get(f"/fr/forum/categories/{category.pk}/start/"))
    assert page.select_one("[name=title]")["value"] == "Titre"
    assert page.select_one("[name=topics]")["value"] == "un، deux"
    assert page.select_one("[name=language] [selected]")["value"] == "ar"


def test_what_was_sent_earlier_and_comes_later_changes_nothing(client, me, thread):
    place = f"reply:{thread.pk}"
    assert keep(client, place, 3, "plus tard").status_code == 200
    late = keep(client, place, 2, "plus tôt")
    assert late.status_code == 409
    assert late.json()["error"]
    assert keep(client, place, 3, "la même").status_code == 409
    assert Draft.objects.get().data["source"] == ["plus tard"]
    assert keep(client, place, 4, "encore").status_code == 200


def test_button_keeps_a_draft_over_what_there_is(client, me, thread):
    page = f"/fr/forum/threads/{thread.pk}/reply/"
    keep(client, f"reply:{thread.pk}", 5, "par le script")
    response = client.post(page, {"source": "par le bouton", "keep": "1", "number": "1"})
    assert response.url == page
    draft = Draft.objects.get()
    assert (draft.data["source"], draft.number) == (["par le bouton"], 6)


def test_posted_draft_is_gone(client, me, thread):
    keep(client, f"reply:{thread.pk}", 1)
    keep(client, f"edit:{thread.pk}", 1)
    client.post(f"/fr/forum/threads/{thread.pk}/reply/", {"source": "Envoyé"})
    assert [draft.place for draft in Draft.objects.all()] == [f"edit:{thread.pk}"]


def test_draft_of_what_could_not_be_posted_stays(client, me, thread):
    keep(client, f"reply:{thread.pk}", 1)
    client.post(f"/fr/forum/threads/{thread.pk}/reply/", {"source": " "})
    assert Draft.objects.exists()


def test_draft_and_post_go_together(me, thread):
    viewer = factories.viewer(me)
    verbs.keep(viewer, "conversation", {"source": ["a"]})

    def fail():
        factories.post(thread, author=me)
        raise ValidationError("non")

    with pytest.raises(ValidationError):
        verbs.posted(viewer, "conversation", fail)
    assert Draft.objects.exists()
    assert not Post.objects.filter(author=me).exists()


@pytest.mark.parametrize(
    "place",
    ["", "reply", "reply:0", "reply:x", "thread:1 ", "page:1", "discussion:1", "edit:" + "9" * 19],
)
def test_place_that_is_none_is_refused(client, me, place):
    assert keep(client, place, 1).status_code == 404
    assert client.post("/fr/forum/drafts/discard/", {"place": place}).status_code == 404


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 10])
def test_number_that_is_none_is_refused(client, me, number):
    assert keep(client, "conversation", number).status_code == 404


def test_quote_is_put_below_the_draft(client, me, thread):
    keep(client, f"reply:{thread.pk}", 1, "Déjà écrit")
    post = thread.posts.get()
    page = f"/fr/forum/threads/{thread.pk}/reply/?quote={post.pk}"
    text = soup(client.get(page)).select_one("textarea[name=source]").text.strip()
    assert text.startswith("Déjà écrit\n\n> [@")
    assert text.endswith("> Bonjour à tous.")


def test_drafts_are_ones_own(client, me, thread):
    place = f"reply:{thread.pk}"
    other = factories.MemberFactory()
    verbs.keep(factories.viewer(other), place, {"source": ["à un autre"]})
    assert b"autre" not in client.get("/fr/forum/drafts/").content
    keep(client, place, 1, "à moi")
    client.post("/fr/forum/drafts/discard/", {"place": place})
    assert [draft.member for draft in Draft.objects.all()] == [other]


def test_list_leads_to_where_one_goes_on(client, me, thread):
    post = factories.post(thread, author=me)
    for place in (f"thread:{thread.category_id}", f"reply:{thread.pk}", f"edit:{post.pk}"):
        keep(client, place, 1)
    links = [
        link["href"] for link in soup(client.get("/fr/forum/drafts/")).select(".forum-drafts a")
    ]
    assert len(links) == 3
    for link in links:
        assert client.get(link).status_code == 200


def test_list_does_not_tell_of_threads_that_one_does_not_see(client, me):
    thread = factories.thread(title="Affaire secrète")
    keep(client, f"reply:{thread.pk}", 1)
    assert b"secr" in client.get("/fr/forum/drafts/").content
    thread.category.see = 3
    thread.category.save()
    assert b"secr" not in client.get("/fr/forum/drafts/").content


def test_list_takes_as_many_queries_for_many(client, me):
    counts = []
    for number in (1, 10):
        for _draft in range(number):
            thread = factories.thread(title=f"{Thread.objects.count()}")
            keep(client, f"reply:{thread.pk}", 1)
            keep(client, f"edit:{thread.posts.get().pk}", 1)
        client.get("/fr/forum/drafts/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/fr/forum/drafts/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_discarding_leads_back_to_this_site_alone(client, me):
    here = {"place": "conversation", "next": "/fr/forum/latest/"}
    assert client.post("/fr/forum/drafts/discard/", here).url == "/fr/forum/latest/"
    there = {"place": "conversation", "next": "https://evil.example/"}
    assert client.post("/fr/forum/drafts/discard/", there).url == "/fr/forum/drafts/"


def test_member_who_may_not_write_keeps_nothing(client, me):
    Member.objects.update(silenced_until=timezone.now() + timedelta(days=1))
    assert keep(client, "conversation", 1).status_code == 403
    with pytest.raises(PermissionDenied):
        verbs.keep(factories.viewer(me), "conversation", {})


def test_too_many_or_too_long_drafts_are_refused(client, me, monkeypatch):
    monkeypatch.setattr(verbs, "MAX_DRAFTS", 2)
    for _number in range(2):
        assert keep(client, f"discussion:{uuid.uuid4()}", 1).status_code == 200
    assert keep(client, f"discussion:{uuid.uuid4()}", 1).status_code == 422
    monkeypatch.setattr(verbs, "MAX_LENGTH", 50)
    assert keep(client, "conversation", 1, "a" * 60).status_code == 422
