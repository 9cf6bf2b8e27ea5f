"""Mails as they arrive: delivered over SMTP to a server on this machine, and read back."""

import datetime
import re
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from django.utils import timezone

from ess_forum.actions.digests import send_due_digests
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.models import Member, StoppedAddress
from ess_ground.mails import is_ours
from ess_pages import announcements
from ess_pages.models import Recommendation
from ess_site.accounts.actions import applications
from ess_site.accounts.actions.changes import ask_change
from ess_site.accounts.mails import send_of_allauth
from tests.factories import ParticipantFactory
from tests.forum import factories

pytestmark = pytest.mark.usefixtures("run_tasks")

# A title that needs several lines, in either script, once it is encoded.
TITLES = {
    "fr": "À Béjaïa, la coopérative d’huile d’olive cherche où presser : qui l’héberge cet hiver ?",
    "ar": "تعاونية زيت الزيتون في بجاية تبحث عن معصرة: من يستضيفها هذا الشتاء، ولو لأيام قليلة؟",
}
WORDS = {"fr": "Chez nous, à Tizi Ouzou.", "ar": "عندنا، في تيزي وزو."}
DIRECTION = {"fr": "ltr", "ar": "rtl"}
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


class Mailbox:
    """Takes what is delivered, and refuses who is not there."""

    def __init__(self):
        self.delivered: list[tuple[str, EmailMessage]] = []
        self.refuses = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address == self.refuses:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.delivered.append((envelope.rcpt_tos[0], message))
        return "250 OK"

    def only(self) -> EmailMessage:
        ((_address, message),) = self.delivered
        return message


@pytest.fixture
def mailbox(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield mailbox
    server.stop()


@pytest.fixture
def reply(home):
    """A function that writes a reply to a member who reads a language, and mails it."""

    def reply(language: str):
        member = factories.MemberFactory(name="Amina أمينة", language=language)
        thread = factories.thread(title=TITLES[language], language=language)
        own = factories.post(thread, member)
        answer = factories.post(thread, text=WORDS[language], reply_to=own)
        assert send_due_mails(timezone.now() + DELAY * 2) == 1
        return answer

    return reply


@both_languages
def test_mail_arrives_in_two_parts_that_say_the_same(mailbox, reply, language):
    answer = reply(language)
    message = mailbox.only()
    assert message.get_content_type() == "multipart/alternative"
    plain, page = message.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert {part.get_content_charset() for part in (plain, page)} == {"utf-8"}
    for part in (plain, page):
        text = part.get_content()
        assert WORDS[language] in text
        assert f"/{language}/forum/p/{answer.pk}/" in text
    assert f'dir="{DIRECTION[language]}"' in page.get_content()
    assert "<" not in plain.get_content().replace("<https", "")
    assert not any(line.startswith(" ") for line in plain.get_content().splitlines())


@both_languages
def test_headers_arrive_whole(mailbox, reply, language):
    answer = reply(language)
    message = mailbox.only()
    assert message["Subject"].strip() == TITLES[language]
    assert message["To"] == Member.objects.get(name="Amina أمينة").user.email
    thread = f"<forum-thread-{answer.thread_id}@testserver>"
    assert (message["In-Reply-To"], message["References"]) == (thread, thread)
    assert message["Message-ID"]
    assert message["Date"].datetime


@both_languages
def test_one_click_of_a_mail_program_ends_the_mails(mailbox, reply, client, language):
    reply(language)
    message = mailbox.only()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(message["List-Unsubscribe"]).strip()  # it may begin on a line of its own
    assert (address[0], address[-1]) == ("<", ">")
    client.handler.enforce_csrf_checks = True
    way = urlsplit(address[1:-1]).path
    body = "List-Unsubscribe=One-Click"
    answer = client.post(way, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    member = Member.objects.get(name="Amina أمينة")
    assert set(member.choices.values_list("mail", flat=True)) == {"none"}


def test_mails_of_one_thread_have_one_reference_and_each_its_own_name(mailbox, reply):
    answer = reply("fr")
    member = Member.objects.get(name="Amina أمينة")
    factories.post(answer.thread, text="Et moi.", reply_to=answer.thread.posts.get(author=member))
    send_due_mails(timezone.now() + DELAY * 3)
    (_to, first), (_again, second) = mailbox.delivered
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


@both_languages
def test_digest_arrives(mailbox, home, language):
    long_ago = timezone.now() - datetime.timedelta(days=8)
    factories.MemberFactory(language=language, digest_at=long_ago)
    factories.thread(title=TITLES[language], language=language)
    assert send_due_digests() == 1
    plain, page = mailbox.only().iter_parts()
    assert TITLES[language] in plain.get_content()
    assert TITLES[language] in page.get_content()
    assert mailbox.only()["List-Unsubscribe"]


@both_languages
def test_news_of_a_page_arrive_from_the_forum_or_else_from_the_pages(mailbox, tree, language):
    closes_at = timezone.now() + datetime.timedelta(days=9)
    Recommendation.objects.update(state=Recommendation.State.OPEN, closes_at=closes_at)
    member = factories.MemberFactory(language=language)
    ParticipantFactory(user=member.user)
    other = ParticipantFactory(user=factories.UserFactory())
    announcements.announce_opening.enqueue(tree["recommendation"].recommendation_id)
    send_due_mails(timezone.now() + DELAY * 2)
    messages = dict(mailbox.delivered)
    assert messages.keys() == {member.user.email, other.user.email}
    assert f"/{language}/" in messages[member.user.email].get_body(("plain",)).get_content()


def test_address_that_the_server_does_not_know_is_written_to_once(mailbox, reply, settings):
    member = factories.MemberFactory(language="fr")
    mailbox.refuses = member.user.email
    own = factories.post(factories.thread(), member)
    for _time in range(2):
        factories.post(own.thread, reply_to=own)
        send_due_mails(timezone.now() + DELAY * 2)
    assert mailbox.delivered == []
    assert StoppedAddress.objects.get().address == member.user.email


# Mails of accounts


PASSWORD = "un mot de passe assez long"


def sign_up(client, language: str, address: str) -> None:
    data = {"email": address, "password1": PASSWORD, "password2": PASSWORD}
    client.post(f"/{language}/accounts/signup/", data)


def ask_for_a_new_password(client, language: str, address: str) -> None:
    client.post(f"/{language}/accounts/password/reset/", {"email": address})


def account(address: str):
    user = factories.UserFactory(email=address)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


@both_languages
@pytest.mark.parametrize("has_account", [False, True])
@pytest.mark.parametrize("ask", [sign_up, ask_for_a_new_password])
def test_mails_of_allauth_arrive_in_two_parts_with_the_same_link(
    mailbox, home, client, ask, has_account, language
):
    if has_account:
        account("amina@example.org")
    ask(client, language, "amina@example.org")
    message = mailbox.only()
    plain, page = (part.get_content() for part in message.iter_parts())
    (link,) = re.findall(r"https?://\S+", plain)
    assert f"/{language}/accounts/" in link
    assert link in page
    assert f'lang="{language}" dir="{DIRECTION[language]}"' in page
    assert "<" not in plain
    assert is_ours(message["Message-ID"], "amina@example.org")
    if language == "ar":
        words = [plain, message["Subject"]]
        assert all(re.search(r"[\u0600-\u06ff]", text) for text in words)


@both_languages
def test_change_of_an_account_is_told_in_two_parts(mailbox, home, client, language):
    client.force_login(account("amina@example.org"))
    data = {"oldpassword": "mot de passe 7", "password1": PASSWORD, "password2": PASSWORD}
    client.post(f"/{language}/accounts/password/change/", data, HTTP_USER_AGENT="Navigateur <1>")
    plain, page = (part.get_content() for part in mailbox.only().iter_parts())
    assert "Navigateur <1>" in plain
    assert "Navigateur &lt;1&gt;" in page
    assert f'dir="{DIRECTION[language]}"' in page


@pytest.mark.parametrize(
    ("template", "is_sent"),
    [
        ("account/email/email_confirmation_signup", True),
        ("account/email/password_reset_key", True),
        ("account/email/password_changed", True),
        ("account/email/unknown_account", False),
    ],
)
def test_stopped_address_gets_what_guards_its_account(mailbox, home, template, is_sent):
    StoppedAddress.objects.create(address="amina@example.org", reason="bounce")
    context = {"email": "amina@example.org", "activate_url": "https://x/", "signup_url": ""}
    send_of_allauth(template, "Amina@example.org", context)
    assert bool(mailbox.delivered) is is_sent


def test_stopped_address_is_asked_before_it_is_given_up(mailbox, home):
    user = account("amina@example.org")
    StoppedAddress.objects.create(address="amina@example.org", reason="bounce")
    ask_change(EmailAddress.objects.create(user=user, email="new@example.org"))
    assert mailbox.only()["To"] == "amina@example.org"


def test_stopped_address_is_not_told_that_its_account_is_open(mailbox, home):
    application = applications.apply(account("amina@example.org"), "Je suis potière.")
    StoppedAddress.objects.create(address="amina@example.org", reason="bounce")
    applications.approve(factories.UserFactory(is_superuser=True), application)
    assert mailbox.delivered == []
