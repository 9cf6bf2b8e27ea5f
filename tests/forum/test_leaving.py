"""A member leaves: what they wrote loses its name, or goes; nothing that is counted is wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.search.models import IndexEntry

from ess_forum import checking
from ess_forum.actions import bookmarks, polls, reactions
from ess_forum.actions.leaving import leave
from ess_forum.actions.profiles import edit_member
from ess_forum.actions.threads import start_conversation
from ess_forum.models import (
    Bookmark,
    Category,
    Member,
    ModerationEvent,
    Notification,
    Post,
    PostRevision,
    State,
    Subscription,
    Thread,
)
from ess_forum.search import Search, search

from .factories import CategoryFactory, MemberFactory, moderator, post, thread, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arabic", "run_tasks")]


@pytest.fixture
def nadia():
    return MemberFactory(name="Nadia Secrète", handle="nadia", about="Potière", last_seen_on=None)


@pytest.fixture
def other():
    return MemberFactory(name="Amine")


@pytest.fixture
def world(nadia, other):
    """What Nadia has done, and others with her."""
    category = CategoryFactory(start=1, reply=1)
    own = thread(nadia, category, text="Mes mots à moi.")
    alone = thread(nadia, category, title="Seule", text="Personne ne répond.")
    post(own, other, "Bonjour @nadia, et @Nadia encore ; pas nadia@example.org.")
    theirs = thread(other, category)
    mine = post(theirs, nadia, "Ma réponse.")
    reactions.react(viewer(other), mine, "👍")
    reactions.react(viewer(nadia), theirs.posts.get(position=1), "👍")
    bookmarks.keep(viewer(nadia), mine, "à relire")
    private = start_conversation(viewer(nadia), [other], "Entre nous", "En secret.", language="fr")
    return {"own": own, "alone": alone, "theirs": theirs, "mine": mine, "private": private}


def fresh(record):
    return type(record)._default_manager.get(pk=record.pk)


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "removed"])
def test_nothing_names_who_has_left_and_counters_stay_exact(nadia, world, keeps):
    user = nadia.user
    leave(user, keeps_posts=keeps)
    member = fresh(nadia)
    assert member.user is None
    assert member.about == ""
    told = [str(member.name), member.handle, member.folded]
    told += Post.objects.values_list("source", flat=True)
    told += Post.objects.values_list("html", flat=True)
    words = " ".join(told).replace("nadia@example.org", "").lower()
    assert "nadia" not in words
    assert list(checking.differences()) == []
    for model in (Bookmark, Notification, Subscription):
        assert not model.objects.filter(member=nadia).exists()
    assert not nadia.participations.filter(left_at=None).exists()
    leave(user, keeps_posts=keeps)  # a second click finds nobody
    assert Member.objects.filter(handle__startswith="former-").count() == 1


def test_posts_stay_under_a_name_for_readers_of_each_language(nadia, world):
    leave(nadia.user, keeps_posts=True)
    names = []
    for language in ("fr", "ar"):
        with override(language):
            names.append(gettext("Former member"))
    assert fresh(nadia).name == " · ".join(dict.fromkeys(names))
    assert fresh(world["mine"]).source == "Ma réponse."
    assert fresh(world["private"]).posts.get().source == "En secret."


def test_words_are_removed_where_the_site_says_so_and_others_discussions_go_on(nadia, world, other):
    leave(nadia.user, keeps_posts=False)
    for text in ("Mes mots", "Ma réponse", "Personne", "En secret"):
        assert not Post.objects.filter(source__contains=text).exists()
        assert not PostRevision.objects.filter(source__contains=text).exists()
    own, alone, theirs = (fresh(world[name]) for name in ("own", "alone", "theirs"))
    assert own.state == State.VISIBLE
    assert own.posts.visible().count() == 2
    assert own.posts.get(position=1).source
    assert (alone.state, alone.title) == (State.DELETED, "—")
    assert theirs.reply_count == 0
    assert fresh(other).post_count == 2


def test_mention_leads_to_the_former_member_and_an_address_is_left_alone(nadia, world):
    leave(nadia.user, keeps_posts=True)
    reply = fresh(world["own"]).posts.get(position=2)
    handle = fresh(nadia).handle
    assert reply.source == f"Bonjour @{handle}, et @{handle} encore ; pas nadia@example.org."
    assert f"forum:m/{handle}/" in reply.html


def test_pages_kept_for_visitors_are_made_anew(client, nadia, world):
    Category.objects.update(see=0)
    page = reverse("ess_forum:thread", args=[world["own"].pk, world["own"].slug])
    assert "Nadia Secrète" in client.get(page).content.decode()
    leave(nadia.user, keeps_posts=True)
    shown = client.get(page).content.decode()
    assert "Nadia Secrète" not in shown
    assert "@nadia" not in shown.lower()


def test_moderators_log_forgets_the_name_and_keeps_the_deed(nadia, world):
    edit_member(viewer(moderator()), nadia, name="Nadia Secrète", handle="nadia-2")
    leave(nadia.user, keeps_posts=True)
    event = ModerationEvent.objects.get(verb="edit_member")
    assert "Nadia" not in event.about
    assert "before" not in event.details
    assert event.details["member"] == nadia.pk


def test_votes_in_polls_and_reactions_stay_counted(nadia, other):
    draft = polls.PollDraft("Quand ?", ("Lundi", "Mardi"))
    asked = thread(other, poll=draft).posts.get().poll
    polls.vote(viewer(nadia), asked, [asked.options.first().pk])
    leave(nadia.user, keeps_posts=False)
    assert fresh(asked).voter_count == 1
    assert list(checking.differences()) == []


@pytest.mark.parametrize(("keeps", "found"), [(True, 1), (False, 0)], ids=["kept", "removed"])
def test_words_that_are_removed_are_not_found_any_more(nadia, world, keeps, found):
    Category.objects.update(see=0)
    asked = Search(words="personne répond")
    assert len(search(viewer(), asked).posts) == 1
    leave(nadia.user, keeps_posts=keeps)
    assert len(search(viewer(), asked).posts) == found
    assert IndexEntry.objects.filter(body__icontains="person").count() == found


def test_many_posts_take_as_many_queries_to_remove_as_few(nadia):
    def count(number):
        member = MemberFactory()
        started = thread(MemberFactory())
        for _time in range(number):
            post(started, member)
        with CaptureQueriesContext(connection) as queries:
            leave(member.user, keeps_posts=False)
        return len(queries)

    assert count(6) - count(2) <= 4  # webhooks are looked up for each


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "removed"])
def test_conversation_stays_with_the_others(nadia, other, world, keeps):
    private = world["private"]
    post(private, other, "Tu es là ?")
    leave(nadia.user, keeps_posts=keeps)
    assert list(Thread.objects.conversations_of(other)) == [private]
    assert fresh(private).posts.visible().filter(author=other).exists()
