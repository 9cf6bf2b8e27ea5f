"""What the forum keeps for some time only is erased when that has passed."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from ..models import Draft, Notification, StoppedAddress, WebhookDelivery
from . import counters
from .transactions import action

# So many at once, that nobody who writes waits for long.
BATCH = 1000


def erase_drafts(before: datetime) -> int:
    """Delete the drafts that were last touched before this moment; return how many."""
    return _number(Draft.objects.filter(saved_at__lt=before))


def erase_notifications(before: datetime) -> int:
    """Delete the notifications of before this moment; return how many. What is unread follows."""
    number = 0
    while deleted := _erase_some_notifications(before):
        number += deleted
    return number


@action
def _erase_some_notifications(before: datetime) -> int:
    old = Notification.objects.filter(created_at__lt=before).order_by("pk")
    rows = list(old.values_list("pk", "member", "read_at")[:BATCH])
    number = _number(Notification.objects.filter(pk__in=[pk for pk, _member, _read in rows]))
    counters.recount(members={member for _pk, member, read_at in rows if read_at is None})
    return number


def erase_stopped_addresses(before: datetime) -> int:
    """Forget the addresses, stopped before this moment, that are no account's; return how many."""
    users = get_user_model()
    field = users.get_email_field_name()
    owners = users.objects.annotate(lower=Lower(field)).filter(lower=OuterRef("address"))
    return _number(StoppedAddress.objects.filter(~Exists(owners), stopped_at__lt=before))


def erase_deliveries(before: datetime) -> int:
    """Delete the deliveries to webhooks of before this moment; return how many."""
    return _number(WebhookDelivery.objects.filter(created_at__lt=before))


def _number(rows: QuerySet) -> int:
    _total, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)
