"""Posts are written, edited, deleted and restored."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import markup, signals
from ..cards import cards_for
from ..models import (
    Attachment,
    Flag,
    Member,
    PagePreview,
    Post,
    PostRevision,
    State,
    Thread,
)
from ..models.threads import language_choices
from ..policy import allows, require
from ..screening import Verdict, screen
from ..viewer import Viewer
from . import counters, notifications, queue_news, reading, webhooks
from .moderation_log import record
from .polls import PollDraft, ask
from .portal_flags import flag_by_portal
from .transactions import action
from .webhooks import Event

# The same words again within this time are a second click, not a second post.
SECOND_CLICK = timedelta(minutes=2)

TITLE_LENGTH = 200
MAX_TOPICS = 8
TOPIC_LENGTH = 60


@action
def reply(
    viewer: Viewer,
    thread: Thread,
    source: str,
    *,
    reply_to: Post | None = None,
    poll: PollDraft | None = None,
) -> Post:
    """Write a post in a thread, and return it.

    Sent twice, it is written once. Raises PermissionDenied, and ValidationError where the text
    cannot be posted as it is.
    """
    thread = counters.lock_thread(thread.pk)
    require(viewer, "reply", thread)
    document = taken(viewer, source)
    if again := _sent_before(viewer.me, document, thread):
        return again
    words = poll.words if poll else ""
    verdict = screen(viewer, "", document, is_private=thread.is_private, poll=words)
    post = Post(
        thread=thread,
        author=viewer.me,
        reply_to=_answered(thread, reply_to),
    )
    written(post, document, poll, verdict)
    if not verdict.waits:
        publish(thread, post)
    return post


def _answered(thread: Thread, post: Post | None) -> Post | None:
    """Return the post that is answered, where it is a visible one of the thread."""
    if post is None:
        return None
    return thread.posts.visible().select_related("author").filter(pk=post.pk).first()


def taken(viewer: Viewer, source: str) -> markup.Document:
    """Return a text that may be posted. Raises ValidationError where it is empty or too long."""
    document = markup.Document(source)
    limits = viewer.limits
    if not document.source:
        raise ValidationError({"source": _("Write something first.")})
    if len(document.source) > limits.max_post_length:
        text = _("The text is too long: {number} characters at most.")
        raise ValidationError({"source": text.format(number=limits.max_post_length)})
    if len(document.handles) > limits.max_mentions:
        text = _("Too many members are mentioned: {number} at most.")
        raise ValidationError({"source": text.format(number=limits.max_mentions)})
    if len(document.attachment_keys) > limits.max_attachments:
        text = _("Too many files are attached: {number} at most.")
        raise ValidationError({"source": text.format(number=limits.max_attachments)})
    return document


class AboutThread(NamedTuple):
    """What is said of a thread as a whole, as it is kept."""

    title: str
    language: str
    topics: list[str]


def about_thread(title: str, language: str, topics: Iterable[str]) -> AboutThread:
    """Return what is said of a thread as it is kept.

    Raises ValidationError where the title is missing or too long, the language is none of the
    site's, or the topics are too many.
    """
    title = " ".join(markup.cleaned(title).split())
    names = {
        name.casefold(): name
        for topic in topics
        if (name := " ".join(markup.cleaned(topic).split()))
    }
    errors = {}
    if not title:
        errors["title"] = _("Give the thread a title.")
    elif len(title) > TITLE_LENGTH:
        errors["title"] = _("The title is too long: {number} characters at most.").format(
            number=TITLE_LENGTH
        )
    if language not in dict(language_choices()):
        errors["language"] = _("Choose one of the languages.")
    if len(names) > MAX_TOPICS or any(len(name) > TOPIC_LENGTH for name in names.values()):
        errors["topics"] = _(
            "At most {number} topics, each of at most {length} characters."
        ).format(number=MAX_TOPICS, length=TOPIC_LENGTH)
    if errors:
        raise ValidationError(errors)
    return AboutThread(title, language, list(names.values()))


def _sent_before(author: Member, document: markup.Document, thread: Thread) -> Post | None:
    recent = Post.objects.filter(
        thread=thread,
        author=author,
        fingerprint=markup.fingerprint(document.source),
        created_at__gt=timezone.now() - SECOND_CLICK,
    )
    return recent.exclude(state__in=(State.HIDDEN, State.DELETED)).first()


def written(
    post: Post, document: markup.Document, poll: PollDraft | None, verdict: Verdict
) -> None:
    """Save a new post, unpublished yet, with its poll and the flags that the portal puts on it.

    Moderators are told of what comes into their queue.
    """
    post.state = State.PENDING
    save_text(post, document)
    if poll:
        ask(post, poll)
    Flag.objects.bulk_create(Flag(post=post, reason=reason) for reason in verdict.flags)
    if verdict.flags or (verdict.waits and not post.thread.is_private):
        queue_news.tell_moderators(but=post.author)


class Rendered(NamedTuple):
    """A text as HTML, with what it names."""

    html: str
    members: list[Member]
    page_keys: set[UUID]


def rendered(document: markup.Document) -> Rendered:
    """Return a text as HTML, with the members whom it mentions and the pages that it shows."""
    members = list(Member.objects.filter(handle__in=document.handles, is_banned=False))
    cards = cards_for(document.lone_links)
    html = document.html(
        {member.handle: member.handle for member in members},
        {address: card.html for address, card in cards.items() if card.html},
    )
    return Rendered(html, members, {card.page_key for card in cards.values()})


def save_text(post: Post, document: markup.Document) -> None:
    """Save a post with this text, and with what the text names: members, posts, files, pages."""
    post.html, members, page_keys = rendered(document)
    post.source = document.source
    post.fingerprint = markup.fingerprint(document.source)
    post.language = markup.language_of(document.source, post.thread.language)
    post.save()
    post.mentioned.set(members)
    post.quoted.set(Post.objects.filter(pk__in=document.quoted_posts - {post.pk}))
    own = Attachment.objects.filter(member=post.author, key__in=document.attachment_keys)
    own.filter(post=None).update(post=post)
    PagePreview.objects.filter(post=post).delete()
    PagePreview.objects.bulk_create(PagePreview(post=post, page_key=key) for key in page_keys)


def publish(thread: Thread, post: Post) -> None:
    """Make a post that has no position yet the last visible one of a locked thread."""
    post.thread = thread
    post.state = State.VISIBLE
    post.position = thread.last_position + 1
    post.published_at = timezone.now()
    post.save(update_fields=["state", "position", "published_at"])
    counters.post_published(thread, post)
    reading.read_own(post)
    reading.follow_thread_of(post)
    notifications.tell_of(post)
    told = signals.thread_started if post.is_first else signals.post_published
    about = {"thread": thread} if post.is_first else {"post": post}
    event = Event.THREAD_STARTED if post.is_first else Event.POST_PUBLISHED
    webhooks.announce(event, post)
    transaction.on_commit(lambda: told.send(sender=type(post), **about))


@action
def edit(
    viewer: Viewer,
    post: Post,
    source: str,
    *,
    title: str = "",
    language: str = "",
    topics: Iterable[str] | None = None,
    reason: str = "",
    base: int | None = None,
) -> Post:
    """Change the text of a post, and with a first post its thread's title, language and topics.

    What it said is kept as a version. `base` is how many versions there were when the edit began:
    where somebody has edited the post since, it is refused (code "conflict"). Raises
    PermissionDenied and ValidationError.
    """
    thread, post = counters.lock_post(post)
    require(viewer, "edit_post", post)
    versions = post.revisions.count()
    if base is not None and base != versions:
        text = _("The post was edited meanwhile: read it again, then send your text again.")
        raise ValidationError(text, code="conflict")
    document = taken(viewer, source)
    was = thread.title
    has_changed = post.is_first and _change_thread(thread, title, language, topics)
    if document.source != post.source or thread.title != was:
        # Others' words are not screened again when a moderator mends them.
        if viewer.me.pk == post.author_id:
            verdict = screen(
                viewer, thread.title, document, is_private=thread.is_private, edited=post
            )
            flag_by_portal(post, verdict)
        PostRevision.objects.create(
            post=post,
            number=versions + 1,
            source=post.source,
            title=was if post.is_first else "",
            edited_by=viewer.me,
            reason=markup.cleaned(reason)[:200],
        )
        _change_text(post, document)
    elif not has_changed:
        return post
    counters.thread_changed(thread)
    if viewer.me.pk != post.author_id:
        record(viewer, "edit_post", post, reason)
    return post


def _change_text(post: Post, document: markup.Document) -> None:
    mentioned = set(post.mentioned.values_list("pk", flat=True))
    post.edited_at = timezone.now()
    save_text(post, document)
    if post.state == State.VISIBLE:
        notifications.tell_mentioned(post, but=mentioned)
        webhooks.announce(Event.POST_EDITED, post)
        transaction.on_commit(lambda: signals.post_edited.send(sender=Post, post=post))


def _change_thread(thread: Thread, title: str, language: str, topics: Iterable[str] | None) -> bool:
    """Change what is given of a locked thread, and return whether that changes anything."""
    was = (thread.title, thread.language)
    about = about_thread(title or thread.title, language or thread.language, topics or ())
    thread.title, thread.language = about.title, about.language
    if (thread.title, thread.language) != was:
        thread.save(update_fields=["title", "language"])
    if topics is None:
        return (thread.title, thread.language) != was
    had = {topic.name for topic in thread.topics.all()}
    thread.topics.set(about.topics)
    return (thread.title, thread.language) != was or had != set(about.topics)


@action
def delete(viewer: Viewer, post: Post) -> Post:
    """Take one's own post away; it can be restored. The first takes its thread with it."""
    return _set_state(viewer, "delete_post", post, State.DELETED)


@action
def restore(viewer: Viewer, post: Post) -> Post:
    """Show a post again that was deleted or hidden. Raises PermissionDenied.

    One that waited for approval when its author deleted it waits again.
    """
    return _set_state(viewer, "restore_post", post, State.VISIBLE)


@action
def hide(viewer: Viewer, post: Post) -> Post:
    """Hide a post from all but moderators and its author. Raises PermissionDenied."""
    return _set_state(viewer, "hide_post", post, State.HIDDEN)


def _set_state(viewer: Viewer, verb: str, post: Post, state: State) -> Post:
    thread, post = counters.lock_post(post)
    require(viewer, verb, post)
    if (
        state == State.VISIBLE
        and post.position is None
        and not allows(viewer, "approve_post", post)
    ):
        state = State.PENDING
    if post.state == state:
        return post
    set_state(thread, post, state)
    if viewer.me.pk != post.author_id:
        record(viewer, verb, post)
    if state == State.PENDING:
        queue_news.tell_moderators(but=viewer.me)
    else:
        queue_news.settle()
    return post


def set_state(thread: Thread, post: Post, state: State) -> None:
    """Show, hide or delete a post of a locked thread, whoever decides it."""
    if state == State.VISIBLE and post.position is None:
        publish_waiting(thread, post)
        return
    was_visible, post.state = post.state == State.VISIBLE, state
    post.save(update_fields=["state"])
    if post.is_first:
        thread.state = state
        thread.save(update_fields=["state"])
    if post.position is None:
        return
    if state != State.VISIBLE and not post.is_first:
        reading.forget_positions(thread, [[post.position, post.position]])
        Thread.objects.filter(pk=thread.pk, answer=post).update(answer=None)
    counters.recount([thread], members=[post.author_id])
    if was_visible or state == State.VISIBLE:
        event = Event.POST_REMOVED if was_visible else Event.POST_PUBLISHED
        webhooks.announce(event, post)
    if was_visible:
        transaction.on_commit(lambda: signals.post_removed.send(sender=Post, post=post))


def publish_waiting(thread: Thread, post: Post) -> None:
    """Publish a post that has waited for approval, in a locked thread."""
    if post.is_first:
        thread.state = State.VISIBLE
        thread.save(update_fields=["state"])
    publish(thread, post)
