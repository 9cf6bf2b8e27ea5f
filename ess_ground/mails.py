"""Mails to those whom something concerns, in their language and direction."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from email.utils import make_msgid, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import Signer
from django.dispatch import Signal
from django.template.loader import render_to_string, select_template
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import override
from django_tasks import TaskContext, task
from wagtail.models import Site

from .personal import is_forgotten

# `to`: a mail is about to go there. A receiver that returns True holds it back.
delivering = Signal()
# `to`, `detail`: the mail server says for good that there is no such address.
refused = Signal()

# How long a mail waits before it is tried again, where the mail server does not take it.
TRIED_AGAIN_AFTER = tuple(
    timedelta(minutes=number) for number in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60)
)
SIGNER = Signer(salt="ess_ground.mails")


class Written(NamedTuple):
    """A mail in its two parts."""

    subject: str
    text: str
    html: str


class Attachment(NamedTuple):
    """A file that goes with a mail."""

    name: str
    content: bytes
    content_type: str


def send(
    template: str,
    to: str,
    language: str,
    context: dict,
    attachments: Iterable[Attachment] = (),
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    *,
    is_asked_for: bool = False,
) -> None:
    """Write a mail now, and leave it to the task worker to deliver.

    `template`, `language` and `context` are those of `write`, the rest those of `post`.
    """
    mail = write(template, language, context)
    post(mail, to, attachments, reply_to, headers, is_asked_for=is_asked_for)


def post(
    mail: Written,
    to: str,
    attachments: Iterable[Attachment] = (),
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    *,
    is_asked_for: bool = False,
) -> None:
    """Leave a mail that is written to the task worker to deliver.

    The task is queued in the transaction at hand: a mail is sent if, and only if, what it tells
    has happened. One that `is_asked_for` by its reader just now goes even where mails are held
    back. Nothing goes to somebody whose address has been forgotten.
    """
    if is_forgotten(to):
        return
    deliver.enqueue(
        **mail._asdict(),
        to=to,
        attachments=[
            [item.name, b64encode(item.content).decode(), item.content_type] for item in attachments
        ],
        reply_to=reply_to,
        # Given now: where a crash has it delivered twice, mail programs show it once.
        headers={"Message-ID": message_id(to)} | dict(headers or {}),
        is_asked_for=is_asked_for,
    )


def root_url() -> str:
    """Return the address of the default site, to go before a path. One query."""
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_url if site else ""


def write(template: str, language: str, context: dict) -> Written:
    """Return a mail in a language.

    `template` names `<template>.txt`: plain text, so with autoescape off, whose first line is the
    subject. Where there is no `<template>.html`, `base.html` beside it shows the same text.
    """
    folder = template.rpartition("/")[0]
    with override(language):
        context = context | {"site_name": settings.WAGTAIL_SITE_NAME}
        text = render_to_string(f"{template}.txt", context)
        subject, _, body = text.strip().partition("\n")
        page = select_template([f"{template}.html", f"{folder}/base.html"])
        html = page.render(context | {"body": body.strip()})
    return Written(subject.strip(), body.strip() + "\n", html)


def message_id(to: str) -> str:
    """Return a new Message-ID, by which a mail that comes back is known as one to this address."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or "localhost"
    return make_msgid(SIGNER.signature(to.lower()), domain)


def is_ours(found: str, to: str) -> bool:
    """Return whether a mail with this Message-ID was sent by `send` to this address."""
    signature = found.strip().strip("<>").rpartition("@")[0].rpartition(".")[2]
    return constant_time_compare(signature, SIGNER.signature(to.lower()))


@task(takes_context=True)
def deliver(
    context: TaskContext,
    subject: str,
    text: str,
    html: str,
    to: str,
    attachments: list[list[str]],
    reply_to: str,
    headers: dict[str, str],
    is_asked_for: bool = False,
    attempt: int = 0,
) -> None:
    """Deliver a mail that `send` has written, or leave it for later where that is not possible.

    Raises what the mail server raises where there is nothing more to try: the task has failed.
    """
    if not is_asked_for and _is_held_back(to):
        return
    mail = EmailMultiAlternatives(
        subject, text, to=[to], reply_to=[reply_to] if reply_to else None, headers=headers
    )
    mail.attach_alternative(html, "text/html")
    for name, content, content_type in attachments:
        mail.attach(name, b64decode(content), content_type)
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        if code >= 500:
            _note_refusal(to, words)
            raise
        if not _is_left_for_later(context, attempt):
            raise
    except (OSError, SMTPException):
        if not _is_left_for_later(context, attempt):
            raise


def _is_held_back(to: str) -> bool:
    answers: list[tuple[Any, Any]] = delivering.send(sender=None, to=to)
    return any(answer for _receiver, answer in answers)


def _note_refusal(to: str, words: bytes | str) -> None:
    """Say that there is no such address, where that is why; a server may refuse for itself."""
    detail = words.decode(errors="replace") if isinstance(words, bytes) else words
    if detail.startswith("5.1."):
        refused.send(sender=None, to=to, detail=detail)


def _is_left_for_later(context: TaskContext, attempt: int) -> bool:
    """Queue the mail in hand for another attempt, if there is to be one."""
    if attempt >= len(TRIED_AGAIN_AFTER) or not deliver.get_backend().supports_defer:
        return False
    later = timezone.now() + TRIED_AGAIN_AFTER[attempt]
    mail = context.task_result.kwargs | {"attempt": attempt + 1}
    deliver.using(run_after=later).enqueue(**mail)
    return True
