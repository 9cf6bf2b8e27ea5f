"""An account ends: what it did for the directories, meetings and texts goes, or loses its name."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.coreutils import get_content_languages
from wagtail.models import PageLogEntry

from ess_ground import audiences
from ess_ground.personal import forget_in_log

from .. import desk
from ..models import (
    Accreditation,
    ActorPage,
    Amendment,
    Comment,
    EntryReport,
    Guest,
    Opinion,
    Participant,
    Proposal,
    Recommendation,
    Registration,
    ReportReviewer,
    Representative,
    Resolution,
    Voter,
    Workshop,
)
from . import registrations
from .participants import FIELDS
from .proposals import withdraw_proposal
from .representatives import step_down
from .retention import forget_accreditations, forget_registrations, forget_reviewers

STATES = Amendment.State
# The text owes them words, or may yet: their authors stay credited.
CREDITED = (*Amendment.TAKEN_UP, STATES.PROPOSED)


@transaction.atomic
def leave(user) -> None:
    """Take away what is this person's, or their name from it. Who may, the caller has asked.

    What has been counted or published of recommendations and meetings stays: votes, credits for
    amendments, the people whom a report names.
    """
    for proposal in Proposal.objects.filter(author=user, state=Proposal.State.WAITING):
        withdraw_proposal(user, proposal)
    for representative in Representative.objects.filter(user=user):
        actor = ActorPage.objects.filter(translation_key=representative.translation_key).first()
        step_down(representative, actor)
    PageLogEntry.objects.filter(data__member=str(user)).update(data={})
    _leave_meetings(user)
    _leave_texts(user)
    person = Participant.objects.filter(user=user).first()
    if person:
        _forget_participant(person)


def _leave_meetings(user) -> None:
    address = registrations.email_of(user)
    mine = Registration.objects.filter(user=user) | Registration.objects.filter(email=address)
    for registration in mine.exclude(state=Registration.State.CANCELLED):
        meeting = desk.meeting_of(registration)
        if meeting and not desk.has_begun(meeting):
            registrations.cancel(registration, by=user)
    forget_registrations(mine)
    forget_accreditations(Accreditation.objects.filter(email=address))
    forget_reviewers(ReportReviewer.objects.filter(email=address))
    EntryReport.objects.filter(email=address).update(email="")


def _leave_texts(user) -> None:
    amendments = Amendment.objects.filter(author=user)
    amendments.filter(state=STATES.DRAFT).delete()
    name = former_name(user)
    amendments.exclude(state__in=CREDITED).update(author_name=name)
    Comment.objects.filter(author=user).update(author_name=name, author=None)
    Opinion.objects.filter(user=user).update(user=None)


def former_name(user) -> str:
    """Return what is said in place of a name, in each language of the site: it is kept.

    It has a number, so that of several former members one can tell who answers whom.
    """
    names = []
    for language in get_content_languages():
        with override(language):
            names.append(_("former member %(number)s") % {"number": user.pk})
    return " · ".join(dict.fromkeys(names))


def is_on_record(person: Participant) -> bool:
    """Return whether what has been published or counted names this participant."""
    texts = Recommendation.objects.filter(rapporteurs=person)
    named = (
        Guest.objects.filter(participant=person),
        Workshop.objects.filter(rapporteurs=person),
        Resolution.objects.filter(owner=person),
        Voter.objects.filter(participant=person),
        texts,
    )
    return any(rows.exists() for rows in named)


def _forget_participant(person: Participant) -> None:
    """Delete a participant; of one who is on record, keep what the record says, and no more."""
    forget_in_log((Participant, [person.pk]), label="—")
    if not is_on_record(person):
        person.delete()
        return
    person.user = person.organisation = person.wilaya = None
    for field in FIELDS:
        setattr(person, f"{field}_audience", audiences.NOBODY)
    person.save()
