"""Everything that has happened to a recommendation, by its day."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import (
    Amendment,
    Answer,
    Consultation,
    DocumentText,
    Handover,
    OfficialDocument,
    Recommendation,
    Step,
    UndertakingUpdate,
)

LAST_MOMENT = datetime.time.max
State = Amendment.State


@dataclass(frozen=True)
class Event:
    """Something that happened: `kind` names it for the style sheet, `title` and `text` for people.

    `at` is a moment, or a day where nobody has noted the hour.
    """

    kind: str
    at: datetime.date
    title: str
    text: str = ""
    url: str = ""
    link: str = ""

    @property
    def day(self) -> datetime.date:
        """The day in the time zone of the site."""
        return (
            timezone.localtime(self.at).date()
            if isinstance(self.at, datetime.datetime)
            else self.at
        )

    @property
    def order(self) -> tuple[datetime.date, datetime.time]:
        """By what events are put in order: one of an unknown hour comes last in its day."""
        if isinstance(self.at, datetime.datetime):
            return self.day, timezone.localtime(self.at).time()
        return self.day, LAST_MOMENT


def timeline(recommendation: Recommendation) -> list[Event]:
    """Return all that has happened to a recommendation, the first first.

    Eight queries, whatever has happened.
    """
    handovers = Handover.objects.filter(document__texts__recommendation=recommendation)
    answers = Answer.objects.filter(handover__in=handovers)
    updates = UndertakingUpdate.objects.filter(undertaking__clause__recommendation=recommendation)
    institution = "decision_maker__institution"
    events = [
        *_of_steps(recommendation),
        *_of_decisions(recommendation),
        *_of_consultations(recommendation),
        *_of_documents(recommendation),
        *_of_handovers(handovers.select_related(institution, "document")),
        *_of_answers(answers.select_related(f"handover__{institution}")),
        *_of_updates(updates.select_related(f"undertaking__answer__handover__{institution}")),
    ]
    return sorted(events, key=lambda event: event.order)


def _of_steps(recommendation: Recommendation) -> Iterator[Event]:
    if first := recommendation.versions.first():
        yield Event("draft", first.at, _("The text is begun"))
    before = 1
    for step in recommendation.steps.all():
        yield _of_step(step, before)
        before = step.version


def _of_step(step: Step, before: int) -> Event:
    version = _("Version %(number)s of the text") % {"number": step.version}
    url = f"{reverse('ess_pages:compare', args=[step.recommendation_id])}"
    if before < step.version:
        link = _("What changed from version %(before)s to version %(after)s")
        link %= {"before": before, "after": step.version}
        url += f"?from={before}&to={step.version}"
    else:
        url = link = ""
    text = "\n\n".join(filter(None, [step.reason, version]))
    return Event(f"step {step.state}", step.at, step.get_state_display(), text, url, link)


def _of_decisions(recommendation: Recommendation) -> Iterator[Event]:
    """Yield, for each day on which amendments were decided, how many and how."""
    states = [*Amendment.TAKEN_UP, State.DECLINED]
    decided = recommendation.amendments.filter(state__in=states).order_by("decided_at", "pk")
    rows = [(at, state) for at, state in decided.values_list("decided_at", "state") if at]
    url = reverse("ess_pages:amendments", args=[recommendation.pk])
    for _day, group in groupby(rows, key=lambda row: timezone.localtime(row[0]).date()):
        together = list(group)
        number = len(together)
        title = ngettext("%(number)s amendment decided", "%(number)s amendments decided", number)
        numbers = Counter(state for _at, state in together)
        text = " · ".join(
            _("%(state)s: %(number)s") % {"state": State(state).label, "number": numbers[state]}
            for state in State
            if numbers[state]
        )
        last = together[-1][0]
        yield Event("decisions", last, title % {"number": number}, text, url, _("The amendments"))


def _of_consultations(recommendation: Recommendation) -> Iterator[Event]:
    for each in recommendation.consultations.all():
        title, link = _("The participants are asked"), _("The consultation")
        url = reverse("ess_pages:consultation", args=[each.pk])
        until = date_format(timezone.localtime(each.closes_at), "DATETIME_FORMAT")
        text = f"{each.get_rule_display()} · " + _("Answers until %(time)s") % {"time": until}
        yield Event("consultation", each.opened_at, title, text, url, link)
        if each.closed_at:
            title, text, link = _result(each), _numbers(each), _("The result")
            yield Event("result", each.closed_at, title, text, url, link)


def _result(consultation: Consultation) -> str:
    if consultation.has_passed is None:
        return _("The consultation ends without a result")
    return _("The participants consent") if consultation.has_passed else _("No consent")


def _numbers(consultation: Consultation) -> str:
    result = consultation.result
    if not result:
        return ""
    number = result["answered"]
    text = ngettext("%(number)s answer of %(asked)s", "%(number)s answers of %(asked)s", number)
    return text % {"number": number, "asked": result["asked"]}


def _of_documents(recommendation: Recommendation) -> Iterator[Event]:
    texts = DocumentText.objects.filter(recommendation=recommendation).exclude(
        document__issued_at=None
    )
    for text in texts.select_related("document"):
        document: OfficialDocument = text.document
        title = _("Official document %(reference)s") % {"reference": document.reference}
        url = reverse("ess_pages:verify_document", args=[document.reference])
        link = _("Check a copy of it")
        assert document.issued_at  # noqa: S101 - the query says so
        yield Event("document", document.issued_at, title, document.title, url, link)


def _of_handovers(handovers) -> Iterator[Event]:
    for each in handovers:
        institution = {"institution": each.decision_maker.institution.name}
        reference = _("Official document %(reference)s") % {"reference": each.document.reference}
        text = " · ".join([each.decision_maker.post, each.get_means_display(), reference])
        title = _("Handed over: %(institution)s") % institution
        yield Event("handover", each.handed_on, title, text)
        if each.acknowledged_on:
            title = _("Acknowledged: %(institution)s") % institution
            yield Event("acknowledgement", each.acknowledged_on, title)


def _of_answers(answers) -> Iterator[Event]:
    for each in answers:
        institution = each.handover.decision_maker.institution.name
        title = _("Answered: %(institution)s") % {"institution": institution}
        yield Event("answer", each.received_on, title, each.text)


def _of_updates(updates) -> Iterator[Event]:
    for each in updates:
        institution = each.undertaking.answer.handover.decision_maker.institution.name
        values = {"institution": institution, "progress": each.get_progress_display()}
        title = _("Followed up: %(institution)s, %(progress)s") % values
        yield Event("update", each.happened_on, title, each.note)
