"""Members keep posts at hand, with a note that is theirs alone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions.bookmarks import drop, keep
from ess_forum.models import Bookmark, Post, State

from .factories import MemberFactory, post, someone, thread, viewer

pytestmark = pytest.mark.django_db


def test_bookmark_is_kept_once_and_its_note_changes():
    who, first = viewer(MemberFactory()), thread().posts.get()
    keep(who, first)
    keep(who, first, " à relire ")
    assert [one.note for one in Bookmark.objects.all()] == ["à relire"]
    for _click in range(2):
        drop(who, first)
    assert not Bookmark.objects.exists()


def test_note_is_cut_rather_than_refused():
    assert len(keep(viewer(MemberFactory()), thread().posts.get(), "x" * 300).note) == 200


def test_nobody_drops_the_bookmark_of_another():
    first = thread().posts.get()
    keep(viewer(MemberFactory()), first)
    drop(viewer(MemberFactory()), first)
    assert Bookmark.objects.count() == 1


def test_hidden_post_is_not_kept_but_can_be_dropped():
    who, reply = viewer(MemberFactory()), post(thread())
    keep(who, reply)
    Post.objects.filter(pk=reply.pk).update(state=State.HIDDEN)
    reply.refresh_from_db()
    with pytest.raises(PermissionDenied):
        keep(who, reply)
    drop(who, reply)
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("visitor", 302),
        ("author", 200),
        ("member", 200),
        ("silenced", 200),
        ("suspended", 403),
        ("moderator", 200),
    ],
)
def test_who_may_keep_a_post(client, language, kind, status):
    author = MemberFactory()
    first = thread(author).posts.get()
    if one := someone(kind, author):
        client.force_login(one.user)
    with override(language):
        address = reverse("ess_forum:bookmark", args=[first.pk])
    data, script = {"keep": "1", "note": "لاحقا"}, {"accept": "application/json"}
    response = client.post(address, data, headers=script)
    assert response.status_code == status
    assert Bookmark.objects.count() == (status == 200)
    if status == 200:
        assert 'value="لاحقا"' in response.json()["html"]
        assert client.post(address, {"drop": "1"}).url == first.get_absolute_url()
        assert not Bookmark.objects.exists()


def test_note_is_shown_to_nobody_else(client):
    discussion = thread()
    keep(viewer(MemberFactory()), discussion.posts.get(), "note secrète")
    for one in (None, MemberFactory(), someone("moderator")):
        if one:
            client.force_login(one.user)
        assert "note secrète" not in client.get(discussion.get_absolute_url()).content.decode()
