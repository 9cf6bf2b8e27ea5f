"""The stored counters follow the posts, in the transaction that changes them.

A post that is published adds to them. What is rare (posts hidden, restored, moved) has them
counted anew, by the same rules as `manage.py forum_check`.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from .. import counting
from ..models import Category, Member, Post, State, Thread


def lock_thread(pk: int) -> Thread:
    """Return the thread, which nobody else writes in until the transaction ends.

    Raises Thread.DoesNotExist. Locks are taken in this order: threads by number, categories by
    number, members.
    """
    return Thread.objects.select_for_update().get(pk=pk)


def lock_threads(pks: Iterable[int]) -> dict[int, Thread]:
    """Return these threads by number, locked in their order."""
    return {
        thread.pk: thread
        for thread in Thread.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    }


def lock_post(post: Post) -> tuple[Thread, Post]:
    """Return a post as it is now, with its author, and its thread, which is locked.

    Wherever moderators have just moved it. Raises ValidationError where they move it on.
    """
    for _look in range(2):
        thread = lock_thread(post.thread_id)
        post = Post.objects.select_related("author__user").get(pk=post.pk)
        if post.thread_id == thread.pk:
            post.thread = thread
            return thread, post
    text = _("The post has just been moved to another thread: try again.")
    raise ValidationError(text, code="conflict")


def lock_member(pk: int) -> Member:
    """Return the member as they are now, with their account; a second click waits here."""
    return Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)


def post_published(thread: Thread, post: Post) -> None:
    """Count one more visible post, the last of a locked thread."""
    thread.last_position = thread.last_visible_position = post.position or 0
    thread.last_post_at = post.published_at or thread.last_post_at
    thread.last_poster_id = post.author_id
    thread.reply_count = thread.visible_count() - 1
    thread.version += 1
    thread.save(
        update_fields=[
            "last_position",
            "last_visible_position",
            "last_post_at",
            "last_poster",
            "reply_count",
            "version",
        ]
    )
    if thread.is_private:
        return
    first = int(post.position == 1)
    if thread.state == State.VISIBLE:  # what is hidden does not count until it is shown again
        Category.objects.filter(threads=thread).update(
            post_count=F("post_count") + 1,
            thread_count=F("thread_count") + first,
            last_thread=thread.pk,
            version=F("version") + 1,
        )
    Member.objects.filter(pk=post.author_id).update(
        post_count=F("post_count") + 1, thread_count=F("thread_count") + first
    )


def thread_changed(thread: Thread) -> None:
    """Tell that a reader of the thread, or of a list with it, sees something else now."""
    Thread.objects.filter(pk=thread.pk).update(version=F("version") + 1)
    if thread.category_id:
        Category.objects.filter(pk=thread.category_id).update(version=F("version") + 1)


def recount(
    threads: Iterable[Thread] = (),
    categories: Iterable[int | None] = (),
    members: Iterable[int] = (),
) -> None:
    """Count these anew from the posts: threads that are locked, categories and members by key.

    The categories of the threads are counted anew too.
    """
    threads = list(threads)
    for thread in threads:
        expected = counting.of_thread(thread)
        Thread.objects.filter(pk=thread.pk).update(**expected, version=F("version") + 1)
    keys = {key for key in (*(thread.category_id for thread in threads), *categories) if key}
    for category in Category.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        expected = counting.of_category(category)
        Category.objects.filter(pk=category.pk).update(**expected, version=F("version") + 1)
    # Locked first: what is counted meanwhile for the same member waits, and counts on from there.
    locked = Member.objects.select_for_update().filter(pk__in=set(members)).order_by("pk")
    for key, expected in counting.of_members(locked.values_list("pk", flat=True)).items():
        Member.objects.filter(pk=key).update(**expected)
