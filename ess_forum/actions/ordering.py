"""Moderators keep threads in order. Each verb takes several threads: all are changed, or none.

Posts keep their numbers wherever they go, so their permanent addresses lead on. In a thread that
posts leave, their positions become gaps; where they arrive, they come after what is there.
"""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from .. import positions
from ..cards import thread_key
from ..models import (
    Category,
    Draft,
    Member,
    Notification,
    PagePreview,
    Post,
    ReadMark,
    State,
    Subscription,
    Thread,
)
from ..policy import require
from ..viewer import Viewer
from . import cards, counters, posts, reading
from .moderation_log import record
from .transactions import action

# The verbs that set a sign on a thread, or take it away.
SIGNS = {"close_thread": "is_closed", "pin_thread": "is_pinned", "feature_thread": "is_featured"}

BULK_SIGNS = {
    "close": ("close_thread", True),
    "open": ("close_thread", False),
    "pin": ("pin_thread", True),
    "unpin": ("pin_thread", False),
    "feature": ("feature_thread", True),
    "unfeature": ("feature_thread", False),
}

# Positions that go together: the first, the last, and how far.
Run = tuple[int, int, int]


@action
def rename(
    viewer: Viewer,
    thread: Thread,
    title: str,
    *,
    language: str,
    topics: Iterable[str] = (),
    reason: str = "",
) -> Thread:
    """Give a thread another title, language and topics.

    Raises PermissionDenied and ValidationError.
    """
    thread = counters.lock_thread(thread.pk)
    require(viewer, "rename_thread", thread)
    before, about = thread.title, posts.about_thread(title, language, topics)
    now = (thread.title, thread.language, sorted(thread.topics.names()))
    if now == (about.title, about.language, sorted(about.topics)):
        return thread
    thread.title, thread.language = about.title, about.language
    thread.save(update_fields=["title", "language"])
    thread.topics.set(about.topics)
    counters.thread_changed(thread)
    _index(thread)
    record(viewer, "rename_thread", thread, reason, before=before)
    return thread


@action
def move(viewer: Viewer, threads: Iterable[Thread], category: Category, reason: str = "") -> None:
    """Move threads to a category. Raises PermissionDenied, for a private conversation too."""
    locked = _locked(viewer, "move_thread", threads)
    moved = [thread for thread in locked if thread.category_id != category.pk]
    if not moved:
        return
    former = {thread.pk: thread.category_id for thread in moved}
    _lock_categories({*former.values(), category.pk})
    Thread.objects.filter(pk__in=former).update(category=category, version=F("version") + 1)
    counters.recount(categories={*former.values(), category.pk})
    cards.look_again(PagePreview.objects.filter(page_key__in=map(thread_key, former)))
    for thread in moved:
        thread.category = category
        places = {"from_category": former[thread.pk], "category": category.pk}
        record(viewer, "move_thread", thread, reason, **places)


@action
def set_sign(
    viewer: Viewer, verb: str, threads: Iterable[Thread], *, is_on: bool, reason: str = ""
) -> None:
    """Close, pin or feature threads, or undo that; `verb` is a key of SIGNS.

    Raises PermissionDenied.
    """
    field = SIGNS[verb]
    changed = [
        thread for thread in _locked(viewer, verb, threads) if getattr(thread, field) != is_on
    ]
    if not changed:
        return
    categories = _lock_categories({thread.category_id for thread in changed})
    Thread.objects.filter(pk__in=[thread.pk for thread in changed]).update(
        **{field: is_on}, version=F("version") + 1
    )
    categories.update(version=F("version") + 1)
    for thread in changed:
        record(viewer, verb, thread, reason, is_on=is_on)


@action
def hide(viewer: Viewer, threads: Iterable[Thread], reason: str = "") -> None:
    """Hide threads from all but moderators. Raises PermissionDenied and ValidationError."""
    _set_state(viewer, "hide_thread", threads, State.HIDDEN, reason)


@action
def restore(viewer: Viewer, threads: Iterable[Thread], reason: str = "") -> None:
    """Show threads again that were hidden or deleted. Raises PermissionDenied."""
    _set_state(viewer, "restore_thread", threads, State.VISIBLE, reason)


def _set_state(
    viewer: Viewer, verb: str, threads: Iterable[Thread], state: State, reason: str
) -> None:
    changed = [thread for thread in _locked(viewer, verb, threads) if thread.state != state]
    if any(thread.state == State.PENDING for thread in changed):
        raise ValidationError(_("It waits for approval: decide on its first post."))
    firsts = Post.objects.filter(thread__in=changed, position=1).select_related("author")
    first_of = {post.thread_id: post for post in firsts}
    _lock_categories({thread.category_id for thread in changed})
    for thread in changed:
        # A thread is shown as long as its first post is.
        post = first_of[thread.pk]
        post.thread = thread
        posts.set_state(thread, post, state)
        record(viewer, verb, thread, reason)


@action
def merge(viewer: Viewer, source: Thread, target: Thread, reason: str = "") -> Thread:
    """Append the posts of a thread to another, and return that one.

    The address of the first leads there from then on; those who follow the first follow the
    other. Raises PermissionDenied and ValidationError.
    """
    if source.pk == target.pk:
        raise ValidationError({"target": _("A thread cannot be merged with itself.")})
    locked = counters.lock_threads({source.pk, target.pk})
    source, target = locked[source.pk], locked[target.pk]
    require(viewer, "merge_threads", source)
    require(viewer, "merge_threads", target)
    if source.merged_into_id == target.pk:  # a second click
        return target
    _require_open(source)
    _require_open(target)
    if source.page_key and target.page_key:
        raise ValidationError(
            {"target": _("Each of them discusses a page of its own: they cannot be merged.")}
        )
    run = (1, source.last_position, target.last_position)
    first = Post.objects.filter(thread=source, position=1).first()
    _move_posts(source, target, [run])
    # Posts that wait for approval have no position yet.
    Post.objects.filter(thread=source).update(thread=target)
    key, source.page_key = source.page_key, None
    source.answer, source.merged_into = None, target
    source.save(update_fields=["page_key", "answer", "merged_into"])
    target.page_key = target.page_key or key
    target.save(update_fields=["page_key", "last_position"])
    Thread.objects.filter(merged_into=source).update(merged_into=target)
    _carry(source, target, [run])
    _carry_followers(source, target)
    if first:
        first.refresh_from_db()
        first.save(update_fields=["position"])  # is found by its own words alone now
    record(viewer, "merge_threads", source, reason, into=target.pk)
    return target


@action
def split(
    viewer: Viewer,
    thread: Thread,
    chosen: Iterable[int],
    *,
    title: str = "",
    category: Category | None = None,
    target: Thread | None = None,
    reason: str = "",
) -> Thread:
    """Move posts, by their numbers, out of a thread: to `target`, or into a new thread.

    The new one has this title, in this category. Returns where the posts are. Raises
    PermissionDenied and ValidationError.
    """
    keys = set(chosen)
    locked = counters.lock_threads({thread.pk, *([target.pk] if target else [])})
    thread = locked[thread.pk]
    target = locked[target.pk] if target else None
    require(viewer, "split_thread", thread)
    if there := _where_they_are(thread, keys):
        return there
    moved = _leaving(thread, keys)
    if target is None:
        target = _begun(thread, moved[0], title, category)
    elif target.pk == thread.pk:
        raise ValidationError({"target": _("The posts are in this thread already.")})
    require(viewer, "split_thread", target)
    _require_open(target)
    runs = _runs([post.position or 0 for post in moved], target.last_position)
    if thread.answer_id in keys:
        thread.answer = None
        thread.save(update_fields=["answer"])
    _move_posts(thread, target, runs)
    target.save(update_fields=["last_position"])
    _carry(thread, target, runs)
    reading.forget_positions(thread, [[first, last] for first, last, _shift in runs])
    _index(target)
    record(
        viewer,
        "split_thread",
        thread,
        reason,
        into=target.pk,
        positions=[[first, last] for first, last, _shift in runs],
    )
    return target


@action
def bulk(
    viewer: Viewer,
    act: str,
    threads: Iterable[Thread],
    *,
    category: Category | None = None,
    reason: str = "",
) -> None:
    """Do the same to several threads: what `act` says. To all, or to none.

    Raises PermissionDenied and ValidationError.
    """
    threads = sorted(threads, key=lambda thread: (thread.created_at, thread.pk))
    if act == "move":
        if category is None:
            raise ValidationError({"category": _("Choose a category.")})
        move(viewer, threads, category, reason)
    elif act == "merge":
        _locked(viewer, "merge_threads", threads)
        oldest, *others = threads
        for thread in others:
            merge(viewer, thread, oldest, reason)
    elif act in ("hide", "restore"):
        (hide if act == "hide" else restore)(viewer, threads, reason)
    else:
        verb, is_on = BULK_SIGNS[act]
        set_sign(viewer, verb, threads, is_on=is_on, reason=reason)


def _locked(viewer: Viewer, verb: str, threads: Iterable[Thread]) -> list[Thread]:
    locked = list(counters.lock_threads({thread.pk for thread in threads}).values())
    for thread in locked:
        require(viewer, verb, thread)
    return locked


def _lock_categories(keys: Iterable[int | None]):
    categories = Category.objects.filter(pk__in={key for key in keys if key})
    list(categories.select_for_update().order_by("pk").values_list("pk"))
    return categories


def _require_open(thread: Thread) -> None:
    if thread.state != State.VISIBLE or thread.merged_into_id:
        raise ValidationError(
            _("“{title}” is not shown to members: restore it first.").format(title=thread.title)
        )


def _index(thread: Thread) -> None:
    """Have the first post found by the title that its thread has now."""
    first = Post.objects.filter(thread=thread, position=1).first()
    if first:
        first.thread = thread
        first.save(update_fields=["position"])


# Posts that leave a thread


def _where_they_are(thread: Thread, keys: set[int]) -> Thread | None:
    """Return the other thread that all of these posts are in: a first click has moved them."""
    places = set(Post.objects.filter(pk__in=keys).values_list("thread", flat=True))
    if len(places) == 1 and thread.pk not in places:
        return Thread.objects.get(pk=places.pop())
    return None


def _leaving(thread: Thread, keys: set[int]) -> list[Post]:
    chosen = Post.objects.filter(thread=thread, pk__in=keys, position__isnull=False)
    moved = list(chosen.order_by("position"))
    if not keys:
        raise ValidationError({"posts": _("Choose the posts that are to leave.")})
    if len(moved) != len(keys):
        text = _("Some of these posts are not in this thread any more: look at it again.")
        raise ValidationError({"posts": ValidationError(text, code="conflict")})
    if moved[0].is_first:
        text = _("The first post stays: to move all of them, merge or move the thread.")
        raise ValidationError({"posts": text})
    return moved


def _begun(thread: Thread, first: Post, title: str, category: Category | None) -> Thread:
    about = posts.about_thread(title, thread.language, ())
    if category is None:
        raise ValidationError({"category": _("Choose a category.")})
    if first.state != State.VISIBLE:
        text = _("A thread cannot begin with a post that is hidden or deleted.")
        raise ValidationError({"posts": text})
    begun_at = first.published_at or first.created_at
    return Thread.objects.create(
        category=category,
        title=about.title,
        language=about.language,
        author_id=first.author_id,
        last_poster_id=first.author_id,
        created_at=begun_at,
        last_post_at=begun_at,
    )


def _runs(leaving: Sequence[int], last: int) -> list[Run]:
    """Return how these positions follow one another after `last`, without the gaps between."""
    runs: list[Run] = []
    for first, end in positions.of(leaving):
        runs.append((first, end, last + 1 - first))
        last += end + 1 - first
    return runs


def _move_posts(source: Thread, target: Thread, runs: Sequence[Run]) -> None:
    for first, last, shift in runs:
        Post.objects.filter(thread=source, position__range=(first, last)).update(
            thread=target, position=F("position") + shift
        )
        target.last_position = max(target.last_position, last + shift)


def _carry(source: Thread, target: Thread, runs: Sequence[Run]) -> None:
    """Let what hangs on the posts follow them: counters, what members were told, and have read."""
    counters.recount([source, target], members={source.author_id, target.author_id})
    Notification.objects.filter(thread=source, post__thread=target).update(thread=target)
    target.refresh_from_db(fields=["gaps"])
    _carry_marks(source, target, runs)


def _carry_marks(source: Thread, target: Thread, runs: Sequence[Run]) -> None:
    """Let what members have read be read where it is now. One pass over the marks of the source.

    For those who never opened the source, what has arrived in the target is new.
    """
    marks = list(ReadMark.objects.select_for_update().filter(thread=source))
    there = ReadMark.objects.select_for_update().filter(thread=target)
    theirs = {mark.member_id: mark for mark in there.filter(member__marks__in=marks)}
    before = Post.objects.filter(
        thread=target,
        position__lt=min(first + shift for first, _last, shift in runs),
        published_at__lte=OuterRef("caught_up_at"),
    ).order_by("-published_at", "-position")
    starts = dict(
        Member.objects.filter(marks__thread=source).values_list(
            "pk", Subquery(before.values("position")[:1])
        )
    )
    changed = []
    for mark in marks:
        read = [[1, mark.position]] if mark.position else []
        arrived = _shifted(positions.difference(read, mark.skipped), runs)
        start = starts[mark.member_id] or 0
        own = theirs.get(mark.member_id) or ReadMark(
            member_id=mark.member_id, thread=target, position=start
        )
        for first, last in arrived:
            reading.take(own, first, last, target.gaps)
        if arrived:
            changed.append(own)
    ReadMark.objects.bulk_create(
        [
            ReadMark(member_id=m.member_id, thread=target, position=m.position, skipped=m.skipped)
            for m in changed
        ],
        update_conflicts=True,
        unique_fields=["member", "thread"],
        update_fields=["position", "skipped"],
    )


def _shifted(read: positions.Ranges, runs: Sequence[Run]) -> list[list[int]]:
    return [
        [max(start, first) + shift, min(end, last) + shift]
        for first, last, shift in runs
        for start, end in read
        if max(start, first) <= min(end, last)
    ]


def _carry_followers(source: Thread, target: Thread) -> None:
    followers = Subscription.objects.filter(thread=source)
    Subscription.objects.bulk_create(
        [
            Subscription(member_id=key, thread=target)
            for key in followers.values_list("member", flat=True)
        ],
        ignore_conflicts=True,
    )
    followers.delete()
    ReadMark.objects.filter(thread=source).delete()
    Notification.objects.filter(thread=source).update(thread=target)
    # A reply that is being written goes on in the other thread, unless one is being written there.
    place, other = f"reply:{source.pk}", f"reply:{target.pk}"
    writing = Draft.objects.filter(place=other).values("member")
    Draft.objects.filter(place=place).exclude(member__in=writing).update(place=other)
