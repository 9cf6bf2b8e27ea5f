"""Registering for a meeting, leaving it, moving up from the waiting list, coming."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import calendar, desk, mails, tickets
from ..mails import Attachment
from ..models import MeetingPage, Registration
from ..policy import require

CONFIRMED, WAITING, CANCELLED = Registration.State


@transaction.atomic
def register(user, meeting: MeetingPage, details: dict[str, Any]) -> Registration:
    """Register a member, or change what they said when they registered.

    `details` holds the name, the language and whatever else the form asks. While a place is free it
    is theirs; then they are put on the waiting list. A mail tells them. Done a second time, nothing
    but the details changes.

    Raises PermissionDenied for whoever is no member, and ValidationError where nobody can register.
    """
    require(user, "register", meeting)
    email = email_of(user)
    current = hold(meeting)
    mine = _standing(meeting, user, email)
    if mine:
        return _change(mine, user, details)
    if current is None:
        raise ValidationError(_("The meeting is not published."))
    if reason := desk.why_closed(current):
        raise ValidationError(reason)
    registration = _add(current, user=user, email=email, **details)
    log(registration, "ess_pages.register", user=user)
    is_waiting = registration.state == WAITING
    write("registration_waiting" if is_waiting else "registration_confirmed", registration)
    return registration


def cancel_for(user, meeting: MeetingPage, registration: Registration) -> Registration:
    """Cancel the registration of somebody else, as `cancel` does. Raises PermissionDenied too."""
    require(user, "manage_registrations", meeting)
    return cancel(registration, by=user)


@transaction.atomic
def cancel(registration: Registration, by=None) -> Registration:
    """Cancel a registration and give its place to the first who waits. Twice is once.

    Whoever holds the ticket may. Raises ValidationError once the meeting has started.
    """
    meeting = hold(registration)
    registration.refresh_from_db()
    if registration.state == CANCELLED:
        return registration
    if meeting and desk.has_begun(meeting):
        raise ValidationError(_("The meeting has started: nothing is left to cancel."))
    registration.state = CANCELLED
    registration.save(update_fields=["state", "changed_at"])
    log(registration, "ess_pages.cancel_registration", user=by or registration.user)
    if meeting:
        _fill(meeting)
    write("registration_cancelled", registration)
    return registration


@transaction.atomic
def fill_places(meeting: MeetingPage) -> list[Registration]:
    """Give the places that are free to the first who wait; return those who have one now.

    For when the capacity may have grown: nobody asks for it, so nobody's permission is.
    """
    current = hold(meeting)
    return _fill(current) if current else []


@transaction.atomic
def mark_attendance(user, meeting: MeetingPage, registration: Registration) -> Registration:
    """Note that somebody has come, now; a second time changes nothing.

    Raises PermissionDenied, and ValidationError where the registration was cancelled.
    """
    require(user, "manage_registrations", meeting)
    hold(meeting)
    registration.refresh_from_db()
    if registration.state == CANCELLED:
        raise ValidationError(_("This registration was cancelled."))
    if registration.attended_at is None:
        registration.attended_at = timezone.now()
        registration.save(update_fields=["attended_at", "changed_at"])
        log(registration, "ess_pages.mark_attendance", user=user)
    return registration


@transaction.atomic
def unmark_attendance(user, meeting: MeetingPage, registration: Registration) -> Registration:
    """Take back that somebody has come. Raises PermissionDenied."""
    require(user, "manage_registrations", meeting)
    hold(meeting)
    registration.refresh_from_db()
    if registration.attended_at:
        registration.attended_at = None
        registration.save(update_fields=["attended_at", "changed_at"])
        log(registration, "ess_pages.unmark_attendance", user=user)
    return registration


@transaction.atomic
def admit(user, meeting: MeetingPage, details: dict[str, Any]) -> Registration:
    """Add somebody at the door, and note that they have come.

    They have one of the places that are free; where there is none they are noted as from the
    waiting list: who is in the room is the organisers' business, and no place is given twice.
    Raises PermissionDenied, and ValidationError where the meeting is not published.
    """
    require(user, "manage_registrations", meeting)
    current = hold(meeting)
    if current is None:
        raise ValidationError(_("The meeting is not published."))
    details = details | {"email": details["email"].lower()}
    registration = desk.standing(meeting).filter(email=details["email"]).first()
    if registration is None:
        registration = _add(current, **details)
        log(registration, "ess_pages.register", user=user)
    return mark_attendance(user, meeting, registration)


def hold(about) -> MeetingPage | None:
    """Hold the meeting for this transaction, and return its published page as it is now.

    All that gives or frees places comes through here, one at a time: PostgreSQL locks the meeting's
    pages, in an order that is always the same; SQLite has one writer at any time. The page in the
    language that the meeting was written in counts, which is the oldest: the others follow it.
    """
    pages = MeetingPage.objects.filter(translation_key=about.translation_key)
    held = pages.select_for_update(of=("self",)).select_related("locale").order_by("pk")
    return next((page for page in held if page.live), None)


def email_of(user) -> str:
    """Return the address of an account."""
    return getattr(user, user.get_email_field_name()).lower()


def _standing(meeting: MeetingPage, user, email: str) -> Registration | None:
    """Return this member's registration, or one at their address that has no account."""
    same = desk.standing(meeting).filter(Q(user=user) | Q(email=email))
    registration = same.order_by("pk").first()
    if registration and registration.user_id not in (None, user.pk):
        raise ValidationError(_("Somebody has already registered with your e-mail address."))
    return registration


def _change(registration: Registration, user, details: dict[str, Any]) -> Registration:
    registration.user = user
    for name, value in details.items():
        setattr(registration, name, value)
    registration.save()
    log(registration, "wagtail.edit", user=user)
    return registration


def _add(meeting: MeetingPage, **details) -> Registration:
    return Registration.objects.create(
        translation_key=meeting.translation_key,
        state=WAITING if meeting.places.is_full else CONFIRMED,
        **details,
    )


def _fill(meeting: MeetingPage) -> list[Registration]:
    if meeting.is_cancelled or desk.has_begun(meeting):
        return []
    waiting = Registration.objects.about(meeting).filter(state=WAITING)
    promoted = list(waiting.order_by("created_at", "pk")[: meeting.places.left])
    for registration in promoted:
        registration.state = CONFIRMED
        registration.save(update_fields=["state", "changed_at"])
        log(registration, "ess_pages.promote_registration")
        write("registration_promoted", registration)
    return promoted


def write(template: str, registration: Registration) -> None:
    """Write to the person in their language; with the ticket, where they have a place."""
    language, state = registration.language, registration.state
    meeting = desk.meeting_of(registration, language)
    if meeting is None:  # deleted
        return
    mails.send(
        template,
        to=registration.email,
        language=language,
        context={
            "registration": registration,
            "meeting": meeting,
            "ticket_url": tickets.ticket_url(meeting, registration),
            "position": desk.position(registration) if state == WAITING else None,
        },
        attachments=_ticket(registration, meeting) if state == CONFIRMED else [],
    )


def _ticket(registration: Registration, meeting: MeetingPage) -> list[Attachment]:
    code = tickets.as_png(meeting, registration)
    files = [Attachment("ticket.png", code, "image/png")]
    if not meeting.date_note:
        files.append(calendar.attachment(meeting))
    return files
