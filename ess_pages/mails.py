"""The mails of this app, in the language and direction of who reads them."""

from collections.abc import Iterable

from ess_ground import mails
from ess_ground.mails import Attachment

__all__ = ["Attachment", "send"]


def send(
    template: str,
    to: str,
    language: str,
    context: dict,
    attachments: Iterable[Attachment] = (),
    reply_to: str = "",
) -> None:
    """Write `ess_pages/mails/<template>.txt` as a mail, to be delivered by the task worker.

    It is sent if, and only if, the transaction at hand is committed.
    """
    mails.send(f"ess_pages/mails/{template}", to, language, context, attachments, reply_to)
