"""The news of the forum, by mail."""

import datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import override

from ess_forum import letters
from ess_forum.actions import approval, groups, ordering, posts, sanctions
from ess_forum.actions.digests import send_due_digests
from ess_forum.models import Audience, Mail, Member, Notification
from ess_forum.reachable import ABSENT_AFTER
from ess_forum.signals import digest_asked

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]

Digest = Member.Digest
NOW = timezone.now()


def ago(**time) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**time)


@pytest.fixture
def member():
    return factories.MemberFactory(name="Amina", digest=Digest.DAILY, digest_at=ago(days=2))


@pytest.fixture
def thread():
    return factories.thread(title="Une coopérative à Béjaïa")


@pytest.mark.parametrize(
    ("frequency", "days", "is_due"),
    [
        (Digest.NEVER, 400, False),
        (Digest.DAILY, 0.9, False),
        (Digest.DAILY, 1.1, True),
        (Digest.WEEKLY, 6, False),
        (Digest.WEEKLY, 8, True),
    ],
)
def test_digest_is_sent_when_it_is_due(thread, member, frequency, days, is_due):
    Member.objects.filter(pk=member.pk).update(digest=frequency, digest_at=ago(days=days))
    assert send_due_digests() == is_due


def test_digest_is_sent_once(thread, member):
    assert [send_due_digests(), send_due_digests()] == [1, 0]
    assert len(mail.outbox) == 1


def test_digest_without_news_is_not_sent_and_waits_for_the_next_day(member):
    assert send_due_digests() == 0
    member.refresh_from_db()
    assert member.digest_at > ago(minutes=1)


@pytest.mark.parametrize(
    "facts",
    [
        {"is_banned": True},
        {"suspended_until": timezone.now() + datetime.timedelta(days=3)},
        {"last_seen_on": (NOW - ABSENT_AFTER - datetime.timedelta(days=1)).date()},
        {"joined_at": NOW - ABSENT_AFTER - datetime.timedelta(days=1), "last_seen_on": None},
        {"user": None},
    ],
)
def test_digest_is_not_sent_to_who_should_get_none(thread, member, facts):
    Member.objects.filter(pk=member.pk).update(**facts)
    assert send_due_digests() == 0


def test_digest_is_not_sent_to_a_closed_account(thread, member):
    member.user.is_active = False
    member.user.save()
    assert send_due_digests() == 0


def test_digest_tells_what_concerns_the_member_once_for_each_thread(thread, member):
    own = factories.post(thread, member)
    for _number in range(2):
        factories.post(thread, reply_to=own)
    Notification.objects.update(mail=Mail.DIGEST)
    send_due_digests()
    text = mail.outbox[0].body
    assert text.count("Une coopérative à Béjaïa") == 2  # concerns the member, and is new
    assert f"/fr/forum/p/{Notification.objects.filter(member=member).first().post_id}/" in text


def test_digest_tells_nothing_that_is_read_or_hidden(thread, member):
    own = factories.post(thread, member)
    reply = factories.post(thread, reply_to=own, text="À cacher")
    posts.hide(factories.viewer(factories.moderator()), reply)
    Notification.objects.filter(member=member).exclude(post=reply).update(read_at=NOW)
    (section,) = letters.sections(member, ago(days=2))
    assert [item.title for item in section.items] == [thread.title]  # new, and nothing else
    assert f"/t/{thread.pk}/" in section.items[0].url


def test_digest_tells_nothing_of_a_thread_that_its_reader_no_longer_sees(thread, member):
    own = factories.post(thread, member)
    factories.post(thread, reply_to=own)
    Notification.objects.filter(member=member).update(mail=Mail.DIGEST)
    category = factories.CategoryFactory(see=Audience.MODERATORS)
    ordering.move(factories.viewer(factories.moderator()), [thread], category)
    assert letters.sections(member, ago(days=2)) == []


def test_digest_tells_what_moderators_decided_and_what_is_about_groups(thread, member):
    own = factories.post(thread, member)
    moderator = factories.viewer(factories.moderator())
    approval.decide(moderator, own, approval.Outcome.HIDE, message="Hors sujet.")
    sanctions.impose(moderator, member, sanctions.Measure("warning", "Restez courtois."))
    group = factories.GroupFactory()
    groups.add_members(moderator, group, [member])
    Notification.objects.filter(member=member).update(mail=Mail.DIGEST)
    send_due_digests()
    text = mail.outbox[0].body
    for words in ("Hors sujet.", "Restez courtois.", group.name_fr):
        assert words in text


def test_digest_keeps_private_categories_to_their_members(member):
    category = factories.CategoryFactory(see=Audience.MODERATORS)
    factories.thread(factories.moderator(), category, title="Entre modérateurs")
    assert send_due_digests() == 0


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_digest_is_in_the_language_and_direction_of_its_reader(thread, member, language, direction):
    Member.objects.filter(pk=member.pk).update(language=language)
    send_due_digests()
    (letter,) = mail.outbox
    assert f"/{language}/forum/t/{thread.pk}/" in letter.body
    assert f'dir="{direction}"' in letter.alternatives[0].content
    assert f"/{language}/forum/t/{thread.pk}/" in letter.alternatives[0].content


def test_digest_shows_titles_as_they_are_written(member):
    factories.thread(title="Vente & <achat> d'olives")
    send_due_digests()
    (letter,) = mail.outbox
    assert "Vente & <achat> d'olives" in letter.body
    assert "Vente &amp; &lt;achat&gt; d&#x27;olives" in letter.alternatives[0].content


def test_other_apps_add_their_news(member):
    def tell(sender, member, since, **kwargs):
        return letters.Section("Ailleurs", [letters.Item("Un texte", "https://ess.example/t/")])

    digest_asked.connect(tell)
    try:
        send_due_digests()
    finally:
        digest_asked.disconnect(tell)
    assert "Un texte" in mail.outbox[0].body


def test_mail_program_ends_the_digest_with_one_click(thread, member, client):
    send_due_digests()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    path = address[address.index("/fr/") :]
    assert client.get(path).status_code == 200
    member.refresh_from_db()
    assert member.digest == Digest.DAILY  # a program that follows links ends nothing
    client.handler.enforce_csrf_checks = True
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    member.refresh_from_db()
    assert member.digest == Digest.NEVER


def test_nobody_ends_the_digest_of_another(member, client):
    assert client.post(f"/fr/forum/mails/stop/{member.pk}:abc/").status_code == 404


def test_digest_takes_no_more_queries_for_more_news(member, django_assert_max_num_queries):
    for _number in range(3):
        factories.thread()
    with django_assert_max_num_queries(30) as few:
        letters.sections(Member.objects.get(pk=member.pk), ago(days=2))
    for _number in range(12):
        factories.thread()
    with django_assert_max_num_queries(len(few)):
        letters.sections(Member.objects.get(pk=member.pk), ago(days=2))


@override_settings(LANGUAGE_CODE="fr")
def test_command_says_how_many_it_sent(thread, member):
    out = StringIO()
    with override("en"):
        call_command("send_notifications", stdout=out)
    assert out.getvalue() == "mails: 0, digests: 1, messages to browsers: 0\n"


def test_digest_counts_as_no_visit_of_its_reader(thread, member):
    Member.objects.filter(pk=member.pk).update(last_seen_on=None, days_visited=0)
    assert send_due_digests() == 1
    member.refresh_from_db()
    assert (member.last_seen_on, member.days_visited) == (None, 0)
