"""Moderators decide whether a post is read: first posts that wait, flags, and any other."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..decisions import Told, tell
from ..models import Flag, Post, State
from ..policy import require
from ..queue import standing
from ..viewer import Viewer
from . import counters, posts, queue_news, trust
from .moderation_log import record
from .sanctions import Measure, impose
from .transactions import action


class Outcome(models.TextChoices):
    """What becomes of a post."""

    # Approved if it waits, restored if it is hidden; its flags are dismissed.
    SHOW = "show", gettext_lazy("The post is fine: show it, and dismiss its flags")
    # Refused if it waits; its flags are upheld.
    HIDE = "hide", gettext_lazy("The post is not fine: hide it")
    KEEP = "keep", gettext_lazy("The post was not fine, but it stays as it is now")


class _Step(NamedTuple):
    verb: str
    state: State
    told: Told


# What an outcome does to a post in a state. Where it says nothing, the post stays as it is.
STEPS = {
    (Outcome.SHOW, State.PENDING): _Step("approve_post", State.VISIBLE, Told.POST_APPROVED),
    (Outcome.SHOW, State.HIDDEN): _Step("restore_post", State.VISIBLE, Told.POST_RESTORED),
    (Outcome.HIDE, State.PENDING): _Step("hide_post", State.HIDDEN, Told.POST_REFUSED),
    (Outcome.HIDE, State.VISIBLE): _Step("hide_post", State.HIDDEN, Told.POST_HIDDEN),
    (Outcome.HIDE, State.DELETED): _Step("hide_post", State.HIDDEN, Told.POST_HIDDEN),
}


@action
def decide(
    viewer: Viewer,
    post: Post,
    outcome: Outcome | str,
    *,
    message: str = "",
    answer: str = "",
    measure: Measure | None = None,
    seen: str | None = None,
) -> Post:
    """Show or hide a post and decide its open flags, with a measure against its author if given.

    `message` is for the author, `answer` for those who reported the post; each is told. `seen` is
    the `standing` of the post that the decision was made on. Raises PermissionDenied, and
    ValidationError with the code "decided" where another moderator was first.
    """
    outcome = Outcome(outcome)
    thread, post = counters.lock_post(post)
    step = STEPS.get((outcome, State(post.state)))
    require(viewer, step.verb if step else "decide_flags", post)
    flags = list(Flag.objects.filter(post=post, state=Flag.State.OPEN).order_by("pk"))
    is_stale = seen is not None and seen != standing(post, flags)
    if is_stale or not (step or flags or measure):
        text = _("Another moderator has just decided this: see what they did.")
        raise ValidationError(text, code="decided")
    if step:
        posts.set_state(thread, post, step.state)
        record(viewer, step.verb, post, message)
    if flags:
        _decide_flags(viewer, post, flags, outcome, answer)
    told = step.told if step else (Told.POST_NOTED if message else None)
    if told and post.author_id != viewer.me.pk:
        tell([post.author_id], told, post=post, message=message)
    if measure:
        impose(viewer, post.author, measure, post)
    queue_news.settle()
    return post


def _decide_flags(
    viewer: Viewer, post: Post, flags: list[Flag], outcome: Outcome, answer: str
) -> None:
    is_upheld = outcome != Outcome.SHOW
    state = Flag.State.UPHELD if is_upheld else Flag.State.DISMISSED
    keys = [flag.pk for flag in flags]
    Flag.objects.filter(pk__in=keys).update(
        state=state, decided_by=viewer.me, decided_at=timezone.now(), answer=answer
    )
    record(viewer, "decide_flags", post, answer, flags=keys, state=state.value)
    reporters = {flag.reporter_id for flag in flags if flag.reporter_id} - {viewer.me.pk}
    told = Told.FLAG_UPHELD if is_upheld else Told.FLAG_DISMISSED
    tell(reporters, told, post=post, message=answer)
    if is_upheld:
        trust.review(post.author)


@action
def decide_all(viewer: Viewer, seen: dict[int, str], outcome: Outcome | str) -> int:
    """Decide several posts at once, all or none, and return how many.

    `seen` holds, for the number of each post, its `standing` as the moderator saw it. Raises
    PermissionDenied, and ValidationError where one of them has been decided meanwhile.
    """
    found = {post.pk: post for post in Post.objects.filter(pk__in=seen)}
    # Threads are locked in their order, whoever asks, so that two moderators never wait in a ring.
    for post in sorted(found.values(), key=lambda post: (post.thread_id, post.pk)):
        decide(viewer, post, outcome, seen=seen[post.pk])
    return len(found)
