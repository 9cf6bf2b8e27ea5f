"""Mails to those whom something concerns, in their language and direction."""

from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from . import tasks


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
) -> None:
    """Write a mail now, and leave it to the task worker to deliver.

    `template` names `ess_pages/mails/<template>.txt`: plain text, so with autoescape off, whose
    first line is the subject. The mail is written in `language`. The task is queued in the
    transaction at hand: a mail is sent if, and only if, what it tells has happened.
    """
    with override(language):
        context = context | {"site_name": settings.WAGTAIL_SITE_NAME}
        text = render_to_string(f"ess_pages/mails/{template}.txt", context)
        subject, _, body = text.strip().partition("\n")
        html = render_to_string("ess_pages/mails/base.html", context | {"body": body.strip()})
    tasks.deliver.enqueue(
        subject=subject.strip(),
        text=body.strip() + "\n",
        html=html,
        to=to,
        attachments=[
            [item.name, b64encode(item.content).decode(), item.content_type] for item in attachments
        ],
        reply_to=reply_to,
    )
