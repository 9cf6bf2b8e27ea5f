"""What trust is earned by, and lost by.

The levels are ours; the idea, and what to measure, is Discourse's (its "trust levels", where a
visitor becomes basic by reading, a member by coming back for fifteen days and being liked, and
where flags take away what was earned). Ours ask for what this forum counts anyway: on how many
days the member came, how many posts are to be read, how many reactions they got, and how many of
them moderators had to hide lately. `LEADER` is given by moderators alone, as Discourse does too.

A level that moderators have set (`Member.is_trust_kept`) is not touched.
"""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from .models import Flag, Member

Trust = Member.Trust


class Threshold(NamedTuple):
    """What a level asks for."""

    days_visited: int
    posts: int
    reactions: int

    def is_reached_by(self, member: Member) -> bool:
        """Return whether the member has done enough."""
        return (
            member.days_visited >= self.days_visited
            and member.post_count >= self.posts
            and member.reactions_received >= self.reactions
        )


# From the highest level that is earned to the lowest.
THRESHOLDS = {
    # Discourse asks for 15 days, likes given and received, replies in three threads.
    Trust.REGULAR: Threshold(days_visited=15, posts=20, reactions=5),
    # Discourse asks for five threads and thirty posts read; who writes has read, here.
    Trust.BASIC: Threshold(days_visited=2, posts=3, reactions=0),
}
# More than so many posts that moderators hid after flags, within so many days, leave a member at
# most this level. One is a mistake, two are a habit.
CEILINGS = (
    (1, timedelta(days=30), Trust.NEW),
    (0, timedelta(days=90), Trust.BASIC),
)
# Of a new member, as in Discourse: more is how spam gets attention.
NEW_MEMBER_MENTIONS = 2


def reached(member: Member) -> int:
    """Return the level for which the member has done enough. No query."""
    levels = (level for level, threshold in THRESHOLDS.items() if threshold.is_reached_by(member))
    return next(levels, Trust.NEW)


def is_due(member: Member) -> bool:
    """Return whether the member has done enough for a higher level. No query."""
    return not member.is_trust_kept and reached(member) > member.trust


def earned(member: Member) -> int:
    """Return the level that the member has earned. One query at most.

    Time does not take away what was earned: only flags that were upheld and measures do.
    """
    return min(max(member.trust, reached(member)), _ceiling(member))


def _ceiling(member: Member) -> int:
    if member.is_silenced() or member.is_suspended():
        return Trust.NEW
    now = timezone.now()
    upheld = dict(
        Flag.objects.filter(
            post__author=member,
            state=Flag.State.UPHELD,
            decided_at__gte=now - max(span for _number, span, _level in CEILINGS),
        )
        .order_by("decided_at")
        .values_list("post", "decided_at")
    )
    for number, span, level in CEILINGS:
        if sum(at is not None and at >= now - span for at in upheld.values()) > number:
            return level
    return Trust.LEADER
