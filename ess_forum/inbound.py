"""Mails that members answer: the address that they answer to, and what they write there."""

import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.utils import getaddresses
from hashlib import sha256
from html import unescape
from itertools import dropwhile, takewhile
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
# What is said of mails that nobody writes to somebody: older programs say it in no other way.
NOT_BY_HAND = {"bulk", "list", "junk", "auto_reply"}
BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h\d|tr)>", re.IGNORECASE)
QUOTED_HTML = {"blockquote", "script", "style", "title"}

# The library knows no Arabic.
MAIL_LANGUAGES.setdefault(
    "ar",
    {
        "from_header": r"((?:(?:^|\n|\n(?:> ?)*)[* ]*"
        r"(?:من|إلى|التاريخ|الموضوع|نسخة|تاريخ الإرسال|تم الإرسال):[ *]*(?:\s{,2}).*){2,}"
        r"(?:\n.*){,1})",
        "signatures": ["مع خالص التحية", "مع فائق الاحترام", "تحياتي", "مع التحية"],
        "sent_from": r"(?:أُرسلت|أرسلت|مُرسل|مرسل) من",
    },
)
# What programs put above a quote: “On … wrote:”. A member may well say that somebody has written
# something on a day: only a program gives the minute, or the address.
BEGINS = re.compile(r"(?:Le|On|في|بتاريخ|يوم)\s", re.IGNORECASE)
MOMENT = re.compile(r"\d[:hH.]\d\d|@")
WROTE = re.compile(r"\b(?:a écrit|wrote|كتبت?|تمت كتابة ما يلي بواسطة)\b", re.IGNORECASE)
# It goes on over so many lines where a program has wrapped it.
WROTE_LINES = 3
# What programs write is shorter.
LONGEST_LINE = 400
# The lines at the end that a program has added, the last of which may lead to the quote.
OF_PROGRAMS = re.compile(
    r"(?:Envoyé (?:de|du|depuis|avec|à partir)|Télécharger Outlook|Sent (?:from|with)|Get Outlook"
    r"|(?:أُرسلت|أرسلت|مُرسلة?|مرسلة?|تم الإرسال) (?:من|عبر|بواسطة)|تنزيل Outlook)\b.*"
    r"|[-_]{5,}(?:.{3,30}[-_]{5,})?",
    re.IGNORECASE,
)
# French has a space before a colon, which Outlook makes a hard one.
HARD_SPACE = re.compile(r"^([* ]*(?:De|Envoyé|À|Cc|Objet))[\xa0\u202f]:", re.MULTILINE)
# The direction marks around addresses in Arabic mails.
MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# A longer “signature” is what somebody wrote after a greeting.
SIGNATURE_LINES = 8


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
    bulk = str(message.get("Precedence", "")).strip().lower() in NOT_BY_HAND
    said = any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    is_report = message.get_content_type() == "multipart/report"
    is_bounce = is_report or str(message.get("Return-Path", "")).strip() == "<>"
    return automatic or bulk or said or is_bounce


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
    lines = text[:LONGEST].splitlines()
    start, end = _attribution(lines)
    above, below = lines[:start], lines[end:]
    if _are_answered(below):
        return _without_quote(_above_signature([*above, *below]))
    return _without_quote(_first_reply(above if any(map(str.strip, above)) else below))


def _attribution(lines: list[str]) -> tuple[int, int]:
    """Return where a program says who wrote what is quoted, and where that ends."""
    for start, line in enumerate(lines):
        parts = [part.translate(MARKS).strip() for part in lines[start : start + WROTE_LINES]]
        for many in range(1, len(parts) + 1):
            if line.strip() and _says_who_wrote(" ".join(parts[:many])):
                return start, start + many
    return len(lines), len(lines)


def _says_who_wrote(text: str) -> bool:
    is_likely = len(text) <= LONGEST_LINE and text.endswith(":") and BEGINS.match(text)
    return bool(is_likely and MOMENT.search(text) and WROTE.search(text))


def _are_answered(lines: list[str]) -> bool:
    """Return whether somebody has written below or between what is quoted here."""
    after = dropwhile(lambda line: not line.startswith(">"), lines)
    return not all(line.startswith(">") or _is_no_word(line) for line in after)


def _above_signature(lines: Iterable[str]) -> Iterable[str]:
    return takewhile(lambda line: line.rstrip() != "--", lines)


def _first_reply(lines: Iterable[str]) -> list[str]:
    """Return these lines up to the signature, or to what is quoted as Outlook does it."""
    text = HARD_SPACE.sub(r"\1 :", "\n".join(lines))
    parsed = ParsedMail(text=text, languages=["fr", "ar", "en"], keep_hyphen_lists=True).read()
    first = parsed.replies[0]
    is_signature = len(first.signatures.splitlines()) <= SIGNATURE_LINES
    body = first.body if is_signature else first.content.replace(first.headers, "")
    return body.splitlines()


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
    """Return these lines without the end that is quoted, or a program's own.

    Quoted lines between are answered to.
    """
    kept = list(lines)
    while kept and (kept[-1].startswith(">") or _is_no_word(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip()


def _is_no_word(line: str) -> bool:
    line = line.translate(MARKS).strip()
    return not line or (len(line) <= LONGEST_LINE and bool(OF_PROGRAMS.fullmatch(line)))
