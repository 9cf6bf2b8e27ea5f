"""Reads whom an editor wants to invite from a file, and says what becomes of each of them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from ess_ground.words import folded
from ess_pages.imports.files import FileError, Row, read_table
from ess_pages.languages import listed

from .models import Invitation

MAX_GUESTS = 500
NAME_LENGTH = 150
# A file that has been checked can be sent as long.
CHECKED_FOR = 3600
# What the columns are called, folded and without what is not a letter.
HEADINGS = {
    "email": {
        *("email", "emailaddress", "mail", "adresseemail", "adressemail", "courriel"),
        *("adresseelectronique", "البريدالالكتروني", "بريدالكتروني", "الايميل", "البريد"),
    },
    "name_latin": {
        *("name", "latinname", "nameinlatinscript", "namelatin", "nom", "nometprenom"),
        *("prenometnom", "nomlatin", "nomencaractereslatins", "nomenlettreslatines"),
        *("nomprenom", "prenomnom", "nomcomplet", "nomdefamille", "participant", "lastname"),
        *("الاسمبالفرنسيه", "الاسمباللاتينيه", "الاسمبالحروفاللاتينيه", "الاسماللاتيني"),
    },
    "name_arabic": {
        *("arabicname", "nameinarabic", "nameinarabicscript", "namearabic", "nomarabe"),
        *("nomenarabe", "nomencaracteresarabes", "الاسم", "الاسمبالعربيه", "الاسمالعربي"),
        *("الاسمواللقب", "الاسمبالحروفالعربيه"),
    },
    # Many lists have the two parts of a name in two columns: the other part is in those above.
    "first_latin": {"prenom", "prenoms", "firstname", "givenname"},
    "family_arabic": {"اللقب", "اللقبالعائلي"},
    "language": {"language", "langue", "lang", "اللغه", "لغه"},
}
LANGUAGES = {
    "fr": {"fr", "fra", "fre", "french", "francais", "الفرنسيه", "فرنسيه"},
    "ar": {"ar", "ara", "arabic", "arabe", "العربيه", "عربيه"},
}
# Windows-1256 writes Arabic and the small accented letters of French alike, but not the capital
# ones, which read as a lone Arabic letter within a French word.
ARABIC_WORD = re.compile(r"(?<!\w)[\u0621-\u064a]{2,}(?!\w)")
# Marks of direction and joiners, which come with an address that is copied.
INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
WORKBOOK = b"PK\x03\x04"


class Outcome(TextChoices):
    """What becomes of somebody who is in the file."""

    INVITED = "invited", pgettext_lazy("guest", "Will be invited")
    AGAIN = "again", pgettext_lazy("guest", "Will be invited again")
    WAITING = "waiting", pgettext_lazy("guest", "Has an invitation already")
    MEMBER = "member", pgettext_lazy("guest", "Has an account already")
    REFUSED = "refused", pgettext_lazy("guest", "Refused")


@dataclass
class Guest:
    """Somebody to invite, what is wrong with the row, and what becomes of it."""

    row: int
    email: str
    name_latin: str
    name_arabic: str
    language: str
    reasons: list[str] = field(default_factory=list)
    outcome: str = Outcome.INVITED

    @property
    def outcome_label(self) -> str:
        """What becomes of it, in words."""
        return str(Outcome(self.outcome).label)

    @property
    def is_written_to(self) -> bool:
        """Whether an invitation goes out."""
        return self.outcome in (Outcome.INVITED, Outcome.AGAIN)


def read_guests(content: bytes) -> list[Guest]:
    """Return the people in a CSV or XLSX file, each with what becomes of them.

    CSV may be in UTF-8, or in Windows-1256 or 1252, as older spreadsheets write it. Raises
    FileError where the file as a whole cannot be read. Two queries.
    """
    table = read_table(_in_utf8(content))
    if len(table.rows) > MAX_GUESTS:
        raise FileError(
            ngettext(
                "The file has more than %(number)d row: send it in several parts.",
                "The file has more than %(number)d rows: send it in several parts.",
                MAX_GUESTS,
            )
            % {"number": MAX_GUESTS}
        )
    places = _places(table.headings)
    guests = [_guest(row, places) for row in table.rows]
    _refuse_doubles(guests)
    _settle(guests)
    return guests


def sealed(guests: Iterable[Guest], user) -> str:
    """Return those who would be written to as a text that only this user can send back."""
    rows = [asdict(guest) for guest in guests if guest.is_written_to]
    return signing.dumps(rows, salt=_salt(user), compress=True)


def unsealed(text: str, user) -> list[Guest]:
    """Return whom `sealed` has put there. Raises ValidationError for any other text."""
    try:
        rows = signing.loads(text, salt=_salt(user), max_age=CHECKED_FOR)
    except signing.BadSignature as error:
        raise ValidationError(_("The file was checked too long ago: send it again.")) from error
    return [Guest(**row) for row in rows]


def _salt(user) -> str:
    return f"ess_site.accounts.guests.{user.pk}"


def _in_utf8(content: bytes) -> bytes:
    """Return a CSV file in UTF-8; any other file as it is."""
    if content.startswith((*BYTE_ORDER_MARKS, WORKBOOK)) or b"\x00" in content:
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1256", "replace")
        if not ARABIC_WORD.search(text):
            text = content.decode("cp1252", "replace")
        return text.encode()
    return content


def _places(headings: list[str]) -> dict[str, int]:
    """Return where each column is. Raises FileError where one is missing or there twice."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        word = re.sub(r"[\W_]", "", folded(heading))
        name = next((name for name, words in HEADINGS.items() if word in words), None)
        if name in places:
            raise FileError(_("Two columns are the same one: “%(name)s”.") % {"name": heading})
        if name:
            places[name] = place
    if "email" not in places:
        raise FileError(_("The file lacks the column of e-mail addresses: call it “e-mail”."))
    if not places.keys() & {"name_latin", "name_arabic"}:
        raise FileError(_("The file lacks a column of names: call it “name”, or “name in Arabic”."))
    return places


def _guest(row: Row, places: dict[str, int]) -> Guest:
    cells = {
        name: " ".join(row.cells[place].split()) if place < len(row.cells) else ""
        for name, place in places.items()
    }
    language, reasons = _language(cells.get("language", "")), list(row.problems.values())
    guest = Guest(
        row.number,
        _address(cells["email"]),
        _joined(cells.get("first_latin"), cells.get("name_latin")),
        _joined(cells.get("name_arabic"), cells.get("family_arabic")),
        language or settings.LANGUAGE_CODE,
        reasons,
    )
    reasons += _problems(guest)
    if language is None:
        reasons.append(_("“%(text)s” is no language of this site.") % {"text": cells["language"]})
    return guest


def _address(text: str) -> str:
    """Return an address without what mail programs and spreadsheets put around it."""
    text = text.translate(INVISIBLE).strip(" ;,").removeprefix("mailto:")
    within = re.fullmatch(r"[^<>]*<([^<>]*)>", text)
    return (within[1] if within else text).strip().lower()


def _joined(*parts: str | None) -> str:
    return " ".join(filter(None, parts))


def _language(text: str) -> str | None:
    """Return the code of a language, the site's own where nothing is said; None if unknown."""
    if not text:
        return settings.LANGUAGE_CODE
    return next((code for code, words in LANGUAGES.items() if folded(text) in words), None)


def _problems(guest: Guest) -> list[str]:
    reasons = []
    try:
        validate_email(guest.email)
    except ValidationError:
        reasons.append(
            _("“%(text)s” is no e-mail address.") % {"text": guest.email}
            if guest.email
            else _("The e-mail address is missing.")
        )
    if not guest.name_latin and not guest.name_arabic:
        reasons.append(_("The name is missing."))
    if max(len(guest.name_latin), len(guest.name_arabic)) > NAME_LENGTH:
        reasons.append(_("The name is too long."))
    return reasons


def _refuse_doubles(guests: list[Guest]) -> None:
    """Refuse the rows that have the same address, each naming the others."""
    rows = defaultdict(list)
    for guest in guests:
        rows[guest.email].append(guest.row)
    for guest in guests:
        others = [row for row in rows[guest.email] if row != guest.row]
        if guest.email and others:
            guest.reasons.append(
                _("The same address is in row %(rows)s too.") % {"rows": listed(others[:5])}
            )


def _settle(guests: list[Guest]) -> None:
    """Say what becomes of each."""
    addresses = [guest.email for guest in guests]
    accounts = get_user_model().objects.filter(email__in=addresses).values_list("email")
    confirmed = EmailAddress.objects.filter(email__in=addresses, verified=True)
    members = {email for (email,) in accounts.union(confirmed.values_list("email"))}
    invitations = {each.email: each for each in Invitation.objects.filter(email__in=addresses)}
    for guest in guests:
        guest.outcome = _outcome(guest, members, invitations.get(guest.email))


def _outcome(guest: Guest, members: set[str], invitation: Invitation | None) -> Outcome:
    if guest.reasons:
        return Outcome.REFUSED
    if guest.email in members:
        return Outcome.MEMBER
    if invitation is None:
        return Outcome.INVITED
    return Outcome.WAITING if invitation.is_open else Outcome.AGAIN
