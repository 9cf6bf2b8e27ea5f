"""Notifications go out by mail: what a member has not read on the site meanwhile."""

import datetime
from collections.abc import Iterable, Iterator
from itertools import groupby
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override

from ess_ground import mails

from .. import decisions, letters, queue
from ..models import Mail, Member, Notification, State
from ..policy import allows
from ..reachable import reachable
from ..viewer import Viewer
from . import counters
from .transactions import action

# Who reads the forum at the time needs no mail.
DELAY = datetime.timedelta(minutes=3)


def send_due_mails(now: datetime.datetime | None = None) -> int:
    """Send the mails that are due, and return how many. Safe to run twice, and at once."""
    now = now or timezone.now()
    due = Notification.objects.filter(mail=Mail.AT_ONCE, created_at__lte=now - DELAY)
    members = due.order_by("member").values_list("member", flat=True).distinct()
    return sum(_send_mails(member, now) for member in list(members))


@action
def _send_mails(pk: int, now: datetime.datetime) -> int:
    """Send a member what is due: a mail for each thread or page. Return how many.

    The mails are queued in the transaction that notes them as sent: a crash loses none and sends
    none twice.
    """
    member = counters.lock_member(pk)
    due = Notification.objects.filter(
        member=member, mail=Mail.AT_ONCE, created_at__lte=now - DELAY
    ).select_related("actor", "thread", "post__thread")
    news = [each for each in due.order_by("thread", "page_key", "pk") if each.read_at is None]
    due.update(mail=Mail.NONE)
    if not reachable(Member.objects.filter(pk=pk), now).exists():
        return 0
    groups = groupby(still_hold(news, member), key=what_it_is_about)
    return sum(_send(member, list(group)) for _about, group in groups)


def what_it_is_about(notification: Notification) -> tuple[int | None, UUID | None]:
    """Return by what notifications are put together: their thread, or their page."""
    return notification.thread_id, notification.page_key


def still_hold(news: Iterable[Notification], member: Member) -> Iterator[Notification]:
    """Yield those of which what they tell of is still there, and still seen by the member."""
    viewer = Viewer.of_member(member)
    return (each for each in news if _still_holds(each, viewer))


def _still_holds(notification: Notification, viewer: Viewer) -> bool:
    if decisions.is_of_queue(notification):
        return queue.count() > 0
    if notification.kind == Notification.Kind.MODERATION:
        return True  # that a post is hidden is what moderators tell of it
    post, thread = notification.post, notification.thread
    if post is not None:
        thread = post.thread
        if post.state != State.VISIBLE:
            return False
    return thread is None or (
        thread.state == State.VISIBLE and allows(viewer, "see_thread", thread)
    )


def _send(member: Member, news: list[Notification]) -> bool:
    with override(member.language):
        letter = letters.of_news(member, news)
    mails.send(
        "ess_forum/mails/news",
        letters.address_of(member),
        member.language,
        letter.context,
        reply_to=letter.reply_to,
        headers=letter.headers,
    )
    return True
