"""What the template of a recommendation asks for of its handovers."""

from typing import Any

from django import template
from django.db.models import Prefetch

from ..models import (
    Answer,
    ClauseVersion,
    Handover,
    OfficialDocument,
    Recommendation,
    Undertaking,
)

register = template.Library()


@register.simple_tag
def official_documents(
    recommendation: Recommendation, text: list[ClauseVersion]
) -> list[dict[str, Any]]:
    """Return the issued documents that hold a recommendation, each with its `handovers`.

    Each handover has its `replies`: an answer, and its `undertakings` about this recommendation,
    each with the `version` of its clause in the `text`. Five queries, whatever their number.
    """
    documents = OfficialDocument.objects.issued().filter(texts__recommendation=recommendation)
    undertakings = Undertaking.objects.filter(clause__recommendation=recommendation)
    answers = Answer.objects.select_related("document").prefetch_related(
        Prefetch("undertakings", undertakings.prefetch_related("updates"))
    )
    handovers = Handover.objects.select_related("decision_maker__institution").order_by(
        "handed_on", "pk"
    )
    documents = documents.prefetch_related(
        Prefetch("handovers", handovers.prefetch_related(Prefetch("answers", answers)))
    )
    versions = {version.clause_id: version for version in text}
    return [
        {
            "document": document,
            "handovers": [_handover(handover, versions) for handover in document.handovers.all()],
        }
        for document in documents
    ]


def _handover(handover: Handover, versions: dict[int, ClauseVersion]) -> dict[str, Any]:
    replies = [
        {"answer": answer, "undertakings": _by_clause(answer, versions)}
        for answer in handover.answers.all()
    ]
    return {"handover": handover, "replies": replies}


def _by_clause(answer: Answer, versions: dict[int, ClauseVersion]) -> list[dict[str, Any]]:
    """Return the undertakings of an answer in the order of the clauses."""
    rows = [
        {"undertaking": undertaking, "version": versions[undertaking.clause_id]}
        for undertaking in answer.undertakings.all()
        if undertaking.clause_id in versions
    ]
    return sorted(rows, key=lambda row: row["version"].place)
