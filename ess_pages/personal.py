"""What this app knows of a person: for their archive, for when they leave, and for how long."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from ess_ground.audiences import EVERYONE, MEMBERS, NOBODY
from ess_ground.personal import Column, Effects, PersonalPart, Rule, Table

from .actions import imports, leaving
from .actions.participants import FIELDS
from .actions.retention import (
    erase_accreditations,
    erase_entry_reports,
    erase_registrations,
    erase_reviewers,
)
from .links import in_language
from .models import (
    Accreditation,
    Amendment,
    Ballot,
    ClauseVersion,
    Comment,
    Confirmation,
    EntryReport,
    Guest,
    ImportRun,
    Opinion,
    Participant,
    Proposal,
    Recommendation,
    RecommendationPage,
    Registration,
    ReportReviewer,
    Representative,
    Resolution,
    Voter,
    Workshop,
)

PERSON = "participant__user"


def _titled(rows: Any) -> list[Any]:
    return rows.with_pages(Page.objects.all())


def _about_page(label: str | Promise) -> Column:
    """Return a column that names the page; the table has to load its rows by `_titled`."""
    return Column("page", label, lambda record: record.page.title if record.page else "")


def _at(name: str, label: str | Promise) -> Column:
    return Column(name, label, attrgetter(name))


def _audiences(person: Participant) -> list[str]:
    seen_by = {EVERYONE: _("everyone"), MEMBERS: _("members"), NOBODY: _("nobody")}
    return [
        f"{person._meta.get_field(name).verbose_name}: "  # type: ignore[union-attr]
        f"{seen_by.get(getattr(person, f'{name}_audience'), '')}"
        for name in FIELDS
    ]


def _of_texts(rows: Any) -> list[Any]:
    """Return the rows, each with the `text_title` of its recommendation. Two queries more."""
    found = list(rows)
    texts = [_text(each) for each in found]
    pages: list[Any] = in_language(RecommendationPage.objects.all(), texts)
    titles = {page.translation_key: page.title for page in pages}
    for record in found:
        record.text_title = titles.get(_text(record).translation_key, "")
    return found


def _text(record: Any) -> Recommendation:
    return record if isinstance(record, Recommendation) else record.recommendation


def _about(comment: Comment) -> str:
    return str(comment.clause or comment.amendment)


TEXT = _at("text_title", gettext_lazy("recommendation"))
REGISTRATION = (
    _about_page(gettext_lazy("meeting")),
    *("name", "email", "organisation", "sphere", "note", "is_listed", "language", "state"),
    *("created_at", "changed_at", "attended_at"),
)

TABLES = (
    Table(
        "participant",
        Participant,
        "user",
        (
            *("name_fr", "name_ar", "role_fr", "role_ar", "sphere", "organisation", "wilaya"),
            Column("audiences", gettext_lazy("who sees what"), _audiences),
            "is_confirmed",
        ),
        title=gettext_lazy("Who you are"),
    ),
    Table("registrations", Registration, "user", REGISTRATION, load=_titled),
    Table(
        "registrations-by-address",
        Registration,
        "email",
        REGISTRATION,
        title=gettext_lazy("Registrations with your address, without your account"),
        by_address=True,
        only=Q(user=None),
        load=_titled,
    ),
    Table(
        "accreditations",
        Accreditation,
        "email",
        (
            _about_page(gettext_lazy("meeting")),
            *("name", "media", "email", "phone", "press_card", "needs", "language", "state"),
            *("answer", "created_at", "decided_at"),
        ),
        by_address=True,
        load=_titled,
    ),
    Table(
        "reports-approved",
        ReportReviewer,
        "email",
        ("name", "email", "language", "answer", "remarks", "answered_at"),
        title=gettext_lazy("What you said of reports of meetings"),
        by_address=True,
    ),
    Table(
        "reports-of-entries",
        EntryReport,
        "email",
        (
            _about_page(gettext_lazy("entry")),
            *("reason", "detail", "email", "state", "answer", "created_at"),
        ),
        by_address=True,
        load=_titled,
    ),
    Table(
        "proposals",
        Proposal,
        "author",
        ("kind", "title", "language", "note", "state", "answer", "created_at", "decided_at"),
    ),
    Table(
        "representative",
        Representative,
        "user",
        (_about_page(gettext_lazy("actor")), "appointed_at"),
        title=gettext_lazy("Actors that you represent"),
        load=_titled,
    ),
    Table(
        "confirmations",
        Confirmation,
        "confirmed_by",
        (_about_page(gettext_lazy("entry")), "confirmed_at"),
        title=gettext_lazy("Entries that you have confirmed"),
        load=_titled,
    ),
    Table(
        "amendments",
        Amendment,
        "author",
        (
            TEXT,
            *("kind", "language", "heading", "text", "reason", "author_name", "state"),
            *("created_at", "proposed_at", "decided_at", "decision"),
        ),
        related=("recommendation",),
        load=_of_texts,
    ),
    Table(
        "opinions",
        Opinion,
        "user",
        ("amendment", "is_support", "reason", "at"),
        title=gettext_lazy("Amendments that you support or oppose"),
    ),
    Table(
        "comments",
        Comment,
        "author",
        (Column("about", gettext_lazy("on what"), _about), "quote", "text", "at"),
        related=("clause", "amendment"),
    ),
    Table(
        "consents",
        Voter,
        PERSON,
        (
            Column("asked", gettext_lazy("asked at"), attrgetter("consultation.opened_at")),
            *("name_fr", "name_ar", "sphere", "has_voted"),
        ),
        title=gettext_lazy("Recommendations to which your consent was asked"),
        related=("consultation",),
    ),
    # Nothing leads from a secret ballot to its voter.
    Table(
        "votes",
        Ballot,
        f"voter__{PERSON}",
        ("choice", "reason", "sphere"),
        title=gettext_lazy("Your open votes on recommendations"),
    ),
    Table(
        "guest",
        Guest,
        PERSON,
        (Column("report", gettext_lazy("report"), attrgetter("report.title")),),
        title=gettext_lazy("Reports that name you"),
        related=("report",),
    ),
    Table(
        "workshops",
        Workshop,
        "rapporteurs__user",
        ("title",),
        title=gettext_lazy("Workshops whose rapporteur you are"),
    ),
    Table(
        "rapporteur",
        Recommendation,
        "rapporteurs__user",
        (TEXT, "state"),
        title=gettext_lazy("Recommendations whose rapporteur you are"),
        load=_of_texts,
    ),
    Table(
        "resolutions",
        Resolution,
        "owner__user",
        ("title", "text", "due_on"),
        title=gettext_lazy("Resolutions that you answer for"),
    ),
    Table(
        "clauses",
        ClauseVersion,
        "by",
        (TEXT, "at", "kind", "heading_fr", "text_fr", "heading_ar", "text_ar", "reason"),
        title=gettext_lazy("Clauses that you have written"),
        related=("recommendation",),
        load=_of_texts,
    ),
    Table(
        "imports",
        ImportRun,
        "user",
        ("file_name", "state", "created_at", "total"),
    ),
)

IN_OFFICE = "What editors do in office is told by the log of the admin."
EXEMPT = {
    **dict.fromkeys(
        [
            *("Accreditation.decided_by", "MeetingMessage.sent_by", "Amendment.decided_by"),
            *("Consultation.opened_by", "OfficialDocument.issued_by", "Handover.created_by"),
            *("Answer.created_by", "UndertakingUpdate.by", "EntryReport.decided_by"),
            *("ResolutionUpdate.created_by", "ReportReview.opened_by", "ReportReview.approved_by"),
            "Step.by",
        ],
        IN_OFFICE,
    ),
    "Workshop_rapporteurs.participant": "The same rows as Workshop.rapporteurs.",
    "Recommendation_rapporteurs.participant": "The same rows as Recommendation.rapporteurs.",
    "DecisionMaker.email": "The address of an office, which the editors publish or keep.",
    "ActorPage.email": "The published address of an organisation.",
    "PressPage.contact_email": "The published address of the association.",
}


def _counted(erase: Callable[[], int]) -> Callable[[datetime], int]:
    """Return a rule's work for what knows by itself how old is too old."""
    return lambda _before: erase()


RULES = (
    Rule(
        "pages_registrations",
        gettext_lazy("Names and contact details of those registered for a meeting"),
        gettext_lazy("To write the report with those who came; then only their number stays"),
        365,
        erase_registrations,
    ),
    Rule(
        "pages_accreditations",
        gettext_lazy("Journalists’ requests to cover a meeting"),
        gettext_lazy("To send them the report"),
        365,
        erase_accreditations,
    ),
    Rule(
        "pages_reviewers",
        gettext_lazy("Addresses of those who were asked to approve a report"),
        gettext_lazy("To reach them about what they said"),
        365,
        erase_reviewers,
    ),
    Rule(
        "pages_entry_reports",
        gettext_lazy("Addresses of visitors who reported an error, once it is decided on"),
        gettext_lazy("To answer them"),
        180,
        erase_entry_reports,
    ),
    Rule(
        "pages_imports",
        gettext_lazy("Files of entries that editors import"),
        gettext_lazy("They may hold contacts that nobody agreed to publish"),
        imports.KEPT_FOR.days,
        _counted(imports.purge_imports),
    ),
)


class PagesPart(PersonalPart):
    """The participant, and what they did for the directories, the meetings and the texts."""

    name = "pages"
    tables = TABLES
    exempt = EXEMPT
    rules = RULES

    def effects(self, user, *, keeps_posts: bool) -> Effects:
        """Return what becomes of it."""
        goes = [
            _(
                "Your registrations, proposals that wait, drafts of amendments, and what you "
                "represent"
            ),
            _("Your name on your comments and on amendments that were not taken up"),
        ]
        stays = [
            _("That you came to a meeting, in the number of those who came"),
            _("Your comments, opinions and amendments on recommendations: others answer them"),
        ]
        person = Participant.objects.filter(user=user).first()
        if person and leaving.is_on_record(person):
            stays.append(
                _(
                    "Your name, role and sphere where a published report, a workshop, a "
                    "resolution or a list of voters names you; votes that were counted"
                )
            )
        if Amendment.objects.filter(author=user, state__in=leaving.CREDITED).exists():
            stays.append(_("Your name on amendments that the text takes up, or may yet"))
        return Effects(goes, stays)

    def leave(self, user, *, keeps_posts: bool) -> None:
        """Take away what goes. What was said on recommendations is never a post of the forum."""
        leaving.leave(user)
