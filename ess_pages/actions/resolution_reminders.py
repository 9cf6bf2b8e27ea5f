"""Who answers for a resolution is told when it is due soon."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from .. import news
from ..models import Resolution
from ..models.resolutions import shown_resolutions

DAYS_BEFORE = 7


def remind_of_resolutions() -> int:
    """Say of each open resolution that is due in the next days that it is; return how many.

    Only who has an account is told, by an app that listens to `news.resolution_due` and keeps whom
    it has told: safe to run again.
    """
    today = timezone.localdate()
    due = (
        shown_resolutions()
        .filter(
            state__in=Resolution.OPEN,
            due_on__range=(today, today + timedelta(days=DAYS_BEFORE)),
            owner__user__is_active=True,
        )
        .annotate(owner_user=F("owner__user"))
    )
    each = {resolution.translation_key: resolution for resolution in due.order_by("-pk")}
    for resolution in each.values():
        news.tell(news.resolution_due, resolution=resolution, user=resolution.owner_user)
    return len(each)
