"""Trust follows what members do; moderators may set it."""

from django.db.models import F, Q
from django.utils import timezone

from .. import trust
from ..models import Member
from ..policy import require
from ..viewer import Viewer
from . import counters
from .moderation_log import record
from .transactions import action


@action
def note_visit(member: Member) -> None:
    """Count a day on which the member came: once, however often it is asked."""
    today = timezone.localdate()
    first = Member.objects.filter(~Q(last_seen_on=today) | Q(last_seen_on=None), pk=member.pk)
    if first.update(last_seen_on=today, days_visited=F("days_visited") + 1):
        member.days_visited += 1
        review(member)
    member.last_seen_on = today


def review(member: Member) -> None:
    """Give a member the trust that they have earned, unless moderators have set it."""
    if member.is_trust_kept:
        return
    level = trust.earned(member)
    if level != member.trust:
        # Not over what a moderator sets at this moment.
        Member.objects.filter(pk=member.pk, is_trust_kept=False).update(trust=level)
        member.trust = level


@action
def set_trust(viewer: Viewer, member: Member, level: int, *, is_kept: bool = True) -> Member:
    """Give a member a level, to be kept; or, with `is_kept` False, what they have earned.

    Raises PermissionDenied.
    """
    member = counters.lock_member(member.pk)
    require(viewer, "set_trust", member)
    before = member.trust
    member.is_trust_kept = is_kept
    member.trust = level if is_kept else trust.earned(member)
    member.save(update_fields=["trust", "is_trust_kept"])
    if before != member.trust or is_kept:
        record(
            viewer,
            "set_trust",
            member,
            before=before,
            after=int(member.trust),
            is_kept=is_kept,
        )
    return member
