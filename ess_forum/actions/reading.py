"""Read marks and what members follow."""

from django.utils import timezone

from .. import positions
from ..models import Category, Member, Post, ReadMark, Subscription, Thread
from ..policy import require
from ..positions import Ranges
from ..viewer import Viewer
from .counters import lock_thread
from .transactions import action


@action
def see(member: Member, thread: Thread, first: int, last: int) -> None:
    """Note that the member has read the positions `first` to `last` of a thread.

    What lies between these and what was read before is skipped, and stays unread.
    """
    # What is hidden meanwhile is not skipped: who hides it would not find it in the mark yet.
    gaps = lock_thread(thread.pk).gaps if first > 1 else thread.gaps
    _move(_mark(member, thread), first, last, gaps)


def _move(mark: ReadMark, first: int, last: int, gaps: Ranges) -> None:
    was = (mark.position, mark.skipped)
    take(mark, first, last, gaps)
    if (mark.position, mark.skipped) != was:
        mark.save()


def _mark(member: Member, thread: Thread) -> ReadMark:
    mark = ReadMark.objects.select_for_update().filter(member=member, thread=thread).first()
    if mark is None:
        start = Thread.objects.with_mark_of(member).filter(pk=thread.pk)
        position = start.values_list("read_position", flat=True).first() or 0
        mark, _created = ReadMark.objects.get_or_create(
            member=member, thread=thread, defaults={"position": position}
        )
    return mark


def take(mark: ReadMark, first: int, last: int, gaps: Ranges) -> None:
    """Move a mark on to these positions; what was passed over, but for the gaps, is skipped."""
    if first > mark.position + 1:
        between = positions.difference([[mark.position + 1, first - 1]], gaps)
        mark.skipped = positions.union(mark.skipped, between)
    mark.skipped = positions.difference(mark.skipped, [[first, last]])
    mark.position = max(mark.position, last)


def read_own(post: Post) -> None:
    """Note that the author has read a post that was just published, and nothing before it.

    Its thread is locked.
    """
    position = post.position or 0
    _move(_mark(post.author, post.thread), position, position, post.thread.gaps)


@action
def catch_up(viewer: Viewer) -> None:
    """Take all that is published as read: everywhere, and from now."""
    member = viewer.me
    member.caught_up_at = timezone.now()
    member.save(update_fields=["caught_up_at"])
    ReadMark.objects.filter(member=member).delete()


@action
def catch_up_category(viewer: Viewer, category: Category) -> None:
    """Take the threads of a category as read."""
    member = viewer.me
    unread = Thread.objects.visible().filter(category=category).unread_by(member)
    marks = [
        ReadMark(member=member, thread_id=pk, position=position)
        for pk, position in unread.values_list("pk", "last_position")
    ]
    ReadMark.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["member", "thread"],
        update_fields=["position", "skipped"],
    )


def forget_positions(thread: Thread, ranges: Ranges) -> None:
    """Take positions that no visible post has any more out of what members skipped there."""
    marks = ReadMark.objects.select_for_update().filter(thread=thread).exclude(skipped=[])
    for mark in marks:
        left = positions.difference(mark.skipped, ranges)
        if left != mark.skipped:
            mark.skipped = left
            mark.save(update_fields=["skipped"])


def follow_thread_of(post: Post) -> None:
    """Let the author of a post follow its thread from the first post that they write there."""
    before = Post.objects.filter(thread=post.thread_id, author=post.author_id)
    if not before.exclude(pk=post.pk).exists():
        Subscription.objects.get_or_create(member=post.author, thread=post.thread)


@action
def follow(viewer: Viewer, about: Thread | Category, *, follows: bool = True) -> None:
    """Follow a thread or a category, or stop. Raises PermissionDenied."""
    if isinstance(about, Thread):
        require(viewer, "follow_thread", about)
        own = Subscription.objects.filter(member=viewer.me, thread=about)
        new = Subscription(member=viewer.me, thread=about)
    else:
        require(viewer, "follow_category", about)
        own = Subscription.objects.filter(member=viewer.me, category=about)
        new = Subscription(member=viewer.me, category=about)
    if follows:
        Subscription.objects.bulk_create([new], ignore_conflicts=True)
    else:
        own.delete()
