"""Members tell the moderators of a post."""

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from .. import decisions
from ..models import Flag, Member, Post, State
from ..policy import require
from ..viewer import Viewer
from . import counters, posts, queue_news
from .moderation_log import record
from .transactions import action


@action
def flag_post(viewer: Viewer, post: Post, reason: str, note: str = "") -> Flag:
    """Report a post to the moderators, and return the flag.

    Sent twice, it is one. Enough flags of members of standing hide the post until it is decided.
    Raises PermissionDenied and ValidationError.
    """
    thread, post = counters.lock_post(post)
    open_flags = Flag.objects.filter(post=post, state=Flag.State.OPEN)
    if again := open_flags.filter(reporter=viewer.me).first():
        return again
    require(viewer, "flag_post", post)
    note = note.strip()
    if reason not in Flag.MEMBER_REASONS:
        raise ValidationError({"reason": _("Choose what is wrong with the post.")})
    if reason == Flag.Reason.OTHER and not note:
        raise ValidationError({"note": _("Say what is wrong with the post.")})
    flag = Flag.objects.create(post=post, reporter=viewer.me, reason=reason, note=note)
    queue_news.tell_moderators(but=viewer.me)
    enough = viewer.limits.flags_to_hide
    standing = open_flags.filter(reporter__trust__gte=Member.Trust.BASIC).count()
    if enough and standing >= enough and post.state == State.VISIBLE:
        posts.set_state(thread, post, State.HIDDEN)
        record(None, "hide_post", post, flags=standing)
        decisions.tell([post.author_id], decisions.Told.POST_FLAGGED, post=post)
    return flag


@action
def reopen_flags(viewer: Viewer, post: Post) -> int:
    """Take back the last decision on the flags of a post, and return how many are open again.

    Whether the post is shown stays as it is. Raises PermissionDenied, and ValidationError where
    there is nothing to reopen.
    """
    _thread, post = counters.lock_post(post)
    require(viewer, "decide_flags", post)
    flags = Flag.objects.filter(post=post)
    decided = flags.exclude(state=Flag.State.OPEN)
    last = decided.aggregate(at=Max("decided_at"))["at"]
    waiting = flags.filter(state=Flag.State.OPEN, reporter__isnull=False).values("reporter")
    keys = list(
        decided.filter(decided_at=last).exclude(reporter__in=waiting).values_list("pk", flat=True)
    )
    if last is None or not keys:
        text = _("No flags of this post are decided any more.")
        raise ValidationError(text, code="decided")
    flags.filter(pk__in=keys).update(
        state=Flag.State.OPEN, decided_by=None, decided_at=None, answer=""
    )
    record(viewer, "decide_flags", post, flags=keys, state=Flag.State.OPEN.value)
    queue_news.tell_moderators(but=viewer.me)
    return len(keys)
