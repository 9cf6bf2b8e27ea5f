"""Notifications go out to the browsers of those who want it: what they have not read meanwhile."""

import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import override
from urllib3.exceptions import HTTPError

from .. import letters, outbound, push, tasks
from ..models import Member, Notification, PushSubscription
from ..policy import require
from ..reachable import present
from ..viewer import Viewer
from . import counters
from .notification_mails import DELAY, still_hold, what_it_is_about
from .transactions import action

# Of more browsers than this, the oldest is forgotten.
BROWSERS = 10
# What a push service answers for a browser that takes no more messages.
GONE = (404, 410)


class PushError(Exception):
    """A push service does not take a message, and will not later."""


@action
def subscribe(viewer: Viewer, *, endpoint: str, public_key: str, secret: str) -> None:
    """Tell the member in one more browser; one that was another's is theirs now.

    Raises PermissionDenied.
    """
    require(viewer, "edit_profile", viewer.me)
    facts = {"member": viewer.me, "public_key": public_key, "secret": secret}
    PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=facts)
    own = PushSubscription.objects.filter(member=viewer.me).order_by("-pk")
    kept = list(own.values_list("pk", flat=True)[:BROWSERS])
    own.exclude(pk__in=kept).delete()


@action
def unsubscribe(viewer: Viewer, endpoint: str) -> None:
    """Tell the member no more in this browser. Raises PermissionDenied."""
    require(viewer, "edit_profile", viewer.me)
    PushSubscription.objects.filter(member=viewer.me, endpoint=endpoint).delete()


def send_due_pushes(now: datetime.datetime | None = None) -> int:
    """Queue the messages that are due, and return how many. Safe to run twice, and at once."""
    if not push.is_on():
        return 0
    now = now or timezone.now()
    due = Notification.objects.filter(push=True, created_at__lte=now - DELAY)
    members = due.order_by("member").values_list("member", flat=True).distinct()
    return sum(_send(member, now) for member in list(members))


@action
def _send(pk: int, now: datetime.datetime) -> int:
    """Queue for a member what is due: a message to each browser about each thread or page.

    In the transaction that notes it as sent: a crash loses none and sends none twice.
    """
    member = counters.lock_member(pk)
    due = Notification.objects.filter(
        member=member, push=True, created_at__lte=now - DELAY
    ).select_related("actor", "thread", "post__thread")
    news = [each for each in due.order_by("thread", "page_key", "pk") if each.read_at is None]
    due.update(push=False)
    if not present(Member.objects.filter(pk=pk), now).exists():
        return 0
    with override(member.language):
        groups = groupby(still_hold(news, member), key=what_it_is_about)
        notices = [letters.notice(member, list(group)) for _about, group in groups]
    browsers = list(member.push_subscriptions.values_list("pk", flat=True))
    for browser in browsers:
        for notice in notices:
            tasks.deliver_push.enqueue(browser, notice)
    return len(browsers) * len(notices)


def deliver(pk: int, notice: dict[str, Any]) -> bool:
    """Send a message to a browser; return False where its push service does not answer now.

    A browser that is gone is forgotten, and so is one whose address is no push service's. Raises
    PushError where the message is refused.
    """
    browser = PushSubscription.objects.filter(pk=pk).first()
    members = Member.objects.filter(push_subscriptions=pk)
    if browser is None or not present(members, timezone.now()).exists():
        return True
    body, headers = push.message(notice, browser.endpoint, browser.public_key, browser.secret)
    try:
        status = outbound.send(browser.endpoint, body, headers)
    except outbound.AddressError:
        browser.delete()
        return True
    except (OSError, HTTPError):
        return False
    if status in GONE:
        browser.delete()
    elif status == 429 or status >= 500:
        return False
    elif status >= 300:
        raise PushError(f"the push service answered {status}")
    return True
