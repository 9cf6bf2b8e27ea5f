"""Flags that the portal's own checks put on posts."""

from ..models import Flag, Post
from ..screening import Verdict
from . import queue_news


def flag_by_portal(post: Post, verdict: Verdict) -> None:
    """Put the flags of the portal's own checks on a post, each once.

    What has been read already is not taken back by itself: moderators look at it.
    """
    open_flags = Flag.objects.filter(post=post, reporter=None, state=Flag.State.OPEN)
    present = set(open_flags.values_list("reason", flat=True))
    new = [Flag(post=post, reason=each) for each in verdict.flags if each not in present]
    if new:
        Flag.objects.bulk_create(new)
        queue_news.tell_moderators(but=post.author)
