"""A meeting's report: written from the meeting, sent for approval, published as approved."""

import datetime
from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from ess_ground.personal import FORGOTTEN

from .. import mails
from ..links import in_language, view_url
from ..models import (
    Attendance,
    Guest,
    MeetingPage,
    MeetingReportPage,
    Participant,
    Registration,
    ReportReview,
    ReportReviewer,
)
from ..policy import require
from ..translation import publish_complete_translations
from . import registrations


@transaction.atomic
def write_report(user, meeting: MeetingPage) -> MeetingReportPage:
    """Return the report of a meeting: the one there is, or else a draft made of who came.

    Raises PermissionDenied for whoever may not edit the meeting.
    """
    require(user, "write_report", meeting)
    MeetingPage.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if report := MeetingReportPage.objects.child_of(meeting).first():
        return report
    came = _who_came(meeting)
    with override(meeting.locale.language_code):
        title = _("Report: %(meeting)s") % {"meeting": meeting.title}
        day = meeting.date_note or date_format(meeting.starts_on, "j F Y")
        summary = _("What was said and resolved: %(day)s.") % {"day": day}
    report = MeetingReportPage(title=title[:255], summary=summary, live=False, owner=user)
    spheres = Counter(registration.sphere_id for registration in came if registration.sphere_id)
    report.attendance = [
        Attendance(sphere_id=sphere, people=people) for sphere, people in sorted(spheres.items())
    ]
    people = Participant.objects.filter(user__in=[item.user_id for item in came if item.user_id])
    report.guests = [Guest(participant=person) for person in people]
    meeting.add_child(instance=report)
    report.save_revision(user=user)
    log(report, "wagtail.create", user=user)
    return report


@transaction.atomic
def open_review(user, report: MeetingReportPage, closes_at: datetime.datetime) -> ReportReview:
    """Send a report to those who were at its meeting, for approval or remarks until a time.

    They are those who were marked as come, and the participants whom the report names who have an
    account. Raises PermissionDenied, and ValidationError where it is out already, the time has
    passed or nobody can be asked.
    """
    require(user, "review_report", report)
    MeetingReportPage.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if closes_at <= timezone.now():
        raise ValidationError({"closes_at": _("This time has passed.")})
    if ReportReview.objects.about(report).filter(approved_at=None).exists():
        raise ValidationError(_("This report is out for approval already."))
    reviewers = _reviewers(report.get_latest_revision_as_object())
    if not reviewers:
        raise ValidationError(
            _("Nobody can be asked: no registration for the meeting is marked as come.")
        )
    review = ReportReview.objects.create(
        translation_key=report.translation_key, closes_at=closes_at, opened_by=user
    )
    for reviewer in reviewers:
        reviewer.review = review
    for reviewer in ReportReviewer.objects.bulk_create(reviewers):
        _ask(reviewer, report)
    log(report, "ess_pages.open_review", user=user, data={"reviewers": len(reviewers)})
    return review


@transaction.atomic
def answer_review(reviewer: ReportReviewer, answer: str, remarks: str) -> ReportReviewer:
    """Keep what somebody who was there says of the report; until its time they may change it.

    Whoever holds the reviewer's token may answer. Raises ValidationError when the time has passed,
    and where remarks are announced but missing.
    """
    review = ReportReview.objects.select_for_update().get(pk=reviewer.review_id)
    if not review.is_open:
        raise ValidationError(_("The time to answer has passed."))
    if answer == ReportReviewer.Answer.REMARKS and not remarks.strip():
        raise ValidationError({"remarks": _("Write your remarks.")})
    reviewer.answer = answer
    reviewer.remarks = remarks if answer == ReportReviewer.Answer.REMARKS else ""
    reviewer.answered_at = timezone.now()
    reviewer.full_clean(exclude=["review"])
    reviewer.save(update_fields=["answer", "remarks", "answered_at"])
    return reviewer


@transaction.atomic
def approve_report(user, report: MeetingReportPage) -> ReportReview:
    """Publish a report as approved, with those of its translations that are complete.

    Raises PermissionDenied, and ValidationError where it has not been sent for approval, or its
    time has not come and somebody has not answered yet.
    """
    require(user, "review_report", report)
    review = ReportReview.objects.select_for_update().about(report).filter(approved_at=None).first()
    if review is None:
        raise ValidationError(_("This report is not out for approval."))
    if review.is_open and review.reviewers.filter(answer=ReportReviewer.Answer.NONE).exists():
        raise ValidationError(_("Some have not answered yet, and their time has not passed."))
    review.approved_at, review.approved_by = timezone.now(), user
    review.save(update_fields=["approved_at", "approved_by"])
    log(report, "ess_pages.approve_report", user=user)
    report.get_latest_revision().publish(user=user)
    publish_complete_translations(report, user)
    return review


def _who_came(meeting: MeetingPage) -> list[Registration]:
    came = Registration.objects.about(meeting).exclude(attended_at=None)
    came = came.exclude(state=Registration.State.CANCELLED)
    return list(came.exclude(email__endswith=FORGOTTEN))


def _reviewers(report: MeetingReportPage) -> list[ReportReviewer]:
    """Return whom to ask, each address once."""
    reviewers = {
        registration.email: ReportReviewer(
            name=registration.name, email=registration.email, language=registration.language
        )
        for registration in _who_came(report.meeting)
    }
    named = Participant.objects.filter(
        pk__in=[guest.participant_id for guest in report.guests.all()], user__is_active=True
    ).select_related("user")
    for person in named:
        email = registrations.email_of(person.user)
        language = report.locale.language_code
        with override(language):
            name = person.name
        reviewers.setdefault(email, ReportReviewer(name=name, email=email, language=language))
    return list(reviewers.values())


def _ask(reviewer: ReportReviewer, report: MeetingReportPage) -> None:
    pages = MeetingReportPage.objects.all()
    shown = next(iter(in_language(pages, [report], reviewer.language)), report)
    mails.send(
        "review_request",
        reviewer.email,
        reviewer.language,
        {
            "name": reviewer.name,
            "title": shown.title,
            "closes_at": timezone.localtime(reviewer.review.closes_at),
            "url": view_url(report, "review_report", reviewer.token, language=reviewer.language),
        },
    )
