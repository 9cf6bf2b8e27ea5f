"""What is kept of people for some time only is erased when that has passed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from ess_ground.personal import FORGOTTEN, forget_in_log, former_address

from ..models import (
    Accreditation,
    EntryReport,
    MeetingPage,
    Registration,
    ReportReview,
    ReportReviewer,
)
from ..models.registrations import new_token

# What stands in place of a name.
NOBODY = "—"


def erase_registrations(before: datetime) -> int:
    """Forget who was registered for meetings that ended before this moment; return how many."""
    rows = Registration.objects.filter(_about_past_meetings(before))
    return forget_registrations(rows.exclude(name=NOBODY))


def erase_accreditations(before: datetime) -> int:
    """Delete the requests of journalists for meetings that ended before this moment."""
    return forget_accreditations(Accreditation.objects.filter(_about_past_meetings(before)))


def _about_past_meetings(before: datetime) -> Q:
    """Return the condition that a meeting has ended; of one that is deleted, that it is old."""
    meetings = MeetingPage.objects.annotate(last=Coalesce("ends_on", "starts_on"))
    past = meetings.filter(last__lt=before.date()).values("translation_key")
    gone = ~Q(translation_key__in=MeetingPage.objects.values("translation_key"))
    # In one language, a page may not have followed yet: what is still to come is kept.
    to_come = meetings.filter(last__gte=before.date()).values("translation_key")
    is_past = Q(translation_key__in=past) & ~Q(translation_key__in=to_come)
    return is_past | gone & Q(created_at__lt=before)


@transaction.atomic
def forget_registrations(rows: QuerySet[Registration]) -> int:
    """Take away whose these registrations were; how many came stays counted. Return how many."""
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for registration in held:
        registration.token = new_token()
        registration.email = former_address(registration.token.lower())
        registration.name, registration.organisation, registration.note = NOBODY, "", ""
        registration.user, registration.is_listed = None, False
        registration.save()
    forget_in_log((Registration, [each.pk for each in held]), label=NOBODY)
    return len(held)


@transaction.atomic
def forget_accreditations(rows: QuerySet[Accreditation]) -> int:
    """Delete these requests, and the names in what was noted of them. Return how many."""
    keys = list(rows.values_list("pk", flat=True))
    forget_in_log((Accreditation, keys), label=NOBODY)
    Accreditation.objects.filter(pk__in=keys).delete()
    return len(keys)


def erase_reviewers(before: datetime) -> int:
    """Forget the addresses of who approved reports before this moment; return how many."""
    settled = ReportReview.objects.filter(approved_at__lt=before)
    rows = ReportReviewer.objects.filter(review__in=settled)
    return forget_reviewers(rows.exclude(email__endswith=FORGOTTEN))


@transaction.atomic
def forget_reviewers(rows: QuerySet[ReportReviewer]) -> int:
    """Take away the addresses of these people; what they answered stays. Return how many."""
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for reviewer in held:
        reviewer.token = new_token()
        reviewer.email = former_address(reviewer.token.lower())
        reviewer.save(update_fields=["token", "email"])
    return len(held)


def erase_entry_reports(before: datetime) -> int:
    """Forget the addresses of visitors whose reports were decided on before this moment."""
    rows = EntryReport.objects.filter(decided_at__lt=before).exclude(email="")
    return rows.update(email="")
