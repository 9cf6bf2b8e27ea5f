"""The mails of joining and of leaving, in the language and direction of who reads them.

Those that a person asks for just now, or that guard an account, go even to an address that is
stopped; what is only told waits until its owner asks for mails again.
"""

from django.conf import settings
from django.template.loader import render_to_string, select_template
from django.urls import reverse
from django.utils.translation import get_language, override
from wagtail.admin.utils import get_admin_base_url
from wagtail.coreutils import get_supported_content_language_variant

from ess_ground import mails
from ess_pages.languages import language_of

FRAME = "accounts/mails/base.html"
# Anybody can have it sent to any address: who complained of it has no account to guard.
UNKNOWN_ACCOUNT = "account/email/unknown_account"


def send(
    template: str,
    to: str,
    language: str,
    path: str,
    context: dict,
    *,
    is_asked_for: bool = False,
) -> None:
    """Write `accounts/mails/<template>.txt` as a mail, to be delivered by the task worker.

    `path` is of the page that the mail leads to. It is sent if, and only if, the transaction at
    hand is committed; one that `is_asked_for`, to a stopped address too.
    """
    context = context | {"address": mails.root_url() + path}
    mails.send(f"accounts/mails/{template}", to, language, context, is_asked_for=is_asked_for)


def send_to_editor(template: str, editor, path: str, context: dict) -> None:
    """Write `accounts/mails/<template>.txt` to an editor, in the language of their admin.

    `path` is of the page of the admin that the mail leads to.
    """
    context = context | {"address": get_admin_base_url() + path}
    mails.send(f"accounts/mails/{template}", editor.email, language_of(editor), context)


def send_of_allauth(prefix: str, to: str, context: dict) -> None:
    """Write a mail of allauth, in the language of the page where it was asked for.

    `prefix` is what allauth calls the mail by, such as `account/email/password_reset_key`.
    """
    mail = write_of_allauth(prefix, language(), context)
    mails.post(mail, to, is_asked_for=prefix != UNKNOWN_ACCOUNT)


def write_of_allauth(prefix: str, language: str, context: dict) -> mails.Written:
    """Return a mail of allauth: `<prefix>_subject.txt` and `<prefix>_message.txt`.

    Where there is no `<prefix>_message.html`, the frame of the other mails shows the same text.
    """
    with override(language):
        context = context | {"site_name": settings.WAGTAIL_SITE_NAME}
        subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
        body = render_to_string(f"{prefix}_message.txt", context).strip()
        page = select_template([f"{prefix}_message.html", FRAME])
        html = page.render(context | {"body": body})
    return mails.Written(subject, f"{body}\n", html)


def path_of(page: str, language: str) -> str:
    """Return the path of a page, by the name of its address, in a language."""
    with override(language):
        return reverse(page)


def language() -> str:
    """Return the language of the page that somebody is at."""
    return get_supported_content_language_variant(get_language() or settings.LANGUAGE_CODE)
