"""Threads are started."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import markup
from ..models import Category, Member, Participant, Post, State, Thread
from ..policy import require
from ..screening import screen
from ..viewer import Viewer
from . import counters, posts
from .blocks import refuse_unwelcome
from .polls import PollDraft
from .transactions import action


@action
def start_thread(
    viewer: Viewer,
    category: Category,
    title: str,
    source: str,
    *,
    language: str,
    topics: Iterable[str] = (),
    page_key: UUID | None = None,
    poll: PollDraft | None = None,
) -> Thread:
    """Start a thread in a category with its first post, and return it.

    Of a page that is discussed already, return the thread that there is, with this as a reply.
    Sent twice, it is started once. Raises PermissionDenied and ValidationError.
    """
    category = Category.objects.select_for_update().get(pk=category.pk)
    require(viewer, "start_thread", category)
    if page_key:
        # What its author took back does not keep others from beginning.
        gone = Thread.objects.filter(page_key=page_key, state=State.DELETED)
        gone.update(page_key=None)
    if page_key and (thread := Thread.objects.filter(page_key=page_key).first()):
        posts.reply(viewer, thread, source, poll=poll)
        return thread
    thread = Thread(category=category, page_key=page_key)
    return _start(viewer, thread, title, source, language, poll, topics)


@action
def start_conversation(
    viewer: Viewer,
    members: Iterable[Member],
    title: str,
    source: str,
    *,
    language: str,
) -> Thread:
    """Start a private conversation with these members, and return it.

    Raises PermissionDenied, and ValidationError where one of them has blocked the viewer.
    """
    require(viewer, "start_conversation")
    others = {member.pk: member for member in members if member.pk != viewer.me.pk}
    if not others:
        raise ValidationError({"members": _("Choose somebody to write to.")})
    refuse_unwelcome(viewer, others)
    counters.lock_member(viewer.me.pk)
    return _start(viewer, Thread(), title, source, language, participants=others)


def _start(
    viewer: Viewer,
    thread: Thread,
    title: str,
    source: str,
    language: str,
    poll: PollDraft | None = None,
    topics: Iterable[str] = (),
    participants: Iterable[int] = (),
) -> Thread:
    about = posts.about_thread(title, language, topics)
    document = posts.taken(viewer, source)
    if again := _sent_before(viewer.me, thread.category, about.title, document):
        return again
    words = poll.words if poll else ""
    verdict = screen(viewer, about.title, document, is_private=thread.is_private, poll=words)
    thread.title, thread.language = about.title, about.language
    thread.author = thread.last_poster = viewer.me
    thread.state = State.PENDING if verdict.waits else State.VISIBLE
    thread.created_at = thread.last_post_at = timezone.now()
    thread.save()
    thread.topics.set(about.topics)
    Participant.objects.bulk_create(
        Participant(thread=thread, member_id=pk)
        for pk in ({viewer.me.pk, *participants} if thread.is_private else ())
    )
    post = Post(thread=thread, author=viewer.me)
    posts.written(post, document, poll, verdict)
    if not verdict.waits:
        posts.publish(thread, post)
    return thread


def _sent_before(
    author: Member, category: Category | None, title: str, document: markup.Document
) -> Thread | None:
    recent = Thread.objects.filter(
        author=author,
        category=category,
        title=title,
        posts__fingerprint=markup.fingerprint(document.source),
        created_at__gt=timezone.now() - posts.SECOND_CLICK,
    )
    return recent.exclude(state__in=(State.HIDDEN, State.DELETED)).first()
