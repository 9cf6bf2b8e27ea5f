"""Parts of pages that are made once: for all who see the same, and for nobody else."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from ess_forum import kept_parts
from ess_forum.actions import drafts
from ess_forum.actions.reactions import react
from ess_forum.models import ForumSettings, Member

from .factories import MemberFactory, moderator, post, thread, viewer

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')


@pytest.fixture
def made(monkeypatch):
    """The templates of the parts that were made, and not found kept."""
    made, render = [], kept_parts.render_to_string

    def note(template, *args):
        made.append(template.rpartition("/")[2])
        return render(template, *args)

    monkeypatch.setattr(kept_parts, "render_to_string", note)
    cache.clear()
    return made


def read(client, address: str, member: Member, language: str = "fr") -> str:
    client.force_login(member.user)
    with override(language):
        return client.get(address).content.decode()


def in_language(found, language: str) -> str:
    with override(language):
        return found.get_absolute_url()


def test_what_members_see_alike_is_made_once(client, made):
    discussion = thread()
    post(discussion)
    address, latest = in_language(discussion, "fr"), "/fr/forum/latest/"
    for _number in range(3):
        read(client, address, MemberFactory())
        read(client, latest, MemberFactory())
    # That the member has not read the thread is said at its posts and at its row.
    once = ["list_tabs.html", "post.html", "post.html", "reply.html", "thread.html"]
    assert sorted(made) == once


@pytest.mark.parametrize(
    "change",
    [
        lambda first, member: react(viewer(member), first, "👍"),
        lambda first, _member: Member.objects.filter(pk=first.author_id).update(name="Autre nom"),
        lambda first, _member: type(first).objects.filter(pk=first.pk).update(html="<p>Non.</p>"),
        lambda first, _member: type(first).objects.filter(pk=first.pk).update(state=2),
    ],
    ids=["reaction", "name", "text", "state"],
)
def test_what_has_changed_is_made_anew(client, made, change):
    discussion, reader = thread(), moderator()
    address = in_language(discussion, "fr")
    before = [read(client, address, reader) for _time in range(2)][1]
    made.clear()
    change(discussion.posts.get(), MemberFactory())
    assert read(client, address, reader) != before
    assert made == ["post.html"]


def test_each_reader_sees_what_is_theirs(client, made):
    author, reader = MemberFactory(), MemberFactory()
    discussion = thread(author)
    first = discussion.posts.get()
    react(viewer(reader), first, "👍")
    address = in_language(discussion, "fr")
    with override("fr"):
        edits, reports = (
            reverse(f"ess_forum:{verb}", args=[first.pk]) for verb in ("edit_post", "flag_post")
        )
    pages = [read(client, address, who) for who in (author, reader, MemberFactory())]
    assert [edits in page for page in pages] == [True, False, False]
    assert [reports in page for page in pages] == [False, True, True]
    assert [page.count('name="take_back"') for page in pages] == [0, 2, 0]


def test_each_language_has_its_own(client, made):
    discussion, reader = thread(), MemberFactory()
    pages = [read(client, in_language(discussion, code), reader, code) for code in ("fr", "ar")]
    assert f"/ar/forum/p/{discussion.posts.get().pk}/" in pages[1]
    assert "/fr/forum/p/" not in pages[1]


def test_each_reader_sends_a_token_of_their_own(made):
    discussion = thread()
    first = discussion.posts.get()
    address = in_language(discussion, "fr")
    with override("fr"):
        sent = reverse("ess_forum:react", args=[first.pk])
    readers = [MemberFactory(), MemberFactory()]
    for reader in readers:  # the second finds what was made for the first
        client = Client(enforce_csrf_checks=True)
        page = read(client, address, reader)
        token = TOKEN.search(page[page.index('class="forum-reactions"') :])[1]
        answer = client.post(sent, {"add": "👍", "csrfmiddlewaretoken": token})
        assert answer.status_code == 302
    first.refresh_from_db()
    assert first.reactions == {"👍": 2}


def test_place_for_a_reply_is_the_same_for_all_who_have_no_draft(client, made):
    discussion, writer = thread(), MemberFactory()
    address = in_language(discussion, "fr")
    with override("fr"):
        read_before = [read(client, address, who) for who in (writer, MemberFactory())]
        drafts.keep(viewer(writer), f"reply:{discussion.pk}", {"source": ["À moi seule."]})
        assert "À moi seule." in read(client, address, writer)
    assert made.count("reply.html") == 1
    others = read(client, address, MemberFactory())
    for page in (*read_before, others):
        assert "À moi seule." not in page
        assert f'action="/fr/forum/threads/{discussion.pk}/reply/"' in page


def test_place_for_a_reply_follows_what_editors_decide(client, made):
    discussion = thread()
    address = in_language(discussion, "fr")
    assert "midi" not in read(client, address, MemberFactory())
    limits = ForumSettings.load()
    limits.upload_extensions = "midi"
    limits.save()
    assert "midi" in read(client, address, MemberFactory())


def test_each_reader_replies_by_a_token_of_their_own(made):
    discussion = thread()
    address = in_language(discussion, "fr")
    for number in (1, 2):
        client = Client(enforce_csrf_checks=True)
        page = read(client, address, MemberFactory(trust=Member.Trust.REGULAR))
        token = TOKEN.search(page[page.index('id="composer"') :])[1]
        sent = f"/fr/forum/threads/{discussion.pk}/reply/"
        data = {"source": f"Réponse {number}.", "send": "1", "csrfmiddlewaretoken": token}
        assert client.post(sent, data).status_code == 302
    assert made.count("reply.html") == 1
    assert discussion.posts.count() == 3
