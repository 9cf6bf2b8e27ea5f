"""Writing to all those who have a place at a meeting."""

from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from .. import desk, mails, tickets
from ..models import MeetingMessage, MeetingPage, Registration
from ..policy import require
from .registrations import email_of, hold


@transaction.atomic
def send_message(user, meeting: MeetingPage, texts: dict[str, str]) -> MeetingMessage:
    """Send a message to those who have a place, each in their language, and keep it.

    `texts` holds the subject and the body in French and in Arabic. The same message is sent once:
    a second time, what was sent then is returned. Raises PermissionDenied.
    """
    require(user, "manage_registrations", meeting)
    hold(meeting)
    sent = MeetingMessage.objects.about(meeting).filter(**texts).first()
    if sent:
        return sent
    recipients = list(recipients_of(meeting))
    message = MeetingMessage.objects.create(
        translation_key=meeting.translation_key,
        recipients=len(recipients),
        sent_by=user,
        **texts,
    )
    _deliver(message, recipients, meeting, user)
    log(meeting, "ess_pages.send_message", user=user, data={"message": message.pk})
    return message


def recipients_of(meeting: MeetingPage) -> QuerySet[Registration]:
    """Return the registrations whose holders a message goes to."""
    return Registration.objects.about(meeting).filter(state=Registration.State.CONFIRMED)


def _deliver(
    message: MeetingMessage, recipients: list[Registration], meeting: MeetingPage, user
) -> None:
    languages = {registration.language for registration in recipients}
    shown = {language: desk.meeting_of(meeting, language) for language in languages}
    for registration in recipients:
        page = shown[registration.language]
        mails.send(
            "meeting_message",
            to=registration.email,
            language=registration.language,
            context={
                "message": message,
                "registration": registration,
                "meeting": page,
                "ticket_url": tickets.ticket_url(page, registration),
            },
            reply_to=email_of(user),
        )
