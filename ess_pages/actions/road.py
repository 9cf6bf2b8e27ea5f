"""The road of a recommendation: one table of its steps, and the verbs that take them."""

import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import announcements
from ..models import Recommendation, RecommendationPage, Step
from ..models.recommendations import State
from ..policy import require
from .texts import hold


class Leg(NamedTuple):
    """Where a verb leads, and from where it can be taken."""

    sources: tuple[State, ...]
    target: State


ROAD: dict[str, Leg] = {
    # A text that did not find consent can be opened again.
    "open_amendments": Leg((State.DRAFT, State.SETTLING), State.OPEN),
    "start_settling": Leg((State.OPEN,), State.SETTLING),
    "validate": Leg((State.SETTLING,), State.VALIDATED),
    "hand_over": Leg((State.VALIDATED,), State.HANDED_OVER),
    "answer": Leg((State.HANDED_OVER,), State.ANSWERED),
    "follow_up": Leg((State.ANSWERED,), State.FOLLOWED_UP),
    "withdraw_recommendation": Leg(
        tuple(state for state in State if state != State.WITHDRAWN), State.WITHDRAWN
    ),
}


@transaction.atomic
def open_amendments(
    user, recommendation: Recommendation, closes_at: datetime.datetime, reason: str = ""
) -> Step:
    """Open a text for the members' amendments until a time.

    Raises PermissionDenied, and ValidationError where it cannot be opened now, has no clause, no
    published page, or the time has passed.
    """
    require(user, "open_amendments", recommendation)
    held = hold(recommendation)
    if closes_at <= timezone.now():
        raise ValidationError({"closes_at": _("This time has passed.")})
    if not held.text():
        raise ValidationError(_("The text has no clause yet."))
    if not RecommendationPage.objects.live().filter(recommendation=held).exists():
        raise ValidationError(_("Publish the page first: nobody can read the text yet."))
    held.closes_at = closes_at
    step = take_step(user, held, "open_amendments", reason)
    announcements.announce_opening.enqueue(held.pk)
    return step


@transaction.atomic
def start_settling(user, recommendation: Recommendation, reason: str = "") -> Step:
    """Close a text for amendments, for the rapporteurs to settle those that are left.

    Raises PermissionDenied, and ValidationError where it is not open.
    """
    require(user, "start_settling", recommendation)
    return take_step(user, hold(recommendation), "start_settling", reason)


@transaction.atomic
def withdraw_recommendation(user, recommendation: Recommendation, reason: str) -> Step:
    """Withdraw a recommendation, and say why; a vote that is under way ends without a result.

    Raises PermissionDenied, and ValidationError without a reason or where it is withdrawn.
    """
    require(user, "withdraw_recommendation", recommendation)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    held = hold(recommendation)
    held.consultations.filter(closed_at=None).update(closed_at=timezone.now())
    return take_step(user, held, "withdraw_recommendation", reason)


def settle_what_has_closed() -> int:
    """Close the texts whose time for amendments has passed; return how many. Twice is once."""
    due = Recommendation.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    return sum(_close_if_due(recommendation) for recommendation in due)


@transaction.atomic
def _close_if_due(recommendation: Recommendation) -> bool:
    held = hold(recommendation)
    is_due = held.state == State.OPEN and not held.takes_amendments
    if is_due:
        take_step(None, held, "start_settling")
    return is_due


def take_step(user, recommendation: Recommendation, verb: str, reason: str = "") -> Step:
    """Take a step with a recommendation that is held; the permission is the caller's to check.

    Raises ValidationError where the road does not lead there from where it is.
    """
    leg = ROAD[verb]
    if recommendation.state not in leg.sources:
        raise ValidationError(
            _("This step cannot be taken now: %(state)s.")
            % {"state": recommendation.get_state_display()},
            code="no_way",
        )
    if recommendation.consultations.filter(closed_at=None).exists():
        raise ValidationError(_("The text is put to the participants: wait for the result."))
    last_step, last_version = recommendation.steps.last(), recommendation.versions.last()
    step = Step(
        recommendation=recommendation,
        number=last_step.number + 1 if last_step else 1,
        state=leg.target,
        at=timezone.now(),
        by=user,
        reason=reason,
        version=last_version.number if last_version else 0,
        text_digest=recommendation.text_digest(),
        previous=last_step.digest if last_step else "",
    )
    step.digest = step.computed_digest()
    step.save()
    recommendation.state = leg.target
    recommendation.save()
    log(recommendation, f"ess_pages.{verb}", user=user, data={"step": step.number})
    return step
