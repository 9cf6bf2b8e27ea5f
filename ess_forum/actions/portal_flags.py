"""Flags that the portal's own checks put on posts."""

from ..models import Flag, Post
from ..screening import Verdict


def flag_by_portal(post: Post, verdict: Verdict) -> None:
    """Put the flags of the portal's own checks on a post, each once.

    What has been read already is not taken back by itself: moderators look at it.
    """
    open_flags = Flag.objects.filter(post=post, reporter=None, state=Flag.State.OPEN)
    present = set(open_flags.values_list("reason", flat=True))
    Flag.objects.bulk_create(
        Flag(post=post, reason=reason) for reason in verdict.flags if reason not in present
    )
