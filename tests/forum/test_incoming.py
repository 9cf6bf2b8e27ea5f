"""Members answer mails of the forum by mail."""

import base64
import quopri
import time
from email import policy
from email.message import EmailMessage
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from ess_forum import inbound
from ess_forum.actions import posts
from ess_forum.actions.incoming import KEPT_FOR, Outcome, receive
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.models import Member, Post, ReceivedMail

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks", "replies_by_mail")]

ARABIC = "عندنا معصرة في بجاية، مرحباً بكم."
# What Gmail, Apple Mail, Outlook, Yahoo and Proton put below an answer, in three languages.
ENDINGS = (Path(__file__).parent / "data" / "mail-endings.txt").read_text().split("\n=====\n")
FRENCH = "Chez nous, à Béjaïa : l’été prochain."


@pytest.fixture
def replies_by_mail(settings):
    settings.ESS_FORUM = {"INBOUND_DOMAIN": "reply.example.org"}


@pytest.fixture
def member():
    return factories.MemberFactory(name="Amina", language="fr")


@pytest.fixture
def thread(member):
    return factories.thread(member, title="Où presser ?")


@pytest.fixture
def written(member, thread):
    """A function that returns a mail in which the member answers."""

    def written(words: str = FRENCH, **headers) -> bytes:
        message = EmailMessage(policy=policy.SMTP)
        usual = {
            "From": f"Amina <{member.user.email}>",
            "To": inbound.reply_address(member, thread),
            "Subject": "Re: Où presser ?",
            "Message-ID": "<1@phone.example>",
        }
        for name, value in (usual | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            message[name] = value
        message.set_content(words)
        return message.as_bytes()

    return written


def last(thread) -> Post:
    return thread.posts.order_by("pk").last()


def raw(member, thread, content: bytes, content_type: str, encoding: str = "8bit") -> bytes:
    head = (
        f"From: {member.user.email}\r\nTo: {inbound.reply_address(member, thread)}\r\n"
        f"Message-ID: <raw@phone.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + content


def test_mail_says_where_an_answer_goes(member, thread):
    own = thread.posts.get()
    factories.post(thread, reply_to=own)
    send_due_mails(timezone.now() + DELAY * 2)
    (letter,) = mail.outbox
    assert letter.reply_to == [inbound.reply_address(member, thread)]


def test_without_a_domain_nothing_can_be_answered(member, thread, written, settings):
    sent = written()
    settings.ESS_FORUM = {}
    factories.post(thread, reply_to=thread.posts.get())
    send_due_mails(timezone.now() + DELAY * 2)
    assert mail.outbox[0].reply_to == []
    assert receive(sent) == Outcome.IGNORED


def test_answer_is_posted_once(member, thread, written):
    assert [receive(written()), receive(written())] == [Outcome.POSTED, Outcome.KNOWN]
    assert last(thread).source == FRENCH
    assert last(thread).author == member
    assert thread.posts.count() == 2


@pytest.mark.parametrize(
    "quote",
    [
        "\n\nLe lun. 2 nov. 2026 à 10:12, Portail <p@localhost> a écrit :\n> Bonjour.\n> Ça va ?",
        "\n\nفي الإثنين، 2 نوفمبر 2026 في 10:12 كتب Portail <portail@localhost>:\n> Bonjour.",
        "\n\nOn Mon, Nov 2, 2026 at 10:12 AM Portail <p@localhost> wrote:\n\n> Bonjour.\n",
        "\n\n-- \nAmina\nCoopérative de Béjaïa",
        "\n\nCordialement,\nAmina",
        "\n\nتحياتي\nأمينة",
        "\n\nEnvoyé depuis mon téléphone",
        "\n> Bonjour.\n> Ça va ?\n",
        *ENDINGS,
    ],
)
@pytest.mark.parametrize("words", [FRENCH, ARABIC, "Deux lieux :\n\n- Béjaïa\n- Bouira"])
def test_quote_and_signature_are_left_out(member, thread, written, words, quote):
    assert receive(written(words + quote)) == Outcome.POSTED
    assert last(thread).source == words


@pytest.mark.parametrize(
    "words",
    [
        "Le 3 mai, nous avons écrit :\n- un\n- deux",
        "في الحقيقة هذا ما كتب الأستاذ:\nالاقتصاد مهم\n\nوهذا رأيي",
        "يوم الأحد نلتقي. كتبت أمينة في التقرير:\n- واحد",
        "Bonjour,\n\nSalutations à tous.\n"
        + "\n".join(f"{hour} h : atelier" for hour in range(9, 19)),
        "Un.\n\n-----\n\nDeux.",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(member, thread, written, words):
    receive(written(words))
    assert last(thread).source == words


NESTED = """\
> Le 28/11/2026 à 05:30, Nadia a écrit :
>> Oui.
> Qui vient ?

Moi."""
BETWEEN = """\
Bonjour,

{}> Qui vient ?
Moi.
> Quand ?
Demain."""
WROTE = "Le 29/11/2026 à 05:30, Portail a écrit :\n"
WROTE_IN_ARABIC = "في 29/11/2026، الساعة 5:30 ص، كتب Portail <p@localhost>:\n"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{WROTE}{NESTED}\n-- \nAmina", NESTED),
        (BETWEEN.format(WROTE), BETWEEN.format("")),
        (f"{WROTE_IN_ARABIC}> من؟\n\nأنا", "> من؟\n\nأنا"),
    ],
)
def test_answer_below_what_is_quoted_is_kept(member, thread, written, text, kept):
    receive(written(text))
    assert last(thread).source == kept


def test_html_of_outlook_is_read_without_its_quote(member, thread):
    html = """
        <div><p>Oui.<o:p></o:p></p><p><o:p>&nbsp;</o:p></p></div>
        <div><p><b>De&nbsp;:</b> Portail<br><b>Envoyé&nbsp;:</b> dimanche<br>
        <b>À&nbsp;:</b> Amina<br><b>Objet&nbsp;:</b> Où ?</p></div><p>Bonjour.</p>"""
    receive(raw(member, thread, html.encode(), "text/html; charset=utf-8"))
    assert last(thread).source == "Oui."


@pytest.mark.parametrize("line", ["Le 5:30 @ wrote ", "-", "_ ", "\n", "De ", "* ", "كتب "])
def test_hostile_mail_is_read_in_no_time(member, thread, line):
    began = time.process_time()
    receive(raw(member, thread, (line * 30_000).encode(), "text/plain; charset=utf-8"))
    assert time.process_time() - began < 10


def test_answers_between_what_is_quoted_are_kept(member, thread, written):
    words = "> Qui vient ?\n\nMoi.\n\n> Quand ?\n\nDemain."
    receive(written(words + "\n\n> Merci."))
    assert last(thread).source == words


@pytest.mark.parametrize(
    ("content", "content_type", "encoding"),
    [
        (ARABIC.encode("windows-1256"), "text/plain; charset=windows-1256", "8bit"),
        (ARABIC.encode("iso-8859-6"), "text/plain; charset=iso-8859-6", "8bit"),
        (ARABIC.encode(), "text/plain; charset=utf-8", "8bit"),
        (ARABIC.encode("windows-1256"), "text/plain", "8bit"),
        (ARABIC.encode(), "text/plain; charset=us-ascii", "8bit"),
        (ARABIC.encode("windows-1256"), "text/plain; charset=x-unknown", "8bit"),
        (f"<p>{ARABIC}</p>".encode(), "text/html; charset=utf-8", "8bit"),
    ],
)
def test_arabic_is_read_in_whichever_encoding(member, thread, content, content_type, encoding):
    assert receive(raw(member, thread, content, content_type, encoding)) == Outcome.POSTED
    assert last(thread).source == ARABIC


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1256"])
def test_arabic_is_read_through_either_transfer_encoding(member, thread, charset, encoding):
    encode = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[encoding]
    content = encode(ARABIC.encode(charset))
    mail = raw(member, thread, content, f"text/plain; charset={charset}", encoding)
    assert receive(mail) == Outcome.POSTED
    assert last(thread).source == ARABIC


def test_html_is_read_without_its_quote(member, thread):
    html = (
        "<html><head><title>x</title></head><body><div>Oui,<br>demain.</div>"
        "<blockquote>Qui vient ?</blockquote></body></html>"
    )
    receive(raw(member, thread, html.encode(), "text/html; charset=utf-8"))
    assert last(thread).source == "Oui,\ndemain."


@pytest.mark.parametrize(
    "headers",
    [
        {"To": "reply+1.1.00000000000000000000@reply.example.org"},
        {"To": "portail@reply.example.org"},
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-replied (zimbra; vacation)"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_what_nobody_answers_is_ignored(member, thread, written, headers):
    assert receive(written(**headers)) == Outcome.IGNORED
    assert thread.posts.count() == 1
    assert mail.outbox == []


def test_address_of_another_thread_or_member_is_not_guessed(member, thread, written):
    local, _at, domain = inbound.reply_address(member, thread).partition("@")
    _name, _dot, signature = local.rpartition(".")
    other = factories.thread()
    forged = f"reply+{member.pk}.{other.pk}.{signature}@{domain}"
    assert receive(written(To=forged)) == Outcome.IGNORED


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
def test_address_with_more_digits_than_a_key_has_is_ignored(member, thread, written, number):
    local, _at, host = inbound.reply_address(member, thread).partition("@")
    forged = f"reply+{number}.{thread.pk}.{local.rpartition('.')[2]}@{host}"
    assert receive(written(), forged) == Outcome.POSTED  # by the address in the headers
    assert receive(written(To="forum@example.org"), forged) == Outcome.IGNORED


def test_message_id_that_no_database_takes_is_kept_without_it(member, thread, written):
    sent = written(Message_ID="<x@x>").replace(b"<x@x>", b"<x\0y@x>")
    assert [receive(sent), receive(sent)] == [Outcome.POSTED, Outcome.KNOWN]


def test_envelope_says_where_it_goes_where_the_headers_do_not(member, thread, written):
    sent = written(To="Portail <portail@localhost>")
    assert receive(sent, inbound.reply_address(member, thread).upper()) == Outcome.POSTED


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_mail_from_elsewhere_is_refused_to_the_member_once(member, thread, written, language):
    Member.objects.filter(pk=member.pk).update(language=language)
    sent = written(From="autre@example.org")
    assert [receive(sent), receive(sent)] == [Outcome.REFUSED, Outcome.KNOWN]
    assert receive(written(From="autre@example.org", Message_ID="<2@x>")) == Outcome.REFUSED
    (letter,) = mail.outbox
    assert letter.to == [member.user.email]
    assert letter.extra_headers["Auto-Submitted"] == "auto-replied"
    assert thread.posts.count() == 1


def test_what_the_site_refuses_is_refused_here(member, thread, written):
    assert receive(written("\n\n-- \nAmina")) == Outcome.REFUSED  # nothing is left
    type(thread).objects.filter(pk=thread.pk).update(is_closed=True)
    assert receive(written(Message_ID="<2@x>")) == Outcome.REFUSED
    assert thread.posts.count() == 1


def test_member_who_may_not_write_is_refused(member, thread, written):
    Member.objects.filter(pk=member.pk).update(is_banned=True)
    assert receive(written()) == Outcome.REFUSED


def test_too_many_answers_are_refused(member, thread, written, monkeypatch):
    monkeypatch.setattr("ess_forum.throttle.RATES", {"reply": "1/hour"})
    assert receive(written("Un.")) == Outcome.POSTED
    assert receive(written("Deux.", Message_ID="<2@x>")) == Outcome.REFUSED


def test_command_takes_what_the_mail_server_pipes(member, thread, written, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(written())))
    out = StringIO()
    call_command("receive_mail", stdout=out)
    assert out.getvalue() == "posted\n"


def test_mail_server_keeps_what_cannot_be_taken_now(member, thread, written, monkeypatch):
    def crash(*args):
        raise ConnectionError

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(written())))
    monkeypatch.setattr(posts, "reply", crash)
    with pytest.raises(SystemExit) as exit_:
        call_command("receive_mail", stdout=StringIO())
    assert exit_.value.code == 75
    monkeypatch.undo()
    assert thread.posts.count() == 1


def test_old_mails_are_forgotten(member, thread, written):
    receive(written())
    call_command("forum_clean", stdout=StringIO())
    assert ReceivedMail.objects.count() == 1
    ReceivedMail.objects.update(received_at=timezone.now() - KEPT_FOR * 2)
    call_command("forum_clean", stdout=StringIO())
    assert not ReceivedMail.objects.exists()
