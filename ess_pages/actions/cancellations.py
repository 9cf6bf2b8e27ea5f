"""A meeting is cancelled, or takes place after all: those who meant to come are told."""

from django.db import transaction

from .. import calendar, desk, mails
from ..models import Accreditation, MeetingPage, Registration
from .registrations import hold


@transaction.atomic
def tell_whether_cancelled(meeting: MeetingPage) -> int:
    """Write to those whose last news of the meeting is no longer true; return how many mails.

    They are those who have a place or wait for one, and journalists who were not refused. Each is
    told once, and once more if the meeting takes place after all. Nobody is asked for permission:
    whoever published the meeting had it.
    """
    current = hold(meeting)
    if current is None or desk.has_begun(current):
        return 0
    people = _misinformed(current)
    languages = {person.language for person in people}
    shown = {language: desk.meeting_of(current, language) or current for language in languages}
    for person in people:
        _tell(person, shown[person.language], current.is_cancelled)
    return len(people)


def _misinformed(meeting: MeetingPage) -> list[Registration | Accreditation]:
    refused = Accreditation.State.REFUSED
    concerned = [
        desk.standing(meeting),
        Accreditation.objects.about(meeting).exclude(state=refused),
    ]
    known = not meeting.is_cancelled
    return [person for people in concerned for person in people.filter(knows_cancelled=known)]


def _tell(person: Registration | Accreditation, meeting: MeetingPage, is_cancelled: bool) -> None:
    mails.send(
        "meeting_cancelled" if is_cancelled else "meeting_restored",
        to=person.email,
        language=person.language,
        context={"registration": person, "meeting": meeting},
        # The calendar that has the meeting then knows too.
        attachments=[] if meeting.date_note else [calendar.attachment(meeting)],
    )
    person.knows_cancelled = is_cancelled
    person.save(update_fields=["knows_cancelled"])
