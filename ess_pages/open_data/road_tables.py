"""The tables of the open data of recommendations: how each came to be, and what became of it.

What names somebody who has not asked for it is not in them: accounts, how to reach decision-makers,
who received a paper and the proof of it; nor is what its author has not shown, a draft.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import (
    Amendment,
    Answer,
    ClauseVersion,
    Consultation,
    DocumentText,
    Handover,
    RecommendationPage,
    Step,
    Undertaking,
    UndertakingUpdate,
)
from ..models.recommendations import load_workshops
from .columns import Column, Value


def _as_it_is(rows: list) -> None:
    """Leave the rows as the query has read them."""


@dataclass(frozen=True)
class Table:
    """A table: `name` for programs, `label` for people, in their language.

    `rows` returns its rows, given the keys of the recommendations, a queryset; `complete` loads
    with some of them what takes queries of its own.
    """

    name: str
    label: Promise
    columns: tuple[Column, ...]
    rows: Callable[[QuerySet], QuerySet]
    complete: Callable[[list], None] = _as_it_is


def _field(path: str) -> Callable[[Any], Any]:
    """Return what finds the value at a path of attributes, or None where one of them is."""

    def value(row) -> Any:
        for name in path.split("."):
            row = row and getattr(row, name)
        return row

    return value


def _key(path: str) -> Callable[[Any], Value]:
    find = _field(f"{path}.translation_key" if path else "translation_key")
    return lambda row: (key := find(row)) and str(key)


def _when(path: str) -> Callable[[Any], Value]:
    """Return what finds a moment, or a day, as ISO 8601; moments are in UTC, as they are kept."""
    find = _field(path)
    return lambda row: (moment := find(row)) and moment.isoformat()


def _choice(name: str, label: Promise, code_label: Promise, path: str) -> tuple[Column, Column]:
    """Return the columns of a choice: its code, the same in every language, and what it is."""
    owner, _dot, field = path.rpartition(".")
    find = _field(owner) if owner else (lambda row: row)
    return (
        Column(name, code_label, _field(path)),
        Column(f"{name}_name", label, lambda row: getattr(find(row), f"get_{field}_display")()),
    )


RECOMMENDATION = Column("recommendation", _("recommendation"), _key("recommendation"))


# Recommendations


def _pages(recommendations: QuerySet) -> QuerySet[RecommendationPage]:
    versions = ClauseVersion.objects.filter(recommendation=OuterRef("recommendation"))
    last = versions.order_by("-number").values("number")[:1]
    pages = RecommendationPage.objects.filter(recommendation__in=recommendations)
    return (
        pages.select_related("recommendation", "workshop", "locale")
        .prefetch_related("topics")
        .defer("body")
        .annotate(version=Subquery(last))
        .order_by("recommendation", "locale")
    )


RECOMMENDATIONS = Table(
    "recommendations",
    _("Recommendations"),
    (
        Column("id", _("identifier"), _key("")),
        Column("language", _("language"), attrgetter("locale.language_code")),
        Column("title", _("title"), attrgetter("title")),
        Column("summary", _("summary"), attrgetter("summary")),
        *_choice("status", _("state"), _("code of the state"), "recommendation.state"),
        Column("amendments_until", _("amendments until"), _when("recommendation.closes_at")),
        Column("workshop", _("workshop"), _field("workshop_shown.title")),
        Column("meeting", _("meeting"), _field("workshop_shown.meeting.title")),
        Column(
            "topics", _("topics"), lambda page: [each.name for each in page.topics.all()], many=True
        ),
        Column("version", _("version of the text"), _field("version")),
        Column("first_published", _("published on"), _when("first_published_at")),
        Column("url", _("page"), attrgetter("full_url")),
    ),
    _pages,
    load_workshops,
)


# The text


def _versions(recommendations: QuerySet) -> QuerySet[ClauseVersion]:
    return (
        ClauseVersion.objects.filter(recommendation__in=recommendations)
        .select_related("recommendation", "clause")
        .prefetch_related("amendments")
        .order_by("recommendation", "number")
    )


def _place_now(versions: list[ClauseVersion]) -> None:
    """Give each version the place of its clause in the text of today, if that says it so."""
    about = ClauseVersion.objects.filter(
        recommendation__in={version.recommendation_id for version in versions}
    )
    of_texts = about.order_by().values("recommendation").annotate(last=Max("pk")).values("last")
    now = set(about.latest_of_each().order_by().values_list("pk", flat=True))
    orders = about.filter(pk__in=of_texts).values_list("recommendation", "order")
    texts = dict(orders)
    for version in versions:
        order = texts[version.recommendation_id] if version.pk in now else []
        is_there = version.clause_id in order
        version.place = order.index(version.clause_id) + 1 if is_there else 0


CLAUSES = Table(
    "clauses",
    _("Clauses"),
    (
        RECOMMENDATION,
        Column("clause", _("clause"), _key("clause")),
        Column("version", _("version of the text"), _field("number")),
        *_choice("kind", _("what was done"), _("code of what was done"), "kind"),
        Column("written_at", _("written at"), _when("at")),
        Column("place", _("number in the text of today"), lambda row: row.place or None),
        Column("heading_fr", _("heading in French"), _field("heading_fr")),
        Column("text_fr", _("text in French"), _field("text_fr")),
        Column("heading_ar", _("heading in Arabic"), _field("heading_ar")),
        Column("text_ar", _("text in Arabic"), _field("text_ar")),
        Column("behind", _("languages out of date"), _field("behind"), many=True),
        Column("reason", _("reason"), _field("reason")),
        Column(
            "amendments",
            _("amendments"),
            lambda row: [str(each.pk) for each in row.amendments.all()],
            many=True,
        ),
    ),
    _versions,
    _place_now,
)


def _amendments(recommendations: QuerySet) -> QuerySet[Amendment]:
    published = Amendment.objects.published().filter(recommendation__in=recommendations)
    return (
        published.with_opinions()
        .select_related("recommendation", "clause", "after", "base", "version")
        .order_by("recommendation", "proposed_at", "pk")
    )


AMENDMENTS = Table(
    "amendments",
    _("Amendments"),
    (
        Column("id", _("identifier"), _field("pk")),
        RECOMMENDATION,
        *_choice("kind", _("what it does"), _("code of what it does"), "kind"),
        Column("clause", _("clause"), _key("clause")),
        Column("after", _("after the clause"), _key("after")),
        Column("base", _("written on version"), _field("base.number")),
        Column("language", _("language"), _field("language")),
        Column("heading", _("heading"), _field("heading")),
        Column("text", _("text"), _field("text")),
        Column("reason", _("reason"), _field("reason")),
        Column("author", _("author"), _field("author_name")),
        Column("proposed_at", _("proposed at"), _when("proposed_at")),
        Column("supports", _("supports"), _field("supports")),
        Column("oppositions", _("oppositions"), _field("oppositions")),
        *_choice("status", _("state"), _("code of the state"), "state"),
        Column("decided_at", _("decided at"), _when("decided_at")),
        Column("decision", _("reason of the decision"), _field("decision")),
        Column("version", _("taken up in version"), _field("version.number")),
    ),
    _amendments,
)


# The road


def _steps(recommendations: QuerySet) -> QuerySet[Step]:
    steps = Step.objects.filter(recommendation__in=recommendations)
    return steps.select_related("recommendation")


STEPS = Table(
    "steps",
    _("Steps"),
    (
        RECOMMENDATION,
        Column("number", _("number"), _field("number")),
        *_choice("status", _("state"), _("code of the state"), "state"),
        Column("taken_at", _("taken at"), _when("at")),
        Column("reason", _("reason"), _field("reason")),
        Column("version", _("version of the text"), _field("version")),
        Column("text_digest", _("checksum of the text"), _field("text_digest")),
        Column("previous", _("digest of the step before"), _field("previous")),
        Column("digest", _("digest"), _field("digest")),
    ),
    _steps,
)


def _consultations(recommendations: QuerySet) -> QuerySet[Consultation]:
    consultations = Consultation.objects.filter(recommendation__in=recommendations)
    return consultations.select_related("recommendation").order_by("recommendation", "opened_at")


def _counted(*names: str) -> Callable[[Any], Value]:
    """Return what finds a number of the result: there is none before the consultation closes."""

    def value(consultation: Consultation) -> Value:
        result: Any = consultation.result
        for name in names:
            result = (result or {}).get(name)
        return result

    return value


CONSULTATIONS = Table(
    "consultations",
    _("Consultations"),
    (
        Column("id", _("identifier"), _field("pk")),
        RECOMMENDATION,
        Column("version", _("version of the text"), _field("version")),
        Column("text_digest", _("checksum of the text"), _field("text_digest")),
        *_choice("rule", _("rule"), _("code of the rule"), "rule"),
        *_choice("voice", _("voices"), _("code of the voices"), "voice"),
        *_choice("electorate", _("who is asked"), _("code of who is asked"), "electorate"),
        Column("quorum", _("quorum, in per cent"), _field("quorum")),
        Column("is_secret", _("secret ballot"), _field("is_secret")),
        Column("opened_at", _("opened at"), _when("opened_at")),
        Column("closes_at", _("answers until"), _when("closes_at")),
        Column("quorum_waived_at", _("quorum waived at"), _when("quorum_waived_at")),
        Column("quorum_waiver", _("why no quorum is asked for any more"), _field("quorum_waiver")),
        Column("closed_at", _("closed at"), _when("closed_at")),
        Column("has_passed", _("consent given"), _field("has_passed")),
        Column("asked", _("people asked"), _counted("asked")),
        Column("answered", _("answers"), _counted("answered")),
        Column("for", _("votes for"), _counted("choices", "for")),
        Column("against", _("votes against"), _counted("choices", "against")),
        Column("abstain", _("abstentions"), _counted("choices", "abstain")),
        Column("result", _("result"), lambda row: row.result or None),
    ),
    _consultations,
)


# The decision-maker's desk


def _documents(recommendations: QuerySet) -> QuerySet[DocumentText]:
    texts = DocumentText.objects.filter(recommendation__in=recommendations)
    issued = texts.exclude(document__issued_at=None).select_related("document", "recommendation")
    return issued.order_by("document__dated", "document", "place")


DOCUMENTS = Table(
    "documents",
    _("Official documents"),
    (
        Column("reference", _("reference number"), _field("document.reference")),
        RECOMMENDATION,
        Column("place", _("place"), _field("place")),
        Column("dated", _("date"), _when("document.dated")),
        Column("title", _("title"), _field("document.title")),
        Column("issued_at", _("issued at"), _when("document.issued_at")),
        Column("version", _("version of the text"), _field("version")),
        Column("text_digest", _("checksum of the text"), _field("text_digest")),
        Column("checksum", _("checksum of the document"), _field("document.checksum")),
    ),
    _documents,
)


def _received(recommendations: QuerySet) -> QuerySet[Handover]:
    texts = DocumentText.objects.filter(recommendation__in=recommendations)
    return Handover.objects.filter(document__in=texts.values("document"))


def _handovers(recommendations: QuerySet) -> QuerySet[Handover]:
    return (
        _received(recommendations)
        .select_related("document", "decision_maker__institution")
        .prefetch_related("document__texts__recommendation")
        .annotate(answered_on=Min("answers__received_on"))
        .order_by("handed_on", "pk")
    )


HANDOVERS = Table(
    "handovers",
    _("Handovers"),
    (
        Column("id", _("identifier"), _field("pk")),
        Column("reference", _("reference number"), _field("document.reference")),
        Column(
            "recommendations",
            _("recommendations"),
            lambda row: [str(t.recommendation.translation_key) for t in row.document.texts.all()],
            many=True,
        ),
        Column("institution", _("institution"), _field("decision_maker.institution.name")),
        Column("decision_maker", _("decision-maker"), _field("decision_maker.name")),
        Column("post", _("post"), _field("decision_maker.post")),
        Column("handed_on", _("handed over on"), _when("handed_on")),
        *_choice("means", _("means"), _("code of the means"), "means"),
        Column("acknowledged_on", _("acknowledged on"), _when("acknowledged_on")),
        Column("answered_on", _("first answered on"), _when("answered_on")),
    ),
    _handovers,
)


def _answers(recommendations: QuerySet) -> QuerySet[Answer]:
    answers = Answer.objects.filter(handover__in=_received(recommendations))
    return answers.select_related("handover__decision_maker__institution")


ANSWERS = Table(
    "answers",
    _("Answers"),
    (
        Column("id", _("identifier"), _field("pk")),
        Column("handover", _("handover"), _field("handover_id")),
        Column("institution", _("institution"), _field("handover.decision_maker.institution.name")),
        Column("received_on", _("received on"), _when("received_on")),
        Column("text_fr", _("what it says, in French"), _field("text_fr")),
        Column("text_ar", _("what it says, in Arabic"), _field("text_ar")),
    ),
    _answers,
)


def _undertakings(recommendations: QuerySet) -> QuerySet[Undertaking]:
    undertakings = Undertaking.objects.filter(clause__recommendation__in=recommendations)
    return undertakings.select_related(
        "clause__recommendation", "answer__handover__decision_maker__institution"
    )


UNDERTAKINGS = Table(
    "undertakings",
    _("Undertakings"),
    (
        Column("id", _("identifier"), _field("pk")),
        Column("answer", _("answer"), _field("answer_id")),
        Column(
            "institution",
            _("institution"),
            _field("answer.handover.decision_maker.institution.name"),
        ),
        Column("recommendation", _("recommendation"), _key("clause.recommendation")),
        Column("clause", _("clause"), _key("clause")),
        *_choice("position", _("position"), _("code of the position"), "position"),
        Column("text_fr", _("what it undertakes, in French"), _field("text_fr")),
        Column("text_ar", _("what it undertakes, in Arabic"), _field("text_ar")),
        Column("due_on", _("by"), _when("due_on")),
    ),
    _undertakings,
)


def _updates(recommendations: QuerySet) -> QuerySet[UndertakingUpdate]:
    updates = UndertakingUpdate.objects.filter(undertaking__in=_undertakings(recommendations))
    return updates.order_by("undertaking", "happened_on", "pk")


UPDATES = Table(
    "updates",
    _("Follow-up"),
    (
        Column("undertaking", _("undertaking"), _field("undertaking_id")),
        Column("happened_on", _("date"), _when("happened_on")),
        *_choice("progress", _("progress"), _("code of the progress"), "progress"),
        Column("note_fr", _("what happened, in French"), _field("note_fr")),
        Column("note_ar", _("what happened, in Arabic"), _field("note_ar")),
    ),
    _updates,
)


TABLES = {
    table.name: table
    for table in (
        RECOMMENDATIONS,
        CLAUSES,
        AMENDMENTS,
        STEPS,
        CONSULTATIONS,
        DOCUMENTS,
        HANDOVERS,
        ANSWERS,
        UNDERTAKINGS,
        UPDATES,
    )
}
