"""Whether what is kept of recommendations is as it was made: what differs, in words."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from .history import History
from .models import (
    Amendment,
    ClauseVersion,
    Consultation,
    DocumentText,
    OfficialDocument,
    Recommendation,
    Step,
)
from .models.clauses import canonical, digest
from .models.handovers import canonical_of_document
from .models.recommendations import State

Kind = ClauseVersion.Kind


def differences(recommendation: Recommendation) -> Iterator[str]:
    """Yield a sentence for each thing about a recommendation that is not as it was made."""
    history = History(recommendation)
    yield from _in_versions(history)
    yield from _in_steps(recommendation, history)
    yield from _in_amendments(recommendation)
    yield from _in_consultations(recommendation, history)
    yield from _in_documents(recommendation, history)


def differences_in_checksums() -> Iterator[str]:
    """Yield a sentence for each issued document whose checksum is not that of its texts."""
    for document in OfficialDocument.objects.exclude(issued_at=None).order_by("pk"):
        texts = document.texts.select_related("recommendation").order_by("place")
        written = [canonical(History(t.recommendation).text(t.version)) for t in texts]
        if document.checksum != digest(canonical_of_document(written)):
            yield _("Document %(reference)s: its checksum is not that of its texts.") % {
                "reference": document.reference
            }


# The text


def _in_versions(history: History) -> Iterator[str]:
    versions = history.versions
    numbers = [version.number for version in versions]
    if numbers != list(range(1, len(numbers) + 1)):
        missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        yield _("Versions of the text are missing: %(numbers)s.") % {
            "numbers": ", ".join(map(str, missing))
        }
    if versions:
        yield from _in_change([], versions[0])
    for earlier, later in pairwise(versions):
        yield from _in_change(earlier.order, later)
    struck = {version.clause_id for version in versions if version.kind == Kind.STRUCK}
    for clause in history.recommendation.clauses.all():
        if clause.pk not in history.order() and clause.pk not in struck:
            yield _("Clause %(clause)s is not in the text, and nobody has struck it.") % {
                "clause": clause
            }


def _in_change(before: list[int], version: ClauseVersion) -> Iterator[str]:
    """Yield what a version did to the clauses of the text beside what it says that it did."""
    gone, come = set(before) - set(version.order), set(version.order) - set(before)
    own = {version.clause_id}
    as_told = (
        gone == (own if version.kind == Kind.STRUCK else set())
        and come == (own if version.kind in (Kind.WRITTEN, Kind.RESTORED) else set())
        and len(set(version.order)) == len(version.order)
    )
    if not as_told:
        yield _("Version %(number)s takes clauses out of the text, or puts some in, unsaid.") % {
            "number": version.number
        }


# The chain of steps


def _in_steps(recommendation: Recommendation, history: History) -> Iterator[str]:
    steps = list(recommendation.steps.all())
    number, previous, version = 0, "", 0
    for step in steps:
        yield from _in_step(step, history, number + 1, previous, version)
        number, previous, version = step.number, step.digest, step.version
    state = steps[-1].state if steps else State.DRAFT
    if recommendation.state != state:
        yield _("The state is “%(state)s”, the last step led to “%(step)s”.") % {
            "state": recommendation.get_state_display(),
            "step": State(state).label,
        }


def _in_step(
    step: Step, history: History, number: int, previous: str, version: int
) -> Iterator[str]:
    about = {"number": step.number}
    if step.number != number:
        yield _("Step %(expected)s is missing.") % {"expected": number}
    if step.previous != previous:
        yield _("Step %(number)s does not follow the step before it.") % about
    if step.digest != step.computed_digest():
        yield _("Step %(number)s does not say what its digest was made of.") % about
    if not version <= step.version <= history.number:
        yield _("Step %(number)s is about a version that there is not.") % about
    if step.text_digest != _text_digest(history, step.version):
        yield _("Step %(number)s: the text of its version is not what it was.") % about


def _text_digest(history: History, version: int) -> str:
    return digest(canonical(history.text(version)))


# Credits, results, documents


def _in_amendments(recommendation: Recommendation) -> Iterator[str]:
    for amendment in recommendation.amendments.select_related("version").order_by("pk"):
        version, about = amendment.version, {"number": amendment.pk}
        if (amendment.state in Amendment.TAKEN_UP) != (version is not None):
            yield _("Amendment %(number)s: its state and its place in the text differ.") % about
        if version and version.recommendation_id != recommendation.pk:
            yield _("Amendment %(number)s is credited with a version of another text.") % about
        if not amendment.author_name:
            yield _("Amendment %(number)s has lost the name of its author.") % about


def _in_consultations(recommendation: Recommendation, history: History) -> Iterator[str]:
    for consultation in recommendation.consultations.all():
        about = {"number": consultation.pk}
        if consultation.text_digest != _text_digest(history, consultation.version):
            yield _("Consultation %(number)s: its text is not what it was.") % about
        if consultation.has_passed is not None and _counted(consultation) != _kept(consultation):
            yield _("Consultation %(number)s: its result is not that of its votes.") % about


def _counted(consultation: Consultation) -> tuple:
    choices = Counter(consultation.ballots.values_list("choice", flat=True))
    voters = consultation.voters
    return (
        voters.count(),
        voters.filter(has_voted=True).count(),
        {choice: number for choice, number in choices.items() if number},
    )


def _kept(consultation: Consultation) -> tuple:
    result = consultation.result
    choices = result.get("choices", {})
    return (
        result.get("asked"),
        result.get("answered"),
        {choice: number for choice, number in choices.items() if number},
    )


def _in_documents(recommendation: Recommendation, history: History) -> Iterator[str]:
    texts = DocumentText.objects.filter(recommendation=recommendation)
    for text in texts.exclude(document__issued_at=None).select_related("document"):
        if text.text_digest != _text_digest(history, text.version):
            yield _("Document %(reference)s: its text is not what it was.") % {
                "reference": text.document.reference
            }
