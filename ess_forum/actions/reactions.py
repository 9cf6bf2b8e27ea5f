"""Members put a sign on a post, and take it away."""

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from .. import counting
from ..models import Member, Post, Reaction, Thread
from ..policy import require
from ..viewer import Viewer
from . import counters
from .transactions import action


@action
def react(viewer: Viewer, post: Post, emoji: str, *, reacts: bool = True) -> Post:
    """Put a sign on a post, or take one's own away, and return the post as it is then.

    Done twice, it is done once. Raises PermissionDenied, and ValidationError for another sign
    than those that members choose from.
    """
    _thread, post = counters.lock_post(post)
    require(viewer, "react", post)
    if reacts and emoji not in Reaction.Emoji.values:
        raise ValidationError(_("Choose one of the signs that are offered."))
    if _set(viewer.me, post, emoji, reacts):
        post.reactions = counting.of_post(post)["reactions"]
        post.save(update_fields=["reactions"])
        Thread.objects.filter(pk=post.thread_id).update(version=F("version") + 1)
    return post


def _set(member: Member, post: Post, emoji: str, reacts: bool) -> bool:
    """Return whether something has changed. Nobody else writes reactions to this post now."""
    own = Reaction.objects.filter(post=post, member=member, emoji=emoji)
    if reacts == own.exists():
        return False
    if reacts:
        Reaction.objects.create(post=post, member=member, emoji=emoji)
    else:
        own.delete()
    # Others may react to other posts of the same author meanwhile: this one is added, not counted.
    Member.objects.filter(pk=post.author_id).update(
        reactions_received=F("reactions_received") + (1 if reacts else -1)
    )
    return True
