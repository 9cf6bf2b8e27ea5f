"""Posts and threads as one reader sees them: plain values, from which the pages are made.

Whatever of it takes a query is read for all posts of a page at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from ess_ground.prepared import prepared

from . import paging, positions
from .models import Bookmark, Category, PollOption, PollVote, Post, Reaction, State, Thread
from .policy import allows
from .quotes import Named, Quotes, quotes_of
from .translation import Languages
from .viewer import Viewer

# What a page offers to do with a post, and with a post because of its thread: keys of the policy.
POST_VERBS = (
    "react",
    "flag_post",
    "bookmark",
    "edit_post",
    "delete_post",
    "restore_post",
    "vote_poll",
    "decide_flags",
    "appeal",
)
THREAD_VERBS = ("reply", "accept_answer")
EMOJI = Reaction.Emoji.values


class Sign(NamedTuple):
    """A reaction that a post has or may be given."""

    emoji: str
    number: int
    is_mine: bool

    @property
    def label(self) -> str:
        """What it means."""
        return str(dict(Reaction.Emoji.choices).get(self.emoji, self.emoji))


class ShownOption(NamedTuple):
    """An answer that a poll offers."""

    pk: int
    text: str
    vote_count: int
    is_mine: bool


@dataclass(frozen=True)
class ShownPoll:
    """A poll with its votes."""

    question: str
    max_choices: int
    closes_at: datetime | None
    is_open: bool
    voter_count: int
    options: tuple[ShownOption, ...]

    @property
    def has_voted(self) -> bool:
        """Whether the reader has voted."""
        return any(option.is_mine for option in self.options)


@dataclass(frozen=True)
class ShownPost:
    """A post."""

    pk: int
    thread_pk: int
    position: int | None
    state: int
    language: str
    html: str
    created_at: datetime
    edited_at: datetime | None
    name: str  # of its author
    handle: str
    is_unread: bool
    is_first_unread: bool
    is_blocked: bool
    is_first: bool
    is_answer: bool
    replies_to: Named | None
    answer: Named | None  # of the thread, with its first post
    poll: ShownPoll | None
    signs: tuple[Sign, ...]
    has_reactions: bool
    bookmark_note: str | None  # None: no bookmark
    reading_language: str | None  # in which a machine can show the post to its reader
    quotes: Quotes | None
    may: tuple[str, ...]  # keys of the policy

    @property
    def state_name(self) -> str:
        """What its state is called."""
        return str(State(self.state).label)


class Place(NamedTuple):
    """A category that a thread is in."""

    pk: int
    slug: str
    name: str


class Topic(NamedTuple):
    """What a thread is about."""

    slug: str
    name: str


class Kept(NamedTuple):
    """A post that the reader has bookmarked."""

    pk: int
    position: int | None
    name: str  # of its author
    note: str


@dataclass(frozen=True)
class ShownThread:
    """A thread in a list."""

    pk: int
    title: str
    language: str
    language_name: str
    state: int
    is_pinned: bool
    is_featured: bool
    is_closed: bool
    is_solved: bool
    unread_count: int
    unread_page: int
    reply_count: int
    last_poster: str
    last_post_at: datetime
    category: Place | None  # where a list shows several
    topics: tuple[Topic, ...]
    bookmarks: tuple[Kept, ...]
    has_box: bool  # for moderators, to tick

    @property
    def address(self) -> str:
        """Where its reader goes on."""
        thread = Thread(pk=self.pk, title=self.title)
        return paging.address(thread, self.unread_page, "#unread" if self.unread_count else "")


def shown_posts(
    viewer: Viewer, posts: Collection[Any], unread: positions.Ranges = ()
) -> list[ShownPost]:
    """Return posts of one thread as the viewer sees them. Each needs `thread` and `author`.

    For a visitor in two queries, for a member in four; in one more where posts can be translated.
    """
    if not posts:
        return []
    keys = [post.pk for post in posts]
    polls, quotes = _polls(viewer, keys), quotes_of(viewer, keys)
    own, notes, languages = _own_reactions(viewer, keys), _notes(viewer, keys), Languages()
    thread = next(iter(posts)).thread
    of_thread = tuple(verb for verb in THREAD_VERBS if allows(viewer, verb, thread))
    return [
        ShownPost(
            pk=post.pk,
            thread_pk=thread.pk,
            position=post.position,
            state=post.state,
            language=post.language,
            html=post.html,
            created_at=post.created_at,
            edited_at=post.edited_at,
            name=post.author.name,
            handle=post.author.handle,
            is_unread=positions.holds(unread, post.position),
            is_first_unread=bool(unread) and post.position == unread[0][0],
            is_blocked=getattr(post, "is_blocked", False),
            is_first=post.is_first,
            is_answer=thread.answer_id == post.pk,
            replies_to=_answered(post),
            answer=_answer_of(thread) if post.is_first else None,
            poll=polls.get(post.pk),
            signs=tuple(signs(post, own[post.pk])),
            has_reactions=bool(post.reactions),
            bookmark_note=notes.get(post.pk),
            reading_language=languages.reading(post),
            quotes=quotes.get(post.pk),
            may=of_thread + tuple(verb for verb in POST_VERBS if allows(viewer, verb, post)),
        )
        for post in posts
    ]


def _answered(post: Post) -> Named | None:
    """Return the post that this one replies to, unless it is no longer there."""
    other = post.reply_to
    return Named(other.pk, other.author.name) if other and not other.state else None


def _answer_of(thread: Thread) -> Named | None:
    return Named(thread.answer.pk, thread.answer.author.name) if thread.answer else None


def _polls(viewer: Viewer, keys: list[int]) -> dict[int, ShownPoll]:
    options: dict[Any, list[ShownOption]] = defaultdict(list)
    for row in _poll_options(keys, [viewer.me.pk] if viewer.acts else []):
        options[row.poll].append(ShownOption(row.pk, row.text, row.vote_count, row.is_mine))
    return {
        poll.post_id: ShownPoll(
            poll.question,
            poll.max_choices,
            poll.closes_at,
            poll.is_open,
            poll.voter_count,
            tuple(found),
        )
        for poll, found in options.items()
    }


@prepared
def _poll_options(posts: Any, me: Any):
    own = PollVote.objects.filter(option=OuterRef("pk"), member__in=me)
    rows = PollOption.objects.filter(poll__post__in=posts).select_related("poll")
    return rows.annotate(is_mine=Exists(own)).order_by("poll", "number")


def _own_reactions(viewer: Viewer, keys: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    if viewer.acts:
        for pk, emoji in _reactions_of(viewer.me.pk, keys):
            found[pk].add(emoji)
    return found


@prepared
def _reactions_of(member: Any, posts: Any):
    return Reaction.objects.filter(member=member, post__in=posts).values_list("post", "emoji")


def _notes(viewer: Viewer, keys: list[int]) -> dict[int, str]:
    """Return the note of the viewer's bookmark of each post that has one."""
    return dict(_notes_of(viewer.me.pk, keys)) if viewer.acts else {}


@prepared
def _notes_of(member: Any, posts: Any):
    return Bookmark.objects.filter(member=member, post__in=posts).values_list("post", "note")


def signs(post: Post, own: Collection[str] = ()) -> list[Sign]:
    """Return the reactions that a post has or may be given, in their order.

    One that an import has brought in, and that nobody can choose here, comes last, if any.
    """
    counts = post.reactions
    order = [*EMOJI, *(emoji for emoji in counts if emoji not in EMOJI)]
    return [Sign(emoji, counts.get(emoji, 0), emoji in own) for emoji in order]


def shown_threads(
    threads: Iterable[Any], *, in_category: bool = False, has_boxes: bool = False
) -> list[ShownThread]:
    """Return the threads of a `Listing` as a list shows them; with boxes, for moderators to tick.

    A list within one category does not name it. No query.
    """
    place = cache(_place)  # most threads are in a few categories
    return [
        ShownThread(
            pk=thread.pk,
            title=thread.title,
            language=thread.language,
            language_name=str(thread.language_name),
            state=thread.state,
            is_pinned=thread.is_pinned,
            is_featured=thread.is_featured,
            is_closed=thread.is_closed,
            is_solved=thread.answer_id is not None,
            unread_count=thread.unread_count,
            unread_page=thread.unread_page,
            reply_count=thread.reply_count,
            last_poster=thread.last_poster_name,
            last_post_at=thread.last_post_at,
            category=None if in_category else place(thread.category),
            topics=tuple(Topic(topic.slug, topic.name) for topic in thread.topic_list),
            bookmarks=tuple(
                Kept(kept.post.pk, kept.post.position, kept.post.author.name, kept.note)
                for kept in getattr(thread, "bookmarks", ())
            ),
            has_box=has_boxes,
        )
        for thread in threads
    ]


def _place(category: Category | None) -> Place | None:
    return Place(category.pk, category.slug, category.name) if category else None
