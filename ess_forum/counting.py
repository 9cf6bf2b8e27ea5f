"""What every stored counter should say, read from the posts: one place for its meaning.

`actions.counters` writes these, and `manage.py forum_check` compares them with what is stored.
"""

from collections.abc import Collection, Iterable

from django.db.models import Count, Q, Sum

from . import positions
from .models import Category, Notification, PollVote, Post, Reaction, State, Thread

VISIBLE = Q(state=State.VISIBLE)


def of_thread(thread: Thread) -> dict:
    """Return the fields of a thread that its posts decide."""
    return of_threads([thread])[thread.pk]


def of_threads(threads: Collection[Thread]) -> dict[int, dict]:
    """Return, by key, the fields of these threads that their posts decide. Two queries."""
    shown: dict[int, list[int]] = {thread.pk: [] for thread in threads}
    # After a merge, the last in order is not always the latest.
    latest: dict[int, tuple] = {}
    posts = Post.objects.filter(VISIBLE, thread__in=list(shown)).order_by("thread", "position")
    rows = posts.values_list("thread", "position", "pk", "published_at")
    for key, position, pk, at in rows.iterator(10_000):
        shown[key].append(position or 0)
        if key not in latest or at >= latest[key][0]:
            latest[key] = (at, pk)
    last = {
        post["thread"]: post
        for post in Post.objects.filter(pk__in=[pk for _at, pk in latest.values()]).values(
            "thread", "published_at", "author"
        )
    }
    return {
        thread.pk: {
            "reply_count": max(len(shown[thread.pk]) - 1, 0),
            "last_visible_position": shown[thread.pk][-1] if shown[thread.pk] else 0,
            "gaps": positions.difference(
                [[1, thread.last_position]] if thread.last_position else [],
                positions.of(shown[thread.pk]),
            ),
            "last_post_at": (
                last[thread.pk]["published_at"] if thread.pk in last else thread.created_at
            ),
            "last_poster_id": last[thread.pk]["author"] if thread.pk in last else thread.author_id,
        }
        for thread in threads
    }


def of_category(category: Category) -> dict:
    """Return the fields of a category that its threads decide."""
    return of_categories([category.pk])[category.pk]


def of_categories(keys: Collection[int]) -> dict[int, dict]:
    """Return, by key, the fields of these categories that their threads decide."""
    threads = Thread.objects.visible().order_by()
    totals = threads.filter(category__in=list(keys)).values("category")
    counts = {
        row["category"]: (row["threads"], row["threads"] + row["replies"])
        for row in totals.annotate(threads=Count("pk"), replies=Sum("reply_count"))
    }
    return {
        key: {
            "thread_count": counts.get(key, (0, 0))[0],
            "post_count": counts.get(key, (0, 0))[1],
            "last_thread_id": threads.filter(category=key)
            .order_by("-last_post_at", "-pk")
            .values_list("pk", flat=True)
            .first(),
        }
        for key in keys
    }


def of_members(keys: Iterable[int]) -> dict[int, dict]:
    """Return, by key, the fields of these members that posts, threads and reactions decide.

    Private conversations do not count.
    """
    keys = list(keys)
    public = {"author__in": keys, "state": State.VISIBLE}
    posts = Post.objects.filter(**public, thread__category__isnull=False)
    threads = Thread.objects.filter(**public, category__isnull=False, merged_into=None)
    reactions = Reaction.objects.filter(post__author__in=keys)
    unread = Notification.objects.filter(member__in=keys, read_at=None)
    counts = {
        "post_count": dict(posts.values_list("author").annotate(Count("pk")).order_by()),
        "thread_count": dict(threads.values_list("author").annotate(Count("pk")).order_by()),
        "reactions_received": dict(
            reactions.values_list("post__author").annotate(Count("pk")).order_by()
        ),
        "unread_notifications": dict(unread.values_list("member").annotate(Count("pk")).order_by()),
    }
    return {key: {name: by.get(key, 0) for name, by in counts.items()} for key in keys}


def of_post(post: Post) -> dict:
    """Return the fields of a post that reactions decide."""
    return of_posts([post.pk])[post.pk]


def of_posts(keys: Collection[int]) -> dict[int, dict]:
    """Return, by key, the fields of these posts that reactions decide. One query."""
    counts: dict[int, dict[str, int]] = {key: {} for key in keys}
    reactions = Reaction.objects.filter(post__in=list(counts)).order_by()
    for key, emoji, number in reactions.values_list("post", "emoji").annotate(Count("pk")):
        counts[key][emoji] = number
    return {key: {"reactions": by_emoji} for key, by_emoji in counts.items()}


def of_polls(keys: Collection[int]) -> dict[int, dict]:
    """Return, by key, the fields of these polls that votes decide. One query."""
    votes = PollVote.objects.filter(option__poll__in=list(keys)).order_by()
    voters = dict(votes.values_list("option__poll").annotate(Count("member", distinct=True)))
    return {key: {"voter_count": voters.get(key, 0)} for key in keys}


def of_poll_options(keys: Collection[int]) -> dict[int, dict]:
    """Return, by key, the fields of these answers of polls that votes decide. One query."""
    votes = PollVote.objects.filter(option__in=list(keys)).order_by()
    counts = dict(votes.values_list("option").annotate(Count("pk")))
    return {key: {"vote_count": counts.get(key, 0)} for key in keys}


def differences(record, expected: dict) -> dict[str, tuple]:
    """Return, for each field that differs, what is stored and what should be."""
    stored = {name: getattr(record, name) for name in expected}
    return {
        name: (stored[name], value) for name, value in expected.items() if stored[name] != value
    }
