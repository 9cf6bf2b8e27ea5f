"""What a mail server says of a mail that we sent: that it came back, or was unwanted."""

from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from typing import Any, NamedTuple

from ess_ground import mails

from .models import StoppedAddress

Reason = StoppedAddress.Reason


class Returned(NamedTuple):
    """That mails to an address are to stop."""

    address: str
    reason: str
    detail: str


def returned(message: Message) -> list[Returned]:
    """Return what a report says: of delivery (RFC 3464), or of abuse (RFC 5965).

    Only for mails that we sent to that very address, so that nobody stops the mails of another
    with a report of their own making; and only what failed for good.
    """
    ids = list(_message_ids(message))
    found = [*_bounces(message), *_complaints(message)]
    return [each for each in found if any(mails.is_ours(key, each.address) for key in ids)]


def _message_ids(message: Message) -> Iterator[str]:
    """Yield the Message-ID of each mail that the report brings back, whole or its headers."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            lines = text.decode(errors="replace").splitlines() if isinstance(text, bytes) else []
            for line in lines:
                name, _colon, value = line.partition(":")
                if name.strip().lower() == "message-id":
                    yield value
        elif part is not message and part["Message-ID"]:
            yield str(part["Message-ID"])


def _bounces(message: Message) -> Iterator[Returned]:
    for fields in _fields(message, "message/delivery-status"):
        recipient = fields.get("Original-Recipient") or fields.get("Final-Recipient") or ""
        status = str(fields.get("Status", "")).strip()
        is_final = str(fields.get("Action", "")).strip().lower() == "failed"
        if recipient and is_final and status.startswith("5"):
            detail = str(fields.get("Diagnostic-Code") or status)
            yield Returned(_address(str(recipient)), Reason.BOUNCE, " ".join(detail.split()))


def _complaints(message: Message) -> Iterator[Returned]:
    for fields in _fields(message, "message/feedback-report"):
        kind = str(fields.get("Feedback-Type", "")).strip().lower()
        recipient = fields.get("Original-Rcpt-To")
        if recipient and kind == "abuse":
            yield Returned(_address(str(recipient)), Reason.COMPLAINT, kind)


def _fields(message: Message, content_type: str) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == content_type:
            payload: Any = part.get_payload()
            # Of the types that it does not know, `email` leaves the fields as text.
            known = [each for each in payload if isinstance(each, Message)]
            yield from known or [message_from_string(str(payload))]


def _address(recipient: str) -> str:
    """Return the address of "rfc822; name@example.org"."""
    return recipient.rpartition(";")[2].strip().strip("<>").lower()
