"""Who settles the text of one recommendation, beside the rapporteurs of its workshop."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..models import Participant, Recommendation
from ..policy import require
from .texts import hold


@transaction.atomic
def name_rapporteur(user, recommendation: Recommendation, participant: Participant) -> None:
    """Let a participant write and settle the text. Twice is once.

    Raises PermissionDenied for whoever may not publish it, and ValidationError for a participant
    without an account, who could not come to the desk.
    """
    require(user, "name_rapporteur", recommendation)
    if participant.user_id is None:
        raise ValidationError(_("This participant has no account yet."))
    held = hold(recommendation)
    if not held.all_rapporteurs().filter(pk=participant.pk).exists():
        held.rapporteurs.add(participant)
        _log(user, held, "name_rapporteur", participant)


@transaction.atomic
def dismiss_rapporteur(user, recommendation: Recommendation, participant: Participant) -> None:
    """Take from somebody who was added the right to settle the text. Twice is once.

    Raises PermissionDenied for whoever may not publish it.
    """
    require(user, "name_rapporteur", recommendation)
    held = hold(recommendation)
    if held.rapporteurs.filter(pk=participant.pk).exists():
        held.rapporteurs.remove(participant)
        _log(user, held, "dismiss_rapporteur", participant)


def _log(user, recommendation: Recommendation, verb: str, participant: Participant) -> None:
    data = {"participant": str(participant)}
    log(recommendation, f"ess_pages.{verb}", user=user, data=data)
