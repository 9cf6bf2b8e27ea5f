"""A thread is solved by one of its replies."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..audience import members_who_see
from ..models import Member, Notification, Post, State, Thread
from ..policy import require
from ..viewer import Viewer
from . import counters, notifications
from .moderation_log import record
from .transactions import action


@action
def accept(viewer: Viewer, post: Post) -> Thread:
    """Take a reply as the answer of its thread, in place of any other, and tell its author.

    Raises PermissionDenied, and ValidationError where it is no visible reply any more.
    """
    thread = counters.lock_thread(post.thread_id)
    require(viewer, "accept_answer", thread)
    post = Post.objects.get(pk=post.pk)
    if post.thread_id != thread.pk or post.state != State.VISIBLE or post.is_first:
        raise ValidationError(_("Only a reply that everybody sees can be the answer."))
    if thread.answer_id == post.pk:
        return thread
    _set(viewer, thread, post)
    author = Member.objects.filter(pk=post.author_id).exclude(blocks__blocked=viewer.me)
    told = members_who_see(thread, author).values_list("pk", flat=True)
    notifications.tell(told, Notification.Kind.SOLVED, actor=viewer.me, thread=thread, post=post)
    return thread


@action
def take_back(viewer: Viewer, thread: Thread) -> Thread:
    """Take a thread as not solved. Raises PermissionDenied."""
    thread = counters.lock_thread(thread.pk)
    require(viewer, "accept_answer", thread)
    if thread.answer_id is not None:
        _set(viewer, thread, None)
    return thread


def _set(viewer: Viewer, thread: Thread, post: Post | None) -> None:
    answer_id, thread.answer = thread.answer_id, post
    thread.save(update_fields=["answer"])
    counters.thread_changed(thread)
    if viewer.me.pk != thread.author_id:
        record(viewer, "accept_answer", thread, answer=post.pk if post else None, was=answer_id)
