"""Whom a consultation can ask, and the mails to those whom it has asked."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from . import mails
from .languages import language_of
from .links import version_in, view_url
from .models import (
    Consultation,
    Guest,
    MeetingPage,
    MeetingReportPage,
    Participant,
    Recommendation,
    RecommendationPage,
    Registration,
    Voter,
    Workshop,
)
from .participants import reachable

ASKED, REMINDER, RESULT = "consent_asked", "consent_reminder", "consent_result"


def can_be_asked(recommendation: Recommendation, electorate: str) -> QuerySet[Participant]:
    """Return the participants of an electorate who have an active account: mails reach them.

    Of those who say themselves that they are participants, only whom the editors have confirmed:
    else anybody could join to be counted, in whichever sphere.
    """
    people = reachable()
    if electorate == Consultation.Electorate.MEETING:
        return people.filter(pk__in=_took_part(recommendation).values("pk"))
    return people


def out_of_reach(recommendation: Recommendation) -> int:
    """Return how many were at the meeting who are no participants with an active account."""
    people = _took_part(recommendation).exclude(pk__in=reachable())
    return people.count() + _who_came(recommendation).filter(user__participant=None).count()


def _took_part(recommendation: Recommendation) -> QuerySet[Participant]:
    """Return whom the report of the workshop's meeting names, and who was marked as come."""
    reports = [
        report.pk
        for meeting in _meetings(recommendation)
        for report in MeetingReportPage.objects.live().child_of(meeting)
    ]
    guests = Guest.objects.filter(report__in=reports)
    came = _who_came(recommendation).exclude(user=None)
    return Participant.objects.filter(
        Q(pk__in=guests.values("participant")) | Q(user__in=came.values("user"))
    )


def _who_came(recommendation: Recommendation) -> QuerySet[Registration]:
    keys = _meetings(recommendation).values("translation_key")
    came = Registration.objects.filter(translation_key__in=keys).exclude(attended_at=None)
    return came.exclude(state=Registration.State.CANCELLED)


def _meetings(recommendation: Recommendation) -> QuerySet[MeetingPage]:
    workshops = Workshop.objects.filter(
        recommendations__translation_key=recommendation.translation_key
    )
    keys = MeetingPage.objects.filter(workshops__in=workshops).values("translation_key")
    return MeetingPage.objects.filter(translation_key__in=keys)


@task()
def write_to_voters(consultation_pk: int, template: str) -> None:
    """Write to all who are asked, or for a reminder to those who have not answered.

    Each mail is in the language of its reader, with the address at which they vote.
    """
    consultation = Consultation.objects.select_related("recommendation").get(pk=consultation_pk)
    voters = consultation.voters.filter(participant__user__is_active=True)
    if template == REMINDER:
        voters = voters.filter(has_voted=False)
    pages = RecommendationPage.objects.live().filter(recommendation=consultation.recommendation)
    shown: dict[str, RecommendationPage | None] = {}
    for voter in voters.select_related("participant__user__wagtail_userprofile"):
        user = voter.participant and voter.participant.user
        language = language_of(user)
        if language not in shown:
            shown[language] = version_in(pages, language)
        if page := shown[language]:
            _write(user, voter, template, page, language)


def _write(user, voter: Voter, template: str, page: RecommendationPage, language: str) -> None:
    consultation = voter.consultation
    mails.send(
        template,
        getattr(user, user.get_email_field_name()),
        language,
        {
            "name": voter.name_ar if language == "ar" else voter.name_fr,
            "title": page.title,
            "consultation": consultation,
            "closes_at": timezone.localtime(consultation.closes_at),
            "vote_url": view_url(page, "vote", voter.token, language=language),
            "consultation_url": view_url(page, "consultation", consultation.pk, language=language),
        },
    )
