"""A member's account ends: what they wrote stays without their name, or goes with it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from urllib.parse import quote

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, F, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.coreutils import get_content_languages
from wagtail.search.models import IndexEntry

from .. import letters, markup, positions, signals
from ..models import (
    Attachment,
    Category,
    Member,
    ModerationEvent,
    PagePreview,
    Poll,
    Post,
    PostRevision,
    PostTranslation,
    Reaction,
    State,
    StoppedAddress,
    Thread,
)
from . import counters, queue_news, reading, webhooks
from .posts import save_text
from .transactions import action
from .webhooks import Event

# What a member keeps for themselves, or others keep about them: gone with the account.
OWN = (
    *("spoken_languages", "memberships", "blocks", "blocked_by", "api_tokens", "drafts"),
    *("notifications", "choices", "push_subscriptions", "subscriptions", "bookmarks", "marks"),
    *("appeals", "sanctions"),
)
# What says nothing of a person, and is counted or referred to.
KEPT_FIELDS = {
    *("id", "user", "name", "handle", "folded", "folded_offers", "folded_seeks", "joined_at"),
    *("trust", "post_count", "thread_count", "reactions_received"),
}


@action
def leave(user, *, keeps_posts: bool) -> Member | None:
    """Make the member whose account this is a former one, and return it; None if there is none.

    Their posts stay under that name; without `keeps_posts`, their words are taken away. Reactions
    and votes stay counted. Who may, the caller has asked.
    """
    known = Member.objects.filter(user=user).first()
    if known is None:
        return None
    threads = counters.lock_threads(_threads_about(known))
    member = counters.lock_member(known.pk)
    name, handle = member.name, member.handle
    _forget_own(member)
    if not keeps_posts:
        _remove_posts(member, threads)
    _become_former(member)
    _forget_mentions(member, handle)
    _forget_in_log(member, name)
    counters.recount(members=[member.pk])
    queue_news.settle()
    # Pages that are kept for visitors show the name.
    Thread.objects.filter(pk__in=threads).update(version=F("version") + 1)
    Category.objects.update(version=F("version") + 1)
    return member


def _threads_about(member: Member) -> list[int]:
    written = Q(posts__author=member) | Q(posts__mentioned=member) | Q(author=member)
    # By their keys: PostgreSQL locks no rows of a query that folds doubles.
    return list(Thread.objects.filter(written).values_list("pk", flat=True).distinct())


def _forget_own(member: Member) -> None:
    for name in OWN:
        getattr(member, name).all().delete()
    for attachment in Attachment.objects.filter(member=member, post=None):
        attachment.delete()
    member.participations.filter(left_at=None).update(left_at=timezone.now())
    StoppedAddress.objects.filter(address=letters.address_of(member).lower()).delete()


def _become_former(member: Member) -> None:
    storage, photo = member.photo.storage, member.photo.name
    for field in Member._meta.fields:
        if field.name not in KEPT_FIELDS:
            setattr(member, field.name, field.get_default())
    member.user = None
    member.name, member.handle = former_name(), _free_handle(member)
    member.save()
    if photo:
        transaction.on_commit(lambda: storage.delete(photo))


def former_name() -> str:
    """Return what former members are called, in each language of the site: it is kept as a name."""
    names = []
    for language in get_content_languages() or [settings.LANGUAGE_CODE]:
        with override(language):
            names.append(_("Former member"))
    return " · ".join(dict.fromkeys(names))


def _free_handle(member: Member) -> str:
    handle = f"former-{member.pk}"
    while Member.objects.filter(handle=handle).exclude(pk=member.pk).exists():
        handle += "-x"
    return handle


# Posts


def _remove_posts(member: Member, threads: dict[int, Thread]) -> None:
    """Take away the words of all posts of a member; threads in which others wrote go on.

    In as many queries for many posts as for few, but for what is told of each that was visible.
    """
    posts = list(member.posts.order_by("pk").only("pk", "thread", "position", "state", "author"))
    for post in posts:
        post.thread = threads[post.thread_id]
    joined = _threads_of_others(member, threads)
    begin = [post for post in posts if post.is_first and post.thread_id in joined]
    gone = [post for post in posts if post not in begin]
    was_visible = [post for post in gone if post.state == State.VISIBLE]
    _remove_what_hangs_on_posts(member)
    _blank(member, but=begin)
    for post in begin:
        _say_that_it_was_removed(post)
    _remove_from_threads(gone)
    counters.recount({post.thread_id: post.thread for post in posts}.values())
    for post in was_visible:
        webhooks.announce(Event.POST_REMOVED, post)
        transaction.on_commit(partial(signals.post_removed.send, sender=Post, post=post))


def _threads_of_others(member: Member, threads: Iterable[int]) -> set[int]:
    others = Post.objects.visible().filter(thread__in=threads).exclude(author=member)
    return set(others.values_list("thread", flat=True))


def _remove_what_hangs_on_posts(member: Member) -> None:
    for attachment in Attachment.objects.filter(post__author=member):
        attachment.delete()  # its file goes with it
    for model in (PostRevision, PostTranslation, PagePreview, Poll, Reaction):
        model._default_manager.filter(post__author=member).delete()
    Post.quoted.through.objects.filter(from_post__author=member).delete()
    Post.mentioned.through.objects.filter(post__author=member).delete()


def _blank(member: Member, *, but: list[Post]) -> None:
    """Take the words out of all posts of a member but these, and out of the search."""
    posts = member.posts.exclude(pk__in=[post.pk for post in but])
    kind = ContentType.objects.get_for_model(Post)
    keys = posts.annotate(key=Cast("pk", CharField())).values("key")
    IndexEntry.objects.filter(content_type=kind, object_id__in=keys).delete()
    posts.update(
        source="", html="", fingerprint="", reactions={}, edited_at=None, state=State.DELETED
    )


def _say_that_it_was_removed(post: Post) -> None:
    """Put a sentence in place of the words with which a discussion of others begins."""
    post = Post.objects.select_related("thread", "author").get(pk=post.pk)
    post.reactions, post.edited_at = {}, None
    with override(post.thread.language):
        save_text(post, markup.Document(_("This text was removed when its author left.")))


def _remove_from_threads(posts: Iterable[Post]) -> None:
    """Close what these posts leave open: their threads, the answer of one, what is unread."""
    gaps: dict[Thread, list[int]] = defaultdict(list)
    for post in posts:
        if post.is_first:
            post.thread.title, post.thread.state = "—", State.DELETED
            post.thread.save(update_fields=["title", "state"])
        elif post.position:
            gaps[post.thread].append(post.position)
    for thread, numbers in gaps.items():
        reading.forget_positions(thread, positions.of(numbers))
    Thread.objects.filter(answer__in=[post.pk for post in posts]).update(answer=None)


# Where others name the member


def _forget_mentions(member: Member, former: str) -> None:
    """Let what mentions a member by the former handle do so by the new one."""
    mention = re.compile(rf"(?<![\w@])@{re.escape(former)}(?![\w-])", re.IGNORECASE)
    link, text = f'href="forum:m/{quote(former)}/"', f"@{escape(former)}</bdi>"
    for post in member.mentions.all():
        post.source = mention.sub(f"@{member.handle}", post.source)
        post.html = post.html.replace(link, f'href="forum:m/{member.handle}/"')
        post.html = post.html.replace(text, f"@{member.handle}</bdi>")
        post.save(update_fields=["source", "html"])
    for row in PostRevision.objects.filter(source__icontains=f"@{former}"):
        row.source = mention.sub(f"@{member.handle}", row.source)
        row.save(update_fields=["source"])


def _forget_in_log(member: Member, former: str) -> None:
    """Take the former name out of the moderators' log, which nothing else alters."""
    entries = ModerationEvent._base_manager.filter(details__member=member.pk)
    for pk, about, details in entries.values_list("pk", "about", "details"):
        kept = {key: value for key, value in details.items() if key not in ("before", "after")}
        told = about.replace(former, member.name)[:300]
        ModerationEvent._base_manager.filter(pk=pk).update(about=told, details=kept)
