"""What members can take part in now, and until when."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from .links import in_language
from .models import Consultation, Recommendation, RecommendationPage
from .models.recommendations import State


@dataclass(frozen=True)
class Opening:
    """A text that is open for amendments, or put to the participants: not both at once.

    `page` is that of the text in the reader's language, or else in the other; `consultation` is
    None for a text that is open for amendments. It was opened at `opened_at`, a text perhaps not
    for the first time.
    """

    page: RecommendationPage
    closes_at: datetime.datetime
    first_opened_at: datetime.datetime
    opened_at: datetime.datetime
    consultation: Consultation | None = None


def openings(limit: int | None = None) -> list[Opening]:
    """Return what is open now, or the first of it, what closes soonest first. Four queries."""
    texts, consultations = _open_texts()[:limit], _open_consultations()[:limit]
    about: list[Any] = [*texts, *(consultation.recommendation for consultation in consultations)]
    pages = RecommendationPage.objects.live().public().select_related("recommendation")
    shown: dict[UUID, RecommendationPage] = {
        page.translation_key: page for page in in_language(pages.defer("body"), about)
    }
    found = [
        Opening(page, text.closes_at, text.first_opened_at, text.opened_at)
        for text in texts
        if (page := shown.get(text.translation_key)) and text.closes_at
    ]
    found += [
        Opening(page, each.closes_at, each.opened_at, each.opened_at, each)
        for each in consultations
        if (page := shown.get(each.recommendation.translation_key))
    ]
    return sorted(found, key=lambda opening: opening.closes_at)[:limit]


def _open_texts() -> QuerySet[Any]:
    opened = Q(steps__state=State.OPEN)
    open_now = Recommendation.objects.filter(state=State.OPEN, closes_at__gt=timezone.now())
    return open_now.annotate(
        first_opened_at=Min("steps__at", filter=opened),
        opened_at=Max("steps__at", filter=opened),
    ).order_by("closes_at", "pk")


def _open_consultations() -> QuerySet[Consultation]:
    open_now = Consultation.objects.filter(closed_at=None, closes_at__gt=timezone.now())
    return open_now.select_related("recommendation").order_by("closes_at", "pk")
