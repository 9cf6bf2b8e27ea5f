"""What members say of themselves, and the page of a member."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import ordering, profiles
from ess_forum.actions import posts as post_verbs
from ess_forum.models import Audience, Member, Membership, ModerationEvent, Post

from . import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


def edit(member: Member, **fields) -> Member:
    fields = {"name": member.name, "handle": member.handle, "about": member.about} | fields
    return profiles.edit_profile(f.viewer(member), **fields)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Amina", "amina"), ("@Élodie", "élodie"), (" أمينة_2 ", "أمينة_2"), ("E\u0301lo", "élo")],
)
def test_handle_is_folded_in_any_script(sent, kept):
    member = edit(f.MemberFactory(), handle=sent)
    member.refresh_from_db()
    assert member.handle == kept


@pytest.mark.parametrize("handle", ["", "deux mots", "-a", "a/b", "x" * 41, "moi!", "pris"])
def test_handle_that_cannot_be_is_refused(handle):
    f.MemberFactory(handle="pris")
    with pytest.raises(ValidationError) as error:
        edit(f.MemberFactory(), handle=handle)
    assert set(error.value.error_dict) == {"handle"}


def test_name_is_needed():
    with pytest.raises(ValidationError):
        edit(f.MemberFactory(), name="  ")


def test_mentions_lead_on_when_the_handle_changes(client):
    member, other = f.MemberFactory(handle="amina"), f.MemberFactory(handle="amina-2")
    post = f.thread(text="Bonjour @amina et @amina-2.").posts.get()
    version = post.thread.version
    edit(member, handle="أمينة")
    post.refresh_from_db()
    assert "m/amina/" not in post.html
    assert "m/amina-2/" in post.html
    post.thread.refresh_from_db()
    assert post.thread.version > version
    client.force_login(other.user)
    assert client.get(url("member", "أمينة")).status_code == 200
    assert client.get(url("member", "amina")).status_code == 404


def test_member_is_found_by_the_new_name():
    member = edit(f.MemberFactory(), name="Zoubida", handle="zoubida")
    member.refresh_from_db()
    assert "zoubida" in member.folded


def test_moderator_mends_a_profile_and_it_is_written_down():
    moderator, member = f.moderator(), f.MemberFactory(name="Insulte")
    fields = {"name": "Membre", "handle": member.handle, "about": ""}
    profiles.edit_member(f.viewer(moderator), member, **fields)
    event = ModerationEvent.objects.get()
    assert (event.verb, event.details["before"]["name"]) == ("edit_member", "Insulte")
    with pytest.raises(PermissionDenied):
        profiles.edit_member(f.viewer(f.MemberFactory()), member, **fields)
    with pytest.raises(PermissionDenied):
        profiles.edit_member(f.viewer(moderator), f.moderator(), **fields)


@both_languages
def test_profile_is_edited_and_what_is_wrong_is_kept(client, language):
    member = f.MemberFactory(name="Avant")
    client.force_login(member.user)
    address = url("edit_profile", language=language)
    wrong = client.post(address, {"name": "Après", "handle": "deux mots", "about": "Moi"})
    assert wrong.status_code == 422
    assert "deux mots" in wrong.content.decode()
    assert "Avant" in wrong.content.decode()
    right = client.post(address, {"name": "Après", "handle": "APRÈS", "about": "Moi"})
    assert right.url == url("member", "après", language=language)
    assert "Moi" in client.get(right.url).content.decode()


@both_languages
def test_page_of_a_member_shows_what_the_viewer_may_see(client, language):
    author, reader = f.MemberFactory(about="De Béjaïa"), f.MemberFactory()
    group = f.GroupFactory()
    closed = f.CategoryFactory(
        see=Audience.GROUP, start=Audience.GROUP, reply=Audience.GROUP, group=group
    )
    Membership.objects.create(group=group, member=author)
    f.thread(author, title="Visible", text="Pour tous")
    f.thread(author, closed, title="Secret", text="Pour le groupe")
    gone = f.thread(author, title="Caché", text="Parti").posts.get()
    post_verbs.hide(f.viewer(f.moderator()), gone)
    client.force_login(reader.user)
    text = client.get(url("member", author.handle, language=language)).content.decode()
    assert "De Béjaïa" in text
    assert "Visible" in text
    assert "Secret" not in text
    assert "Caché" not in text
    Membership.objects.create(group=group, member=reader)
    assert "Secret" in client.get(url("member", author.handle, language=language)).content.decode()


def test_visitors_do_not_see_members(client):
    member = f.MemberFactory()
    answer = client.get(url("member", member.handle))
    assert answer.status_code == 302
    assert "login" in answer.url


def test_former_member_is_shown_as_one(client):
    former, reader = f.MemberFactory(), f.MemberFactory()
    f.thread(former, title="Restée")
    former.user.delete()
    client.force_login(reader.user)
    with override("en"):
        text = client.get(url("member", former.handle)).content.decode()
    assert "Restée" in text
    assert "messages/start" not in text.split("<h1", 1)[1]


@pytest.mark.parametrize("number", [1, 45])
def test_page_of_a_member_costs_the_same(client, number):
    author, reader = f.MemberFactory(), f.MemberFactory()
    thread = f.thread(author)
    for _number in range(number):
        post = Post(thread=thread, author=author, source="a", html="<p>a</p>", language="fr")
        post.position = thread.last_position = thread.last_position + 1
        post.save()
    client.force_login(reader.user)
    address = url("member", author.handle)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert len(queries) <= 16, [query["sql"] for query in queries]
    if number > 1:
        following = answer.context["next_before"]
        assert client.get(f"{address}?before={following}").context["posts"]


def test_merged_threads_posts_are_listed_under_where_they_are(client):
    author, reader, moderator = f.MemberFactory(), f.MemberFactory(), f.moderator()
    one, two = f.thread(author, title="Première"), f.thread(title="Deuxième")
    ordering.merge(f.viewer(moderator), one, two)
    client.force_login(reader.user)
    text = client.get(url("member", author.handle)).content.decode()
    assert "Deuxième" in text
    assert "Première" not in text
