"""A journalist's accreditation for a meeting: asked for, granted or refused."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import calendar, desk, mails
from ..models import Accreditation, MeetingPage
from ..policy import require

State = Accreditation.State


@transaction.atomic
def ask_accreditation(user, meeting: MeetingPage, details: dict[str, Any]) -> Accreditation:
    """Take down a journalist's request, and confirm it by mail.

    `details` holds what the form asks, and the language. Raises ValidationError once the meeting is
    over or cancelled, and for an address that has asked already: nothing of the first request
    changes.
    """
    require(user, "ask_accreditation", meeting)
    if meeting.is_past:
        raise ValidationError(_("This meeting is over."))
    if meeting.is_cancelled:
        raise ValidationError(_("This meeting is cancelled."))
    details = details | {"email": details["email"].lower()}
    accreditation, is_new = Accreditation.objects.get_or_create(
        translation_key=meeting.translation_key, email=details["email"], defaults=details
    )
    if not is_new:
        asked = timezone.localtime(accreditation.created_at)
        raise ValidationError(
            {
                "email": _(
                    "A request was made with this address on %(day)s, and it stands as it is."
                    " The answer comes by mail."
                )
                % {"day": date_format(asked, "j F Y")}
            }
        )
    log(accreditation, "wagtail.create", user=user if user.is_authenticated else None)
    _write("accreditation_received", accreditation)
    return accreditation


@transaction.atomic
def decide_accreditation(
    user, meeting: MeetingPage, accreditation: Accreditation, state: str, answer: str
) -> Accreditation:
    """Grant or refuse a request and mail the answer. The same decision twice is mailed once.

    Raises PermissionDenied.
    """
    require(user, "decide_accreditation", meeting)
    held = Accreditation.objects.select_for_update().get(pk=accreditation.pk)
    if (held.state, held.answer) == (state, answer):
        return held
    held.state = State(state)
    held.answer = answer
    held.decided_at = timezone.now()
    held.decided_by = user
    held.save()
    log(held, "ess_pages.decide_accreditation", user=user, data={"state": state})
    _write(f"accreditation_{state}", held)
    return held


def _write(template: str, accreditation: Accreditation) -> None:
    language = accreditation.language
    meeting = desk.meeting_of(accreditation, language)
    if meeting is None:  # deleted
        return
    is_granted = accreditation.state == State.GRANTED and not meeting.date_note
    mails.send(
        template,
        to=accreditation.email,
        language=language,
        context={"accreditation": accreditation, "meeting": meeting},
        attachments=[calendar.attachment(meeting)] if is_granted else [],
    )
