"""Bounces and complaints stop the mails, until who has the address asks for them again."""

import datetime
import re
from io import BytesIO, StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult
from wagtail.users.models import UserProfile

from ess_forum.actions import stopped_addresses
from ess_forum.actions.digests import send_due_digests
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.models import ModerationEvent, StoppedAddress
from ess_forum.receivers import mail_tracked
from ess_ground import mails
from tests.worker import QUEUE, work

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]

Reason = StoppedAddress.Reason

BOUNCE = """\
From: MAILER-DAEMON@mx.example.org
To: portail@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User
 unknown

--b
Content-Type: text/rfc822-headers

From: portail@localhost
Message-ID: {message_id}
Subject: Des nouvelles

--b--
"""
COMPLAINT = """\
From: abuse@isp.example
Subject: Fwd
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Unwanted.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Isp/1.0
Version: 1
Original-Rcpt-To: {address}

--b
Content-Type: message/rfc822

From: portail@localhost
Message-ID: {message_id}
Subject: Des nouvelles

Bonjour.

--b--
"""


@pytest.fixture
def member():
    return factories.MemberFactory(
        name="Amina", digest_at=timezone.now() - datetime.timedelta(days=8)
    )


@pytest.fixture
def address(member) -> str:
    return member.user.email


@pytest.fixture
def report(monkeypatch):
    """A function that pipes a report into the command, and returns how many addresses stop."""

    def report(text: str) -> str:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(text.encode())))
        out = StringIO()
        with override("en"):
            call_command("mail_bounced", stdout=out)
        return out.getvalue().split()[0]

    return report


def test_nothing_is_written_to_a_stopped_address(member, address):
    own = factories.post(factories.thread(), member)
    factories.post(own.thread, reply_to=own)
    call_command("mail_bounced", address.upper(), stdout=StringIO())
    assert send_due_mails(timezone.now() + DELAY * 2) == 0
    assert send_due_digests() == 0
    assert mail.outbox == []


@pytest.mark.parametrize("address", ["@", "amina", "a@b@c", f"{'a' * 300}@example.org"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_command_refuses_what_is_no_address(db, address, language):
    with override(language), pytest.raises(CommandError, match=re.escape(address)):
        call_command("mail_bounced", address)
    assert not StoppedAddress.objects.exists()


def test_what_was_queued_before_does_not_go_either(address):
    stopped_addresses.stop(address, Reason.BOUNCE)
    context = {"member": None, "url": "https://ess.example/"}
    mails.send("ess_forum/mails/confirm_address", address, "fr", context)
    assert mail.outbox == []


def test_report_of_delivery_stops_the_mails(address, report):
    facts = {"address": address, "message_id": mails.message_id(address)}
    assert report(BOUNCE.format(action="failed", status="5.1.1", **facts)) == "1"
    stopped = StoppedAddress.objects.get()
    assert (stopped.address, stopped.reason) == (address, Reason.BOUNCE)
    assert stopped.detail == "smtp; 550 5.1.1 User unknown"


@pytest.mark.parametrize(
    "facts",
    [{"action": "delayed", "status": "4.4.7"}, {"action": "failed", "status": "4.2.2"}],
)
def test_delay_stops_nothing(address, report, facts):
    message_id = mails.message_id(address)
    assert report(BOUNCE.format(address=address, message_id=message_id, **facts)) == "0"


@pytest.mark.parametrize("of", ["<1@localhost>", "another", ""])
def test_nobody_stops_the_mails_of_another(address, report, of):
    message_id = mails.message_id("autre@example.org") if of == "another" else of
    facts = {"address": address, "message_id": message_id}
    assert report(BOUNCE.format(action="failed", status="5.1.1", **facts)) == "0"


def test_complaint_stops_the_mails(address, report):
    message_id = mails.message_id(address)
    assert report(COMPLAINT.format(address=address, message_id=message_id)) == "1"
    assert StoppedAddress.objects.get().reason == Reason.COMPLAINT


def test_any_other_mail_is_no_report(report):
    assert report("Subject: Bonjour\n\nÇa va ?") == "0"


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [("bounced", [Reason.BOUNCE]), ("complained", [Reason.COMPLAINT]), ("deferred", [])],
)
def test_mail_service_that_tracks_stops_them_too(address, kind, reasons):
    event = SimpleNamespace(
        event_type=kind, recipient=address, description="", reject_reason="invalid"
    )
    for _time in range(2):
        mail_tracked(None, event=event)
    assert list(StoppedAddress.objects.values_list("reason", flat=True)) == reasons


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ((550, b"5.1.1 No such user"), 1),
        ((550, b"5.7.1 You may not send from there"), 0),
        ((451, b"4.7.1 Greylisted"), 0),
    ],
)
def test_server_that_knows_no_such_address_stops_them(address, monkeypatch, answer, number):
    def refuse(mail):
        raise SMTPRecipientsRefused({address: answer})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    mails.send("ess_forum/mails/confirm_address", address, "fr", {"member": None, "url": ""})
    assert StoppedAddress.objects.count() == number


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_member_sees_it_and_starts_again_with_a_link(home, member, address, client, language):
    StoppedAddress.objects.create(address=address, reason=Reason.BOUNCE)
    client.force_login(member.user)
    type(member).objects.update(language=language)
    with override(language):
        page, ask = reverse("ess_forum:preferences"), reverse("ess_forum:ask_to_start_mails")
    assert address in client.get(page).content.decode()
    assert client.post(ask).status_code == 302
    (letter,) = mail.outbox
    assert letter.to == [address]
    start = f"/{language}/forum/mails/start/"
    link = start + letter.body.split(start)[1].split()[0]
    client.logout()
    assert client.get(link).status_code == 200
    assert StoppedAddress.objects.exists()  # a program that follows links starts nothing
    assert client.post(link).status_code == 200
    assert not StoppedAddress.objects.exists()
    client.force_login(member.user)
    assert client.get(page).context["stopped"] is None


def test_link_of_ones_own_making_starts_nothing(home, client):
    with override("fr"):
        assert client.post(reverse("ess_forum:start_mails", args=["abc:def"])).status_code == 404


def test_link_is_sent_only_where_mails_are_stopped(home, member, client):
    client.force_login(member.user)
    with override("fr"):
        client.post(reverse("ess_forum:ask_to_start_mails"))
    assert mail.outbox == []


def test_mail_that_the_server_does_not_take_is_tried_again_later(settings, monkeypatch, address):
    def fail(mail):
        raise SMTPServerDisconnected

    settings.TASKS = QUEUE
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    mails.send("ess_forum/mails/confirm_address", address, "fr", {"member": None, "url": ""})
    work()
    first, again = _queued()
    assert (first.status, again.status) == ("SUCCESSFUL", "READY")
    assert again.run_after > timezone.now()
    assert again.args_kwargs["kwargs"]["attempt"] == 1
    headers = [task.args_kwargs["kwargs"]["headers"] for task in (first, again)]
    assert headers[0]["Message-ID"] == headers[1]["Message-ID"]


def test_mail_that_is_never_taken_is_left_to_the_editors(settings, monkeypatch, address):
    def fail(mail):
        raise SMTPServerDisconnected

    settings.TASKS = QUEUE
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    monkeypatch.setattr("ess_ground.mails.TRIED_AGAIN_AFTER", ())
    mails.send("ess_forum/mails/confirm_address", address, "fr", {"member": None, "url": ""})
    work()
    assert [task.status for task in _queued()] == ["FAILED"]


def _queued() -> list:
    sent = DBTaskResult.objects.filter(task_path="ess_ground.mails.deliver")
    return list(sent.order_by("enqueued_at"))


# In the admin

LIST = "forum_stopped_addresses:index"


@pytest.fixture
def moderator(client):
    member = factories.moderator()
    member.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(member.user)
    return member


def shown(client, **query) -> set[str]:
    page = client.get(reverse(LIST), query)
    return {each.address for each in page.context["object_list"]}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_moderator_finds_out_why_nothing_is_sent_to_an_address(client, moderator, language):
    UserProfile.objects.create(user=moderator.user, preferred_language=language)
    stopped_addresses.stop("amina@example.org", Reason.BOUNCE, "550 User unknown")
    stopped_addresses.stop("nadia@example.net", Reason.COMPLAINT)
    StoppedAddress.objects.filter(reason=Reason.COMPLAINT).update(
        stopped_at=timezone.now() - datetime.timedelta(days=40)
    )
    page = client.get(reverse(LIST)).content.decode()
    with override(language):
        assert str(Reason.COMPLAINT.label) in page
    assert "550 User unknown" in page
    today = timezone.localdate().isoformat()
    assert shown(client, q="AMINA") == {"amina@example.org"}
    assert shown(client, q="unknown") == {"amina@example.org"}
    assert shown(client, reason="complaint") == {"nadia@example.net"}
    assert shown(client, stopped_at_from=today) == {"amina@example.org"}


def test_last_word_of_the_mail_server_is_kept(db):
    for detail in ("450 later", "550 unknown", ""):
        stopped_addresses.stop("amina@example.org", Reason.BOUNCE, detail)
    assert StoppedAddress.objects.get().detail == "550 unknown"


@pytest.mark.parametrize("reason", Reason.values)
def test_moderator_allows_an_address_again_once(client, moderator, reason):
    member = factories.MemberFactory(name="Amina")
    stopped_addresses.stop(member.user.email, reason, "550")
    page = reverse("ess_forum_stopped_address", args=[StoppedAddress.objects.get().pk])
    answer = client.get(page).content.decode()
    assert member.user.email in answer
    assert reverse("ess_forum_member", args=[member.pk]) in answer
    for _click in range(2):
        assert client.post(page).url == reverse(LIST)
    assert not stopped_addresses.is_stopped(member.user.email)
    (event,) = ModerationEvent.objects.filter(verb="allow_address")
    assert (event.moderator, event.about) == (moderator, str(member))
    assert event.details == {"member": member.pk, "stopped_for": reason}


def test_log_which_is_kept_for_good_does_not_hold_the_address_of_a_stranger(moderator):
    stopped_addresses.stop("amina@example.org", Reason.BOUNCE)
    stopped_addresses.allow(factories.viewer(moderator), StoppedAddress.objects.get())
    assert ModerationEvent.objects.get().about == "a…@example.org"


def test_allowing_is_for_moderators(db):
    stopped_addresses.stop("amina@example.org", Reason.BOUNCE)
    with pytest.raises(PermissionDenied):
        stopped_addresses.allow(
            factories.viewer(factories.MemberFactory()), StoppedAddress.objects.get()
        )
    assert StoppedAddress.objects.exists()


@pytest.mark.parametrize("number", [1, 15])
def test_list_runs_a_fixed_number_of_queries(
    client, moderator, django_assert_max_num_queries, number
):
    for each in range(number):
        stopped_addresses.stop(f"p{each}@example.org", Reason.BOUNCE)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(20):
        client.get(reverse(LIST))
