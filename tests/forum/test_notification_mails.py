"""What members have not read on the site goes out by mail."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions import approval, notifications, ordering, posts
from ess_forum.actions.conversations import leave
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.actions.threads import start_conversation
from ess_forum.decisions import Told
from ess_forum.models import (
    DEFAULT_MAIL,
    Audience,
    Mail,
    Member,
    Notification,
    NotificationChoice,
)

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]

Kind = Notification.Kind


def later() -> datetime.datetime:
    return timezone.now() + DELAY + datetime.timedelta(seconds=1)


@pytest.fixture
def member():
    return factories.MemberFactory(name="Amina")


@pytest.fixture
def reply(member):
    """A reply to what the member wrote."""
    thread = factories.thread(title="Une coopérative à Béjaïa")
    own = factories.post(thread, member)
    nadia = factories.MemberFactory(name="Nadia")
    return factories.post(thread, nadia, "Oui, **nous** <aussi>.", reply_to=own)


def test_mail_waits_for_its_reader_to_come_by(reply):
    assert send_due_mails() == 0
    assert send_due_mails(later()) == 1
    assert send_due_mails(later()) == 0


def test_mail_says_who_wrote_what_where(reply, member):
    send_due_mails(later())
    (letter,) = mail.outbox
    assert letter.to == [member.user.email]
    assert letter.subject == "Une coopérative à Béjaïa"
    assert "Nadia" in letter.body
    assert "Oui, nous <aussi>." in letter.body
    assert f"/fr/forum/p/{reply.pk}/" in letter.body
    assert "Oui, nous &lt;aussi&gt;." in letter.alternatives[0].content


def test_mails_of_a_thread_are_put_together_by_mail_programs(reply):
    send_due_mails(later())
    headers = mail.outbox[0].extra_headers
    assert headers["References"] == f"<forum-thread-{reply.thread_id}@localhost>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_several_news_of_a_thread_are_one_mail(reply, member):
    factories.post(reply.thread, reply_to=reply.thread.posts.get(author=member))
    other = factories.thread(text=f"Et @{member.handle} ?")
    assert send_due_mails(later()) == 2
    assert {len(letter.body.split("/forum/p/")) - 1 for letter in mail.outbox} == {1, 2}
    assert other.title in {letter.subject for letter in mail.outbox}


def test_what_was_read_is_not_sent(reply, member):
    notifications.read(factories.viewer(member), Notification.objects.all())
    assert send_due_mails(later()) == 0


def test_what_was_hidden_is_not_sent(reply):
    posts.hide(factories.viewer(factories.moderator()), reply)
    assert send_due_mails(later()) == 0


def hide_thread(thread):
    ordering.hide(factories.viewer(factories.moderator()), [thread])


def move_to_moderators(thread):
    category = factories.CategoryFactory(see=Audience.MODERATORS)
    ordering.move(factories.viewer(factories.moderator()), [thread], category)


@pytest.mark.parametrize("take_away", [hide_thread, move_to_moderators])
def test_thread_that_its_reader_no_longer_sees_is_not_sent(reply, member, take_away):
    take_away(reply.thread)
    assert send_due_mails(later()) == 0


def test_conversation_is_sent_to_those_who_are_still_in_it(member):
    thread = start_conversation(
        factories.viewer(factories.MemberFactory()), [member], "Entre nous", "Oui.", language="fr"
    )
    assert send_due_mails(later()) == 1
    factories.post(thread, thread.author)
    leave(factories.viewer(member), thread)
    assert send_due_mails(later()) == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"is_banned": True},
        {"last_seen_on": datetime.date(2020, 1, 1)},
        {"user": None},
    ],
)
def test_nothing_is_sent_to_who_should_get_none(reply, member, facts):
    Member.objects.filter(pk=member.pk).update(**facts)
    assert send_due_mails(later()) == 0
    assert not Notification.objects.filter(member=member, mail=Mail.AT_ONCE).exists()


@pytest.mark.parametrize(
    ("choice", "number"), [(Mail.NONE, 0), (Mail.DIGEST, 0), (Mail.AT_ONCE, 1)]
)
def test_member_chooses_how_each_kind_is_told(member, choice, number):
    NotificationChoice.objects.create(member=member, kind=Kind.QUOTE, mail=choice)
    quoted = factories.post(factories.thread(), member)
    factories.post(quoted.thread, text=f"> [@a](/fr/forum/p/{quoted.pk}/)\n> Oui.\n\nEt non.")
    assert Notification.objects.get(member=member).mail == choice
    assert send_due_mails(later()) == number


def test_every_kind_has_its_usual_way():
    assert set(DEFAULT_MAIL) == set(Kind)


def test_mail_that_cannot_be_queued_is_still_due(reply, member, monkeypatch):
    def crash(*args, **kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr("ess_forum.actions.notification_mails.mails.send", crash)
        with pytest.raises(ConnectionError):
            send_due_mails(later())
    assert send_due_mails(later()) == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Nadia vous répond dans « Une coopérative à Béjaïa »"),
        ("ar", "ردّ عليكم من Nadia في «Une coopérative à Béjaïa»"),
    ],
)
def test_mail_is_in_the_language_of_its_reader(reply, member, language, sentence):
    Member.objects.filter(pk=member.pk).update(language=language)
    send_due_mails(later())
    assert sentence in mail.outbox[0].body.replace("\u202f", " ")
    assert f"/{language}/forum/p/{reply.pk}/" in mail.outbox[0].body


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_decision_of_the_moderators_is_mailed_with_their_message(reply, language):
    Member.objects.filter(pk=reply.author_id).update(language=language)
    moderator = factories.viewer(factories.moderator())
    approval.decide(moderator, reply, approval.Outcome.HIDE, message="Hors sujet, je crois.")
    send_due_mails(later())
    (letter,) = [each for each in mail.outbox if each.to == [reply.author.user.email]]
    with override(language):
        assert str(Told.POST_HIDDEN.label) in letter.body
    assert "Hors sujet, je crois." in letter.body
    assert "<aussi>" not in letter.body  # what is hidden is not sent on
