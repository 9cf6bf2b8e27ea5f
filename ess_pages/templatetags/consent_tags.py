"""What the templates ask for about the participants’ consent."""

from typing import Any

from django import template

from ..models import Consultation, RecommendationPage, Voter
from ..models.recommendations import State
from ..policy import allows

register = template.Library()


@register.simple_tag(takes_context=True)
def consent(context, page: RecommendationPage) -> dict[str, Any]:
    """Return the consultations on a recommendation, and what the visitor can do about them.

    `running` is the one under way, or None; `voter` the visitor as one whom it asks, or None;
    `past` those that have ended, the last first; `may_ask` whether the visitor may ask now.
    """
    if page.recommendation_id is None:  # the preview of a page that has not been saved
        return {}
    user, recommendation = context["request"].user, page.recommendation
    consultations = list(recommendation.consultations.with_turnout())
    running = next((one for one in consultations if one.closed_at is None), None)
    return {
        "running": running,
        "voter": _voter(user, running),
        "past": [one for one in consultations if one.closed_at],
        "may_ask": running is None
        and recommendation.state == State.SETTLING
        and allows(user, "ask_consent", recommendation),
    }


def _voter(user, running: Consultation | None) -> Voter | None:
    if running is None or not running.is_open or not user.is_authenticated:
        return None
    return running.voters.filter(participant__user=user).first()
