"""To whom mails may go: asked by everything that writes to members."""

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from . import signals
from .models import Member, StoppedAddress

# Who has not come for so long has no use for mails, and their address may be another's now.
ABSENT_AFTER = datetime.timedelta(days=365)


def present(members: QuerySet[Member], now: datetime.datetime) -> QuerySet[Member]:
    """Return those of these members who are there: with an account, not banned, seen of late."""
    seen = Q(last_seen_on__gte=timezone.localdate(now - ABSENT_AFTER))
    is_new = Q(last_seen_on=None, joined_at__gte=now - ABSENT_AFTER)
    return members.filter(seen | is_new, is_banned=False, user__is_active=True)


def reachable(members: QuerySet[Member], now: datetime.datetime) -> QuerySet[Member]:
    """Return those of these members to whom mails may go.

    Nothing goes to who is not `present`, or whose address has bounced or complained. What the site
    knows of addresses, it adds through `reachable_asked`.
    """
    address = f"user__{get_user_model().get_email_field_name()}"
    stopped = StoppedAddress.objects.filter(address=Lower(OuterRef(address)))
    members = present(members, now).filter(~Exists(stopped))
    asked: list[tuple[Any, Any]] = signals.reachable_asked.send(sender=Member)
    for _receiver, condition in asked:
        members = members.filter(condition)
    return members
