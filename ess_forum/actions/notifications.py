"""Members are told of what concerns them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .. import push, tasks
from ..audience import members_who_see
from ..models import (
    Mail,
    Member,
    Notification,
    NotificationChoice,
    Post,
    PushSubscription,
    Thread,
    usual_mail,
    usual_push,
)
from ..viewer import Viewer
from . import counters
from .transactions import action

Kind = Notification.Kind


def tell(
    members: Iterable[int],
    kind: str,
    *,
    actor: Member | None = None,
    thread: Thread | None = None,
    post: Post | None = None,
    page_key: UUID | None = None,
    data: dict | None = None,
    mail: Mail | None = None,
) -> None:
    """Tell these members, by their keys, of something. Nobody is told of what they did.

    It goes out by mail as each has chosen, unless `mail` says how for all of them, and to the
    browsers of those who have chosen that.
    """
    keys = sorted(set(members) - {actor.pk if actor else None})
    if not keys:
        return
    chosen = NotificationChoice.objects.filter(member__in=keys, kind=kind)
    choices = dict(chosen.values_list("member", "mail")) if mail is None else {}
    usual = usual_mail(kind) if mail is None else mail
    pushed = _with_browsers(keys, kind)
    Notification.objects.bulk_create(
        Notification(
            member_id=key,
            kind=kind,
            actor=actor,
            thread=thread,
            post=post,
            page_key=page_key,
            data=data or {},
            mail=choices.get(key, usual),
            push=key in pushed,
        )
        for key in keys
    )
    Member.objects.filter(pk__in=keys).update(unread_notifications=F("unread_notifications") + 1)


def _with_browsers(keys: Iterable[int], kind: str) -> set[int]:
    """Return which of these members are told of this kind in their browsers."""
    if not push.is_on():
        return set()
    browsers = PushSubscription.objects.filter(member__in=list(keys))
    members = set(browsers.values_list("member", flat=True))
    chosen = NotificationChoice.objects.filter(member__in=members, kind=kind).exclude(push=None)
    choices = dict(chosen.values_list("member", "push"))
    return {key for key in members if choices.get(key, usual_push(kind))}


def tell_of(post: Post) -> None:
    """Tell whom a new post answers, names and quotes; followers are told by a task.

    Each is told once, of what concerns them most.
    """
    told = {post.author_id}
    for kind, keys in (
        (Kind.REPLY, {post.reply_to.author_id} if post.reply_to else set()),
        (Kind.MENTION, set(post.mentioned.values_list("pk", flat=True))),
        (Kind.QUOTE, set(post.quoted.values_list("author", flat=True))),
    ):
        told |= _tell_those_who_see(post, kind, keys - told)
    tasks.tell_followers.enqueue(post.pk, sorted(told))


def tell_mentioned(post: Post, *, but: set[int]) -> None:
    """Tell those whom an edited post mentions and did not mention before."""
    keys = set(post.mentioned.values_list("pk", flat=True)) - but - {post.author_id}
    _tell_those_who_see(post, Kind.MENTION, keys)


def tell_followers(post: Post, told: Iterable[int]) -> None:
    """Tell those who follow the thread or its category, but not those who are told already.

    Of a thread whose news they have not read yet, they need no second notice.
    """
    others = Member.objects.exclude(pk__in={*told, post.author_id})
    thread = post.thread
    if thread.is_private:
        _tell_those_who_see(post, Kind.CONVERSATION, others.filter(participations__thread=thread))
        return
    following = others.filter(subscriptions__thread=thread)
    if post.is_first:
        following_category = others.filter(subscriptions__category=thread.category_id)
        _tell_those_who_see(post, Kind.FOLLOWED_CATEGORY, following_category)
        following = following.exclude(pk__in=following_category)
    _tell_those_who_see(post, Kind.FOLLOWED_THREAD, following)


def _tell_those_who_see(
    post: Post, kind: Notification.Kind, members: QuerySet[Member] | set[int]
) -> set[int]:
    if not isinstance(members, QuerySet):
        if not members:
            return set()
        members = Member.objects.filter(pk__in=members)
    waiting = Notification.objects.filter(thread=post.thread_id, kind=kind, read_at=None)
    if kind in (Kind.FOLLOWED_THREAD, Kind.CONVERSATION):
        members = members.exclude(pk__in=waiting.values("member"))
    members = members.exclude(blocks__blocked=post.author_id)
    keys = set(members_who_see(post.thread, members).values_list("pk", flat=True))
    if keys:
        tell(keys, kind, actor=post.author, thread=post.thread, post=post)
    return keys


@action
def read(viewer: Viewer, notifications: QuerySet[Notification]) -> None:
    """Take these notifications of the viewer's as read."""
    read_of(viewer.me.pk, notifications)


def read_of(pk: int, notifications: QuerySet[Notification]) -> None:
    """Take these notifications of a member's, by their key, as read."""
    member = counters.lock_member(pk)
    number = notifications.filter(member=member, read_at=None).update(read_at=timezone.now())
    if number:
        Member.objects.filter(pk=member.pk).update(
            unread_notifications=F("unread_notifications") - number
        )


def read_shown(viewer: Viewer, thread: Thread, first: int, last: int) -> None:
    """Take what the viewer was told of these positions of a thread as read: they are shown.

    For a member who has nothing unread, it costs nothing.
    """
    if viewer.member is None or not viewer.me.unread_notifications:
        return
    here = Q(post__position__range=(first, last)) | Q(post=None)
    shown = Notification.objects.filter(here, member=viewer.me, thread=thread, read_at=None)
    keys = list(shown.values_list("pk", flat=True))
    if keys:
        read(viewer, Notification.objects.filter(pk__in=keys))
        viewer.me.unread_notifications -= len(keys)
