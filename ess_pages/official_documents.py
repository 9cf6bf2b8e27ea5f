"""What official documents hold, read at once: for the PDF, for whoever checks a paper."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from .history import History
from .models import (
    ClauseVersion,
    DocumentText,
    OfficialDocument,
    Recommendation,
    RecommendationPage,
    Step,
)
from .models.clauses import LANGUAGES, canonical, digest
from .models.handovers import canonical_of_document
from .models.recommendations import SETTLED, State


class Content(NamedTuple):
    """A recommendation as a document holds it: in the version that was validated."""

    recommendation: Recommendation
    step: Step | None  # the one that validated it
    version: int
    clauses: list[ClauseVersion]
    # By language; in the other one, or None, where there is no published page.
    pages: dict[str, RecommendationPage | None]

    @property
    def page(self) -> RecommendationPage | None:
        """Its page in French, or else in Arabic."""
        return self.pages["fr"]

    @property
    def canonical(self) -> str:
        """The text as it is kept, in its canonical form."""
        return canonical(self.clauses)

    @property
    def digest(self) -> str:
        """The checksum of the text as it is kept."""
        return digest(self.canonical)

    @property
    def is_validated(self) -> bool:
        """Whether the text as it is kept is the one that was validated, by a step that holds."""
        step = self.step
        return bool(
            step and step.text_digest == self.digest and step.digest == step.computed_digest()
        )


def contents(document: OfficialDocument) -> list[Content]:
    """Return what a document holds, in order: of a draft, what it would hold if issued now.

    A fixed number of queries, whatever the number of texts and clauses.
    """
    texts = list(document.texts.select_related("recommendation"))
    recommendations = [text.recommendation for text in texts]
    steps, histories = _steps(recommendations), _histories(recommendations)
    pages = pages_of(recommendations)
    return [_content(text, steps, histories, pages) for text in texts]


def checksum(held: Iterable[Content]) -> str:
    """Return the checksum of what a document holds: see `canonical_of_document`."""
    return digest(canonical_of_document(content.canonical for content in held))


def pages_of(
    recommendations: Iterable[Recommendation],
) -> dict[str, dict[int, RecommendationPage]]:
    """Return, by language, the published pages by the key of their recommendation."""
    published = RecommendationPage.objects.live().filter(recommendation__in=list(recommendations))
    pages = list(published.select_related("locale").defer("body"))
    return {
        language: {
            page.recommendation_id: page
            for page in sorted(pages, key=lambda page: page.locale.language_code == language)
        }
        for language in LANGUAGES
    }


def choosable() -> QuerySet[Recommendation]:
    """Return the recommendations that can become an official document."""
    return Recommendation.objects.filter(state__in=SETTLED)


def _content(text: DocumentText, steps, histories, pages) -> Content:
    pk = text.recommendation_id
    step = steps.get(pk)
    version = text.version or (step.version if step else 0)
    return Content(
        recommendation=text.recommendation,
        step=step,
        version=version,
        clauses=histories[pk].text(version) if version else [],
        pages={language: pages[language].get(pk) for language in LANGUAGES},
    )


def _steps(recommendations: list[Recommendation]) -> dict[int, Step]:
    """Return the last step that validated each."""
    steps = Step.objects.filter(recommendation__in=recommendations, state=State.VALIDATED)
    return {step.recommendation_id: step for step in steps.select_related("recommendation")}


def _histories(recommendations: list[Recommendation]) -> dict[int, History]:
    versions = defaultdict(list)
    known = ClauseVersion.objects.filter(recommendation__in=recommendations)
    for version in known.select_related("clause"):
        versions[version.recommendation_id].append(version)
    histories = {}
    for recommendation in recommendations:
        history = histories[recommendation.pk] = History(recommendation)
        history.versions = versions[recommendation.pk]
    return histories
