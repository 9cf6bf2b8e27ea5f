"""Private conversations: others are asked in, and who is in may leave. Begun in `threads`."""

from collections.abc import Iterable

from django.utils import timezone

from ..models import Member, Notification, Participant, Thread
from ..policy import require
from ..viewer import Viewer
from . import counters, notifications
from .blocks import refuse_unwelcome
from .transactions import action


@action
def invite(viewer: Viewer, thread: Thread, members: Iterable[Member]) -> list[Member]:
    """Ask members into a private conversation: they read all of it. Returns who is new there.

    Raises PermissionDenied, and ValidationError where one has blocked the viewer.
    """
    thread = counters.lock_thread(thread.pk)
    require(viewer, "invite_to_conversation", thread)
    asked = {member.pk: member for member in members}
    present = thread.participations.filter(member__in=asked, left_at=None)
    for key in present.values_list("member", flat=True):
        asked.pop(key)
    refuse_unwelcome(viewer, asked)
    Participant.objects.bulk_create(
        [Participant(thread=thread, member_id=key) for key in asked],
        update_conflicts=True,
        unique_fields=["thread", "member"],
        update_fields=["left_at"],
    )
    notifications.tell(
        asked,
        Notification.Kind.CONVERSATION,
        actor=viewer.me,
        thread=thread,
        data={"invited": True},
    )
    return list(asked.values())


@action
def leave(viewer: Viewer, thread: Thread) -> None:
    """Leave a private conversation. Whoever is in it may ask one in again.

    Raises PermissionDenied.
    """
    thread = counters.lock_thread(thread.pk)
    require(viewer, "leave_conversation", thread)
    thread.participations.filter(member=viewer.me).update(left_at=timezone.now())
