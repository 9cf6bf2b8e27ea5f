"""Digests go out, and end when their reader wants no more."""

import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from ess_ground import mails

from .. import letters
from ..models import Member
from ..reachable import reachable
from .transactions import action

Digest = Member.Digest
PERIODS = {
    Digest.DAILY: datetime.timedelta(days=1),
    Digest.WEEKLY: datetime.timedelta(days=7),
}


def send_due_digests(now: datetime.datetime | None = None) -> int:
    """Send the digests that are due, and return how many. Safe to run twice, and at once."""
    now = now or timezone.now()
    return sum(_send_digest(pk, now) for pk in list(_due(now).values_list("pk", flat=True)))


def _due(now: datetime.datetime):
    is_due = Q()
    for frequency, period in PERIODS.items():
        is_due |= Q(digest=frequency, digest_at__lte=now - period)
    members = Member.objects.filter(is_due, Q(suspended_until=None) | Q(suspended_until__lte=now))
    return reachable(members, now).order_by("pk")


@action
def _send_digest(pk: int, now: datetime.datetime) -> bool:
    """Send a member the digest that is due, if it has anything to tell: return whether it did."""
    due = _due(now).select_for_update(of=("self",)).select_related("user")
    member = due.filter(pk=pk).first()
    if member is None:
        return False  # another run was quicker
    with override(member.language):
        since = max(member.digest_at, now - PERIODS[Digest(member.digest)])
        parts = letters.sections(member, since)
        stop = letters.stop_address(member, "digest")
    Member.objects.filter(pk=pk).update(digest_at=now)
    if not parts:
        return False
    mails.send(
        "ess_forum/mails/digest",
        letters.address_of(member),
        member.language,
        {"member": member, "sections": parts, "stop_url": stop},
        headers=letters.unsubscribing(stop),
    )
    return True
