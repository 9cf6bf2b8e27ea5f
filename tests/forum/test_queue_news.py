"""Moderators are told that something waits for them: on the site, by mail, in the digest."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from ess_forum import letters
from ess_forum.actions import appeals, approval, posts, sanctions
from ess_forum.actions.flags import flag_post, reopen_flags
from ess_forum.actions.leaving import leave
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.decisions import Told
from ess_forum.models import (
    ForumSettings,
    Mail,
    Member,
    Notification,
    NotificationChoice,
    WatchedWord,
)

from . import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]

Kind = Notification.Kind
Outcome = approval.Outcome


def later() -> datetime.datetime:
    return timezone.now() + DELAY + datetime.timedelta(seconds=1)


@pytest.fixture
def moderator():
    return f.moderator()


@pytest.fixture
def newcomer():
    ForumSettings.objects.update_or_create(defaults={"approved_posts": 1})
    return f.MemberFactory(trust=Member.Trust.NEW)


def flagged():
    post = f.post(f.thread())
    flag_post(f.viewer(f.MemberFactory()), post, "spam")
    return post


def unread(member: Member) -> int:
    """How often the member is told that something waits: what the page counts says the same."""
    told = Notification.objects.filter(member=member, read_at=None, data__decision=Told.WAITING)
    member.refresh_from_db()
    assert member.unread_notifications == member.notifications.filter(read_at=None).count()
    return told.count()


def bring(what: str, newcomer: Member) -> None:
    """Have something wait for moderators."""
    match what:
        case "report":
            flagged()
        case "first thread":
            f.thread(newcomer)
        case "first reply":
            f.post(f.thread(), newcomer)
        case "watched word":
            WatchedWord.objects.create(words="casino", effect=WatchedWord.Effect.FLAG)
            f.post(f.thread(), text="Au casino, demain.")
        case "watched word in an edit":
            post = f.post(f.thread())
            WatchedWord.objects.create(words="casino", effect=WatchedWord.Effect.FLAG)
            posts.edit(f.viewer(post.author), post, "Au casino, demain.")
        case "appeal":
            measure = sanctions.Measure("ban", "Spam")
            sanction = sanctions.impose(f.viewer(f.moderator()), f.MemberFactory(), measure)
            appeals.appeal(f.viewer(sanction.member), sanction, "Je m’excuse.")
        case "restored by its author":
            post = f.thread(newcomer).posts.get()
            posts.delete(f.viewer(newcomer), post)
            Notification.objects.update(read_at=timezone.now())
            Member.objects.update(unread_notifications=0)
            posts.restore(f.viewer(newcomer), post)


@pytest.mark.parametrize(
    "what",
    [
        "report",
        "first thread",
        "first reply",
        "watched word",
        "watched word in an edit",
        "appeal",
        "restored by its author",
    ],
)
def test_moderators_are_told_of_what_waits(moderator, newcomer, what):
    bystander = f.MemberFactory()
    bring(what, newcomer)
    assert unread(moderator) == 1
    assert unread(bystander) == unread(newcomer) == 0


def test_who_has_not_looked_is_told_once(moderator):
    flagged(), flagged()
    assert unread(moderator) == 1


def test_who_has_looked_is_told_of_what_comes_next(client, moderator):
    moderator.user.is_superuser = True
    moderator.user.save()
    flagged()
    client.force_login(moderator.user)
    assert client.get(reverse("ess_forum_queue")).status_code == 200
    assert unread(moderator) == 0
    flagged()
    assert unread(moderator) == 1
    client.get(reverse("ess_forum_appeals"))
    assert unread(moderator) == 0


def test_nobody_is_told_of_what_they_brought(moderator):
    flag_post(f.viewer(moderator), f.post(f.thread()), "spam")
    assert unread(moderator) == 0


def test_banned_moderator_is_told_nothing():
    banned = f.moderator(is_banned=True)
    flagged()
    assert unread(banned) == 0


def test_what_another_has_handled_is_told_no_more(moderator):
    first, second = flagged(), flagged()
    other = f.viewer(f.moderator())
    approval.decide(other, first, Outcome.SHOW)
    assert unread(moderator) == 1  # the second still waits
    approval.decide(other, second, Outcome.SHOW)
    assert unread(moderator) == 0
    send_due_mails(later())
    assert moderator.user.email not in {to for letter in mail.outbox for to in letter.to}


def test_post_that_its_author_takes_back_waits_no_more(moderator, newcomer):
    post = f.thread(newcomer).posts.get()
    posts.delete(f.viewer(newcomer), post)
    assert unread(moderator) == 0


def test_what_goes_with_its_author_waits_no_more(moderator, newcomer):
    f.thread(newcomer)
    leave(newcomer.user, keeps_posts=False)
    assert unread(moderator) == 0


def test_appeal_that_is_decided_waits_no_more(moderator, newcomer):
    bring("appeal", newcomer)
    appeal = appeals.Appeal.objects.get()
    appeals.decide_appeal(f.viewer(f.moderator()), appeal, grants=False, answer="Non.")
    assert unread(moderator) == 0


def test_flags_that_are_open_again_are_told_to_the_others(moderator):
    post, other = flagged(), f.viewer(f.moderator())
    approval.decide(other, post, Outcome.SHOW)
    reopen_flags(other, post)
    assert (unread(moderator), unread(other.me)) == (1, 0)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_mail_leads_to_the_queue_and_tells_nothing_of_it(moderator, language):
    Member.objects.filter(pk=moderator.pk).update(language=language)
    post = flagged()
    assert [send_due_mails(later()), send_due_mails(later())] == [1, 0]
    (letter,) = mail.outbox
    assert letter.to == [moderator.user.email]
    assert reverse("ess_forum_queue") in letter.body
    assert post.source not in letter.body


@pytest.mark.parametrize("choice", list(Mail))
def test_moderator_chooses_how(moderator, choice):
    NotificationChoice.objects.create(member=moderator, kind=Kind.MODERATION, mail=choice)
    flagged()
    assert send_due_mails(later()) == (choice == Mail.AT_ONCE)
    since = timezone.now() - datetime.timedelta(days=1)
    urls = [item.url for part in letters.sections(moderator, since) for item in part.items]
    assert any(reverse("ess_forum_queue") in url for url in urls) is (choice == Mail.DIGEST)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_page_of_notifications_leads_to_the_queue(client, moderator, language):
    flagged()
    client.force_login(moderator.user)
    page = client.get(f"/{language}/forum/notifications/").content
    links = BeautifulSoup(page, "html.parser").select(".forum-notification a")
    assert [link["href"] for link in links] == [reverse("ess_forum_queue")]
