"""Measures against members: they are taken with a reason, end by themselves, and can be lifted."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ..decisions import Told, tell
from ..models import Member, ModerationEvent, Post, Sanction
from ..policy import require
from ..viewer import Viewer
from . import counters, trust
from .moderation_log import record
from .transactions import action

Kind = Sanction.Kind
# The others are said once, or stay.
FOR_A_TIME = (Kind.SILENCE, Kind.SUSPENSION)
# The same measure again within this time is a second click, not a second measure.
SECOND_CLICK = timedelta(minutes=2)


class Measure(NamedTuple):
    """A measure, before it is taken: `days` is how long it lasts, for those that end."""

    kind: str
    reason: str
    days: int | None = None


@action
def impose(viewer: Viewer, member: Member, measure: Measure, post: Post | None = None) -> Sanction:
    """Take a measure against a member, because of a post if one is given, and return it.

    Taken twice, it is one. Raises PermissionDenied and ValidationError.
    """
    member = counters.lock_member(member.pk)
    require(viewer, "sanction", member)
    until = _until(measure)
    again = member.sanctions.filter(
        kind=measure.kind,
        reason=measure.reason.strip(),
        made_by=viewer.me,
        made_at__gt=timezone.now() - SECOND_CLICK,
        lifted_at=None,
    ).first()
    if again:
        return again
    before = member.trust
    sanction = Sanction.objects.create(
        member=member,
        kind=measure.kind,
        reason=measure.reason.strip(),
        post=post,
        until=until,
        made_by=viewer.me,
    )
    _apply(member)
    record(
        viewer,
        "sanction",
        sanction,
        sanction.reason,
        kind=sanction.kind,
        until=until.isoformat() if until else None,
        trust=before,
    )
    tell([member.pk], Told(sanction.kind), post=post, message=sanction.reason, sanction=sanction)
    return sanction


def _until(measure: Measure) -> datetime | None:
    """Return when a measure ends. Raises ValidationError where something is missing."""
    if measure.kind not in Kind:
        raise ValidationError({"kind": _("Choose a measure.")})
    if not measure.reason.strip():
        raise ValidationError({"reason": _("Say why: the member reads it.")})
    if measure.kind not in FOR_A_TIME:
        return None
    if not measure.days or measure.days < 1:
        raise ValidationError({"days": _("Say for how long.")})
    return timezone.now() + timedelta(days=measure.days)


@action
def lift(viewer: Viewer, sanction: Sanction, reason: str) -> Sanction:
    """End a measure, with a reason. It stays on record.

    Raises PermissionDenied, and ValidationError where it does not hold any more.
    """
    member = counters.lock_member(sanction.member_id)
    require(viewer, "lift_sanction", member)
    sanction = Sanction.objects.select_related("post__thread").get(pk=sanction.pk)
    sanction.member = member
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why: the member reads it.")})
    if not sanction.is_in_force:
        raise ValidationError(_("This measure does not hold any more."), code="decided")
    sanction.lifted_by, sanction.lifted_at = viewer.me, timezone.now()
    sanction.lifted_reason = reason
    sanction.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    _apply(member)
    _give_trust_back(member, sanction)
    record(viewer, "lift_sanction", sanction, reason, kind=sanction.kind)
    tell([member.pk], Told.LIFTED, post=sanction.post, message=reason, sanction=sanction)
    return sanction


def _give_trust_back(member: Member, sanction: Sanction) -> None:
    """Give the member the trust that a lifted measure had taken, which the log has kept."""
    taken = ModerationEvent.objects.filter(verb="sanction", details__sanction=sanction.pk).first()
    before = taken.details.get("trust", member.trust) if taken else member.trust
    if before > member.trust and not member.is_trust_kept:
        member.trust = before
        member.save(update_fields=["trust"])
        trust.review(member)


def fields_of(member: Member) -> dict:
    """Return the fields of a member that measures decide, as they should be."""
    held = list(member.sanctions.in_force())

    def latest(kind: Kind) -> datetime | None:
        return max((one.until for one in held if one.kind == kind and one.until), default=None)

    return {
        "silenced_until": latest(Kind.SILENCE),
        "suspended_until": latest(Kind.SUSPENSION),
        "is_banned": any(one.kind == Kind.BAN for one in held),
    }


def _apply(member: Member) -> None:
    fields = fields_of(member)
    for name, value in fields.items():
        setattr(member, name, value)
    member.save(update_fields=list(fields))
    trust.review(member)
