"""Recording how far resolutions have come."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..models import Resolution, ResolutionUpdate
from ..policy import require


@transaction.atomic
def record_update(
    user,
    resolution: Resolution,
    state: str,
    happened_on: datetime.date,
    note_fr: str,
    note_ar: str,
) -> ResolutionUpdate:
    """Record how far a resolution had come on a day, and return the record.

    `state` is one of Resolution.State. Raises PermissionDenied for whoever may not edit the
    report, and ValidationError for a day to come or a text that is missing. The very same update
    is recorded once.
    """
    require(user, "update_resolution", resolution.report)
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": _("This day is still to come.")})
    update = ResolutionUpdate(
        translation_key=resolution.translation_key,
        state=state,
        happened_on=happened_on,
        note_fr=note_fr,
        note_ar=note_ar,
        created_by=user,
    )
    update.full_clean(exclude=["translation_key"])
    same = ResolutionUpdate.objects.about(resolution).filter(
        state=state, happened_on=happened_on, note_fr=note_fr, note_ar=note_ar
    )
    if recorded := same.first():
        return recorded
    update.save()
    log(
        resolution.report,
        "ess_pages.update_resolution",
        user=user,
        data={"resolution": resolution.title, "state": state},
    )
    return update
