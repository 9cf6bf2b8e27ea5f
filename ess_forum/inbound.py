"""Mails that members answer: the address that they answer to, and what they write there."""

import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256
from html import unescape
from typing import NamedTuple

import nh3
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import strip_tags
from mailparser_reply import EmailMessage as ParsedMail
from mailparser_reply.constants import MAIL_LANGUAGES

from ess_ground.words import asked

from .models import Member, Thread

LOCAL_PART = re.compile(r"reply\+(\d{1,18})\.(\d{1,18})\.([0-9a-f]{20})", re.IGNORECASE)
# Where a mail is said to have been delivered, the surest first.
DELIVERED_TO = ("Delivered-To", "X-Original-To", "To", "Cc")
# What Algerian mail programs write in, where a mail does not say so rightly. windows-1256 has the
# French letters too, and takes any byte.
ENCODINGS = ("utf-8", "windows-1256")
LONGEST = 100_000
BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h\d|tr)>", re.IGNORECASE)
QUOTED_HTML = {"blockquote", "script", "style", "title"}

# The library knows no Arabic.
MAIL_LANGUAGES.setdefault(
    "ar",
    {
        "wrote_header": r"^((?:> ?)*(?:في|بتاريخ|يوم)\s.+?(?:كتب|كتبت)(?:\s.*)?:)$",
        "from_header": r"((?:(?:^|\n|\n(?:> ?)*)[* ]*"
        r"(?:من|إلى|التاريخ|الموضوع|نسخة|تاريخ الإرسال):[ *]*(?:\s{,2}).*){2,}(?:\n.*){,1})",
        "signatures": ["مع خالص التحية", "مع فائق الاحترام", "تحياتي", "مع التحية"],
        "sent_from": r"(?:أُرسلت|أرسلت|مُرسل|مرسل) من",
    },
)


class Answered(NamedTuple):
    """Who answers, and where: the keys of a member and of a thread."""

    member: int
    thread: int


def domain() -> str:
    """Return the domain that mails are taken at; nothing where they are not."""
    return getattr(settings, "ESS_FORUM", {}).get("INBOUND_DOMAIN", "")


def reply_address(member: Member, thread: Thread) -> str:
    """Return the address by which this member answers in this thread; nothing without a domain."""
    if not domain():
        return ""
    signature = _signature(member.pk, thread.pk)
    return f"reply+{member.pk}.{thread.pk}.{signature}@{domain()}"


def _signature(member: int, thread: int) -> str:
    mac = salted_hmac("ess_forum.inbound", f"{member}.{thread}", algorithm="sha256")
    return mac.hexdigest()[:20]


def answered(message: EmailMessage, recipient: str = "") -> Answered | None:
    """Return what a mail answers, if it went to an address that we made.

    `recipient` is to whom the mail server delivers it, where it says so.
    """
    for address in _recipients(message, recipient):
        local, _at, host = address.rpartition("@")
        match = LOCAL_PART.fullmatch(local)
        if match and domain() and host.lower() == domain().lower():
            found = Answered(int(match[1]), int(match[2]))
            if constant_time_compare(match[3].lower(), _signature(*found)):
                return found
    return None


def _recipients(message: EmailMessage, recipient: str) -> Iterator[str]:
    if recipient:
        yield recipient
    values = [str(value) for name in DELIVERED_TO for value in message.get_all(name, [])]
    yield from (address for _name, address in getaddresses(values))


def sender_of(message: EmailMessage) -> str:
    """Return the address that a mail says it comes from, in small letters."""
    senders = getaddresses([str(value) for value in message.get_all("From", [])])
    return senders[0][1].lower() if len(senders) == 1 else ""


def is_automatic(message: EmailMessage) -> bool:
    """Return whether a program wrote it, such as an answer of who is away: nobody answers that."""
    automatic = str(message.get("Auto-Submitted", "no")).strip().lower() != "no"
    bulk = str(message.get("Precedence", "")).strip().lower() in {"bulk", "list", "junk"}
    return automatic or bulk or str(message.get("Return-Path", "")).strip() == "<>"


def key_of(message: EmailMessage, raw: bytes) -> str:
    """Return what a mail is known by when it comes again."""
    found = asked(str(message.get("Message-ID", "")))
    return found[:255] or sha256(raw).hexdigest()


def words_of(message: EmailMessage) -> str:
    """Return what its sender has written: without what is quoted, nor the signature."""
    part = message.get_body(("plain", "html"))
    content = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(content, bytes):
        return ""
    text = decoded(content, part.get_content_charset())
    if part.get_content_type() == "text/html":
        text = _read(text)
    parsed = ParsedMail(
        text=text[:LONGEST], languages=["fr", "ar", "en"], keep_hyphen_lists=True
    ).read()
    return _without_quote(parsed.replies[0].body.splitlines())


def decoded(content: bytes, said: str | None) -> str:
    """Return bytes as text, in the encoding that the mail says it is, or else in a likely one."""
    for encoding in filter(None, (said, *ENCODINGS)):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")


def _read(html: str) -> str:
    tags = {"br", "p", "div", "li", "tr"}
    kept = nh3.clean(html, tags=tags, attributes={}, clean_content_tags=QUOTED_HTML)
    return unescape(strip_tags(BLOCK_END.sub("\n", kept)))


def _without_quote(lines: Iterable[str]) -> str:
    """Return these lines without the quoted ones at the end: those between are answered to."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].startswith(">")):
        kept.pop()
    return "\n".join(kept).strip()
