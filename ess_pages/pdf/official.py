"""What the PDF of an official document says."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import segno
from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format
from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _

from ..links import in_language, view_url
from ..models import Consultation, MeetingReportPage, OfficialDocument, Participant, Sphere, Voter
from ..models.handovers import canonical_of_document
from ..models.meetings import shown_workshops
from ..official_documents import Content, checksum
from .prose import paragraphs

TEXTS = "recommendations.jsonl"
CODE = "code.svg"
# So that people can compare a checksum with another.
GROUP = 8

Fact = tuple[str, list[str]]


class Official:
    """An official document as `official.typ` takes it: its `data`, and the `files` they name.

    `held` is what it holds; `status` is a sentence for the top of the paper, such as that this is
    a draft. Each language says the same in a column of its own. The texts go along as a file, in
    the very form of which the checksum is made.
    """

    template = "official.typ"

    def __init__(self, document: OfficialDocument, held: list[Content], status: str = "") -> None:
        self.document = document
        self.held = held
        self.checksum = checksum(held)
        self.consulted = [(content, _consultation(content)) for content in held]
        columns = [self._column(language) for language in document.languages]
        self.data = self._frame(columns) | {
            "reference": document.reference,
            "checksum": grouped(self.checksum),
            "status": status,
            "columns": columns,
            "texts": {"file": TEXTS, "description": columns[0]["texts_file"]},
            "code": CODE,
        }
        code = BytesIO()
        segno.make(columns[0]["address"], error="m", micro=False).save(code, kind="svg", border=0)
        self.files = {
            TEXTS: canonical_of_document(content.canonical for content in held).encode(),
            CODE: code.getvalue(),
        }

    @property
    def filename(self) -> str:
        """What the file is called."""
        return re.sub(r"[^\w.-]+", "-", self.document.reference) + ".pdf"

    def _column(self, language: str) -> dict[str, Any]:
        """Return all that the document says in one language."""
        with override(language):
            address = self._address(language)
            return {
                "lang": language,
                "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
                "site": self._site(language),
                "address": address,
                "shown_address": uri_to_iri(address),
                **self._letter(language),
                **self._texts(language),
                **self._check(),
            }

    def _frame(self, columns: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what stands on every page, in each language where there are two."""
        titles = [apart(self.document.reference), *(column["title"] for column in columns)]
        frame = {
            "lang": columns[0]["lang"],
            "title": " · ".join(titles),
            "site": " · ".join(column["site"] for column in columns if column["site"]),
            "url": " · ".join(column["shown_address"] for column in columns),
        }
        numbers = {"page_number": "%(number)s / %(total)s"} if len(columns) > 1 else {}
        return frame | numbers

    def _site(self, language: str) -> str:
        page = next((content.pages[language] for content in self.held), None)
        front = page and page.get_ancestors().filter(depth=2).first()
        return front.title if front else ""

    def _letter(self, language: str) -> dict[str, Any]:
        number = len(self.held)
        title = ngettext("%(number)s recommendation", "%(number)s recommendations", number)
        return {
            "kicker": _("Official document"),
            "title": self.document.title,
            "facts": [
                (_("Reference"), [apart(self.document.reference)]),
                (_("Date"), [date_format(self.document.dated, "j F Y")]),
                (_("Contents"), [title % {"number": number}]),
            ],
            "letter": paragraphs(getattr(self.document, f"letter_{language}")),
            "signatory": getattr(self.document, f"signatory_{language}"),
        }

    def _texts(self, language: str) -> dict[str, Any]:
        return {
            "contents": _("Table of contents"),
            "items": [
                {
                    "title": title_of(content, language),
                    "facts": _facts(content, consultation, language),
                    "clauses": [_clause(version, language) for version in content.clauses],
                    "clauses_title": _("Clauses"),
                    "checksum": (_("Checksum of this text"), grouped(content.digest)),
                }
                for content, consultation in self.consulted
            ],
            "participants": {
                "title": _("Participants"),
                "header": [_("Sphere"), _("Participants")],
                "rows": self._participants(language),
            },
        }

    def _participants(self, language: str) -> list[tuple[str, list[str]]]:
        """Return, by sphere, who was asked to consent, or else took part in the meetings."""
        people: dict[Sphere, dict[str, None]] = {}
        for content, consultation in self.consulted:
            for person in _people(content, consultation):
                people.setdefault(person.sphere, {})[getattr(person, f"name_{language}")] = None
        return [
            (sphere.name, list(names))
            for sphere, names in sorted(people.items(), key=lambda row: row[0].pk)
        ]

    def _check(self) -> dict[str, Any]:
        return {
            "check": {
                "title": _("Check this document"),
                "text": _(
                    "Anyone can check that this paper bears the texts that were validated: scan "
                    "the code, or open the address below, and compare the checksum."
                ),
                "how": _(
                    "The checksum is the SHA-256 of the file %(file)s, which is attached to this "
                    "PDF: the clauses in order, in French and in Arabic."
                )
                % {"file": TEXTS},
                "label": _("Checksum (SHA-256)"),
                "alt": _("Code that leads to the page where this document can be checked"),
            },
            "texts_file": _("The texts as they were validated, in the form that is digested"),
        }

    def _address(self, language: str) -> str:
        page: Any = next((content.page for content in self.held if content.page), None)
        return view_url(page, "verify_document", self.document.reference, language=language)


def apart(text: str) -> str:
    """Return a text that keeps its own direction within a line: of a reference, its order."""
    return f"\u2068{text}\u2069"


def grouped(text: str) -> str:
    """Return a checksum in groups of digits that people can compare."""
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def title_of(content: Content, language: str) -> str:
    """Return the title of a recommendation in a language, or in the other where it has no page."""
    page = content.pages[language]
    return page.title if page else str(content.recommendation)


def _clause(version, language: str) -> dict[str, Any]:
    wording = version.wording(language)
    return {
        "number": _("Clause %(number)s") % {"number": version.place},
        "heading": wording.heading,
        "text": paragraphs(wording.text),
    }


def _consultation(content: Content) -> Consultation | None:
    """Return the vote by which a text was validated, if it was by one."""
    passed = content.recommendation.consultations.filter(has_passed=True)
    return passed.filter(text_digest=content.digest).first()


def _facts(content: Content, consultation: Consultation | None, language: str) -> list[Fact]:
    """Return where a recommendation comes from and how it was validated."""
    people = [getattr(person, f"name_{language}") for person in _rapporteurs(content)]
    facts: list[Fact] = [
        (_("Workshop"), _workshop(content, language)),
        (ngettext("Rapporteur", "Rapporteurs", len(people)), people),
        (_("Validated on"), [_day(content.step.at)] if content.step else []),
        (_("Consent of the participants"), _result(consultation) if consultation else []),
    ]
    return [(label, lines) for label, lines in facts if lines]


def _rapporteurs(content: Content) -> Iterable[Participant]:
    return content.recommendation.all_rapporteurs()


def _workshop(content: Content, language: str) -> list[str]:
    page = content.pages[language]
    workshops = in_language(shown_workshops(), [page.workshop if page else None], language)
    return [line for item in workshops if item for line in (item.title, item.meeting.title)]


def _result(consultation: Consultation) -> list[str]:
    """Return the rule and the numbers of a vote, as `counting.count` left them."""
    result = consultation.result
    choices = result.get("choices", {})
    lines = [
        f"{consultation.get_rule_display()} · {consultation.get_voice_display()}",
        _("Asked: %(asked)s · answered: %(answered)s")
        % {"asked": result.get("asked", 0), "answered": result.get("answered", 0)},
        _("For: %(for)s · against: %(against)s · abstentions: %(abstain)s")
        % {name: choices.get(name, 0) for name in ("for", "against", "abstain")},
    ]
    if consultation.voice == Consultation.Voice.SPHERE:
        voices = result.get("voices", {})
        lines.append(
            _("Voices of the spheres: %(for)s for, %(against)s against, %(abstain)s abstaining")
            % {name: voices.get(name, 0) for name in ("for", "against", "abstain")}
        )
    return [*lines, *_quorum(consultation)]


def _quorum(consultation: Consultation) -> list[str]:
    if not consultation.quorum:
        return []
    said = _("Quorum: %(quorum)s %%")
    if consultation.quorum_waived_at:
        said = _("Quorum: %(quorum)s %%, waived")
    return [said % {"quorum": consultation.quorum}]


def _people(content: Content, consultation: Consultation | None) -> Iterable[Voter | Participant]:
    if consultation:
        return consultation.voters.select_related("sphere")
    page = content.page
    meeting: Any = page and page.workshop and page.workshop.meeting
    reports = MeetingReportPage.objects.live().child_of(meeting) if meeting else []
    guests = [person.pk for report in reports for person in report.named_participants]
    people = Participant.objects.filter(pk__in=guests) | content.recommendation.all_rapporteurs()
    return people.distinct().select_related("sphere")


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
