"""Some days before a meeting, those who have a place are reminded of it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import desk
from ..models import MeetingPage, Registration
from .registrations import hold, write

DAYS_BEFORE = 3


def remind_of_meetings() -> int:
    """Write to those who have a place at a meeting of the next days; return how many mails.

    Each person is reminded once, and anew if the meeting has moved to another day. Safe to run
    again, and twice at once: each meeting is held while its people are written to.
    """
    today = timezone.localdate()
    soon = MeetingPage.objects.live().filter(
        starts_on__range=(today, today + timedelta(days=DAYS_BEFORE))
    )
    each = {meeting.translation_key: meeting for meeting in soon}
    return sum(map(_remind, each.values()))


@transaction.atomic
def _remind(meeting: MeetingPage) -> int:
    current = hold(meeting)
    # "In the spring" is no day to remind of.
    if current is None or current.is_cancelled or current.date_note or desk.has_begun(current):
        return 0
    coming = desk.standing(current).filter(state=Registration.State.CONFIRMED)
    people = list(coming.exclude(reminded_of=current.starts_on))
    for registration in people:
        write("registration_reminder", registration)
        registration.reminded_of = current.starts_on
        registration.save(update_fields=["reminded_of"])
    return len(people)
