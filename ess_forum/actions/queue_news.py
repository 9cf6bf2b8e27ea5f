"""Moderators are told that something waits for them: once, until they look or nothing waits."""

from collections.abc import Iterable

from django.db.models import QuerySet

from .. import decisions, queue
from ..audience import moderators
from ..models import Member, Notification
from ..viewer import Viewer
from . import notifications


def tell_moderators(*, but: Member) -> None:
    """Tell the moderators that something waits, but not `but`, who has just brought it.

    Who has not looked since they were told need no second notice.
    """
    # Locked, in their order, so that two reports at the same time are told once.
    others = Member.objects.filter(pk__in=moderators(), is_banned=False).exclude(pk=but.pk)
    keys = set(others.order_by("pk").select_for_update().values_list("pk", flat=True))
    know = set(_unread(keys).values_list("member", flat=True))
    decisions.tell(keys - know, decisions.Told.WAITING)


def settle() -> None:
    """Where nothing waits any more, take what moderators were told of it as read."""
    keys = set(_unread(moderators().values("pk")).values_list("member", flat=True))
    if keys and not queue.count():
        for key in sorted(keys):
            notifications.read_of(key, _unread([key]))


def look(viewer: Viewer) -> None:
    """Take what the viewer was told of the queue as read: they see it."""
    if viewer.me.unread_notifications:
        notifications.read(viewer, _unread([viewer.me.pk]))


def _unread(members: Iterable[int] | QuerySet) -> QuerySet[Notification]:
    return Notification.objects.filter(
        member__in=members,
        kind=Notification.Kind.MODERATION,
        data__decision=decisions.Told.WAITING.value,
        read_at=None,
    )
