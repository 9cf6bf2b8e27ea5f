"""Where the registration for a meeting stands: in general, and for one person."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .links import in_language
from .models import MeetingPage, Registration

# How many names a page shows.
LISTED = 100


def meeting_of(about, language: str | None = None) -> MeetingPage | None:
    """Return the meeting that a record is about, in a language, the active one by default.

    In another language where it is not published in this one; as a draft where it is in none. None
    where it has been deleted.
    """
    pages = MeetingPage.objects.select_related("wilaya")
    found = in_language(pages.live(), [about], language) or in_language(pages, [about], language)
    return found[0] if found else None


def has_begun(meeting: MeetingPage) -> bool:
    """Return whether the meeting has started: from then on no place changes hands."""
    return meeting.begins_at <= timezone.now()


def why_closed(meeting: MeetingPage) -> str:
    """Return why nobody can register, in a sentence; nothing if members can."""
    if meeting.is_cancelled:
        return _("This meeting is cancelled.")
    if not meeting.takes_registrations:
        return _("There is no registration for this meeting.")
    if has_begun(meeting):
        return _("The meeting has started: registration is over.")
    if meeting.registration_ends_at <= timezone.now():
        end = timezone.localtime(meeting.registration_ends_at)
        return _("Registration ended on %(day)s at %(time)s.") % {
            "day": date_format(end, "j F Y"),
            "time": date_format(end, "H:i"),
        }
    return ""


def standing(meeting: MeetingPage):
    """Return the registrations for a meeting that have not been cancelled."""
    return Registration.objects.about(meeting).exclude(state=Registration.State.CANCELLED)


def position(registration: Registration) -> int:
    """Return which place a registration has on the waiting list, from 1."""
    before = Q(created_at__lt=registration.created_at) | Q(
        created_at=registration.created_at, pk__lte=registration.pk
    )
    waiting = Registration.objects.about(registration).filter(state=Registration.State.WAITING)
    return waiting.filter(before).count()


class Desk:
    """What the desk of a meeting can tell one person, who may be anonymous."""

    def __init__(self, meeting: MeetingPage, user):
        self.meeting = meeting
        self.user = user

    @cached_property
    def registration(self) -> Registration | None:
        """The person's own registration, if it stands."""
        if not self.user.is_authenticated:
            return None
        return standing(self.meeting).filter(user=self.user).first()

    @cached_property
    def position(self) -> int | None:
        """Where the person is on the waiting list, if they are."""
        registration = self.registration
        if registration and registration.state == Registration.State.WAITING:
            return position(registration)
        return None

    @cached_property
    def closed(self) -> str:
        """Why nobody can register, or nothing."""
        return why_closed(self.meeting)

    @cached_property
    def people(self) -> list[Registration]:
        """Those who have a place and show their names, in alphabetical order."""
        confirmed = standing(self.meeting).filter(
            state=Registration.State.CONFIRMED, is_listed=True
        )
        return list(confirmed.order_by("name", "pk")[:LISTED])

    @property
    def others(self) -> int:
        """How many more have a place."""
        return self.meeting.places.taken - len(self.people)
