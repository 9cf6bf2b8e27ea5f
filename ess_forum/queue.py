"""What waits for moderators, and what they need to know to decide it: in a few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from .models import Appeal, Flag, Member, ModerationEvent, Post, Sanction, State
from .records import Record, records_of

OPEN = Flag.State.OPEN
BEYOND = 2**31 - 1  # more than any position


def waiting() -> list[int]:
    """Return the numbers of the posts to be decided, those that have waited longest first.

    Of private conversations only what has been flagged.
    """
    pending = Post.objects.filter(state=State.PENDING, thread__category__isnull=False)
    flagged = Flag.objects.filter(state=OPEN).order_by()
    rows = pending.values_list("pk", "created_at").union(flagged.values_list("post", "created_at"))
    since: dict[int, object] = {}
    for pk, at in sorted(rows, key=lambda row: (row[1], row[0])):
        since.setdefault(pk, at)
    return list(since)


def open_appeals() -> QuerySet[Appeal]:
    """Return the appeals to be decided, the oldest first."""
    return Appeal.objects.filter(state=Appeal.State.OPEN)


def count() -> int:
    """Return how much there is to decide. Two queries."""
    return len(waiting()) + open_appeals().count()


def standing(post: Post, open_flags: Sequence[Flag]) -> str:
    """Return in a few signs what a moderator sees of a post: who decides names what they saw."""
    return f"{post.state}.{len(open_flags)}.{max((flag.pk for flag in open_flags), default=0)}"


@dataclass
class Known:
    """A member, with what moderators know of them."""

    member: Member
    record: Record
    in_force: list[Sanction] = field(default_factory=list)


@dataclass
class Item:
    """A post to be decided, in its context."""

    post: Post
    author: Known
    before: list[Post]  # the last that is to be read before it, at the end
    flags: list[tuple[Flag, Record | None]]  # those that are open, with the reporter's record
    decided: list[Flag]

    @property
    def standing(self) -> str:
        """What a decision on it is made on."""
        return standing(self.post, [flag for flag, _record in self.flags])

    @property
    def is_pending(self) -> bool:
        """Whether it waits for approval."""
        return self.post.state == State.PENDING


def known(members: Iterable[Member]) -> dict[int, Known]:
    """Return, by key, what moderators know of these members. Five queries."""
    by_key = {member.pk: member for member in members}
    records = records_of(by_key)
    found = {key: Known(member, records[key]) for key, member in by_key.items()}
    lasting = Sanction.objects.in_force().exclude(kind=Sanction.Kind.WARNING)
    for sanction in lasting.filter(member__in=by_key).select_related("made_by"):
        found[sanction.member_id].in_force.append(sanction)
    return found


def items(keys: Sequence[int]) -> list[Item]:
    """Return the posts with these numbers, in this order, each with its context. Eight queries."""
    # A post that waits has no place yet: it would come last.
    place = Coalesce(OuterRef("position"), Value(BEYOND))
    before = Post.objects.visible().filter(thread=OuterRef("thread"), position__lt=place)
    nearest = before.order_by("-position").values("pk")
    posts = (
        Post.objects.filter(pk__in=keys)
        .select_related("author__user", "thread__category")
        .annotate(before_1=Subquery(nearest[:1]), before_2=Subquery(nearest[1:2]))
    )
    by_key = {post.pk: post for post in posts}
    flags = list(Flag.objects.filter(post__in=by_key).select_related("reporter", "decided_by"))
    authors = {post.author_id: post.author for post in by_key.values()}
    reporters = {flag.reporter.pk: flag.reporter for flag in flags if flag.reporter}
    about = known({**reporters, **authors}.values())
    context = _context(by_key.values())
    made = []
    for post in (by_key[key] for key in keys if key in by_key):
        mine = [flag for flag in flags if flag.post_id == post.pk]
        made.append(
            Item(
                post=post,
                author=about[post.author_id],
                before=[context[key] for key in (post.before_2, post.before_1) if key],
                flags=[
                    (
                        flag,
                        about[flag.reporter_id].record if flag.reporter_id else None,
                    )
                    for flag in mine
                    if flag.state == OPEN
                ],
                decided=[flag for flag in mine if flag.state != OPEN],
            )
        )
    return made


def _context(posts: Iterable[Post]) -> dict[int, Post]:
    keys = {key for post in posts for key in (post.before_1, post.before_2) if key}
    return {post.pk: post for post in Post.objects.filter(pk__in=keys).select_related("author")}


@dataclass
class AppealItem:
    """An appeal, with what was decided and by whom."""

    appeal: Appeal
    author: Known
    decided_by: int | None  # the number of the moderator, where one is known


def appeal_items(appeals: Iterable[Appeal]) -> list[AppealItem]:
    """Return these appeals with what is known of each. Six queries."""
    appeals = list(appeals)
    about = known(appeal.member for appeal in appeals)
    posts = {appeal.post_id for appeal in appeals if appeal.post_id}
    hidden_by: dict[int, int | None] = {}
    events = ModerationEvent.objects.filter(
        verb="hide_post", details__post__in=list(posts), moderator__isnull=False
    ).order_by("pk")
    for event in events if posts else ():
        hidden_by[event.details["post"]] = event.moderator_id
    return [
        AppealItem(
            appeal,
            about[appeal.member_id],
            appeal.sanction.made_by_id if appeal.sanction else hidden_by.get(appeal.post_id or 0),
        )
        for appeal in appeals
    ]
