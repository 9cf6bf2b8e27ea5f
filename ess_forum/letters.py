"""What is written to members: what is new at once, and the digest. The actions send it."""

import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, Signer
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from ess_ground.mails import root_url

from . import signals
from .decisions import is_of_queue
from .inbound import reply_address
from .markup import plain
from .models import Mail, Member, Notification, State, Thread
from .sentences import page_title, page_url, sentence
from .viewer import Viewer

# Of what is new in the forum, what was most talked about.
NEW_THREADS = 5
EXCERPT = 200
SIGNER = Signer(salt="ess_forum.letters")


class Item(NamedTuple):
    """A line of a digest."""

    title: str
    url: str
    note: str = ""


class Letter(NamedTuple):
    """A mail to be written: what its template needs, its headers, and where answers go, if so."""

    context: dict
    headers: dict[str, str]
    reply_to: str


class Section(NamedTuple):
    """A part of a digest, with a heading."""

    heading: str
    items: list[Item]


def sections(member: Member, since: datetime.datetime) -> list[Section]:
    """Return what a member has not heard of since then, in the active language.

    What other apps tell, they tell through the signal `digest_asked`.
    """
    root = root_url()
    viewer = Viewer.of_member(member)
    unread = Notification.objects.filter(
        member=member, read_at=None, created_at__gt=since, mail=Mail.DIGEST
    )
    for_them = [*_of_threads(unread, viewer, root), *_of_pages(unread), *_of_others(unread, root)]
    found = [Section(_("For you"), for_them), _new_threads(viewer, since, root)]
    told: list[tuple[Any, Any]] = signals.digest_asked.send(
        sender=Member, member=member, since=since
    )
    found += [section for _receiver, section in told if section]
    return [section for section in found if section.items]


def _of_threads(unread: QuerySet[Notification], viewer: Viewer, root: str) -> list[Item]:
    seen = Q(thread__in=Thread.objects.seen_by(viewer)) | Q(
        thread__in=Thread.objects.conversations_of(viewer.me)
    )
    shown = Q(post__isnull=True) | Q(post__state=State.VISIBLE)
    by_thread = (
        unread.filter(seen, shown)
        .exclude(kind=Notification.Kind.MODERATION)
        .values("thread")
        .annotate(number=Count("pk"), last=Max("post"))
        .order_by("-last")
    )
    rows = [(row["thread"], row["number"], row["last"]) for row in by_thread]
    named = Thread.objects.filter(pk__in=[thread for thread, _number, _post in rows])
    titles = dict(named.values_list("pk", "title"))
    return [
        Item(titles[thread], root + _address(thread, post), _number_of_news(number))
        for thread, number, post in rows
    ]


def _of_pages(unread: QuerySet[Notification]) -> list[Item]:
    """Return, of each page that the member was told of, the latest news."""
    told = unread.filter(page_key__isnull=False)
    latest = {each.page_key: each for each in told.order_by("pk")}
    return [Item(plain(sentence(each)), page_url(each)) for each in latest.values()]


def _of_others(unread: QuerySet[Notification], root: str) -> list[Item]:
    """Return what is about a group, or was decided: about a post too that is not shown."""
    told = unread.filter(Q(thread=None) | Q(kind=Notification.Kind.MODERATION), page_key=None)
    told = told.select_related("actor", "thread")
    return [
        Item(plain(sentence(each)), _place(each, root), each.data.get("message", ""))
        for each in told.order_by("pk")
    ]


def _address(thread: int, post: int | None) -> str:
    if post is None:
        return reverse("ess_forum:first_unread", args=[thread])
    return reverse("ess_forum:post", args=[post])


def _number_of_news(number: int) -> str:
    return ngettext("{number} notification", "{number} notifications", number).format(number=number)


def _new_threads(viewer: Viewer, since: datetime.datetime, root: str) -> Section:
    threads = Thread.objects.seen_by(viewer).filter(created_at__gt=since)
    most = threads.exclude(author=viewer.me).order_by("-reply_count", "-pk")[:NEW_THREADS]
    items = [Item(each.title, root + each.get_absolute_url(), _replies(each)) for each in most]
    return Section(_("New discussions"), items)


def _replies(thread: Thread) -> str:
    number = thread.reply_count
    return ngettext("{number} reply", "{number} replies", number).format(number=number)


def address_of(member: Member) -> str:
    """Return the address of a member who has an account."""
    return getattr(member.user, get_user_model().get_email_field_name())


def of_news(member: Member, news: list[Notification]) -> Letter:
    """Return the mail that tells a member of these notifications: of one thread, page, or none."""
    root = root_url()
    items = [Item(plain(sentence(each)), _place(each, root), _excerpt(each)) for each in news]
    stop = stop_address(member, "news")
    title, about = _subject(news[0])
    headers = unsubscribing(stop)
    if about:
        # Mail programs put together what is about the same.
        reference = f"<forum-{about}@{urlsplit(root).hostname or 'localhost'}>"
        headers |= {"In-Reply-To": reference, "References": reference}
    reply_to = _reply_to(member, news[-1])
    context = {
        "member": member,
        "title": title,
        "items": items,
        "stop_url": stop,
        "can_be_answered": bool(reply_to),
    }
    return Letter(context, headers, reply_to)


def notice(member: Member, news: list[Notification]) -> dict[str, str]:
    """Return what a browser shows of notifications about one thread or page, or none.

    A title and who did what, never what was written: a locked screen shows it to whoever looks.
    """
    title, about = _subject(news[0])
    return {
        "title": Truncator(title or settings.WAGTAIL_SITE_NAME).chars(EXCERPT),
        "body": Truncator(plain(sentence(news[-1]))).chars(EXCERPT),
        "url": _place(news[-1], root_url()),
        "tag": about,
        "lang": member.language,
        "dir": "rtl" if get_language_bidi() else "ltr",
    }


def _reply_to(member: Member, notification: Notification) -> str:
    is_decision = notification.kind == Notification.Kind.MODERATION
    if notification.post is None or is_decision:
        return ""
    return reply_address(member, notification.post.thread)


def _subject(notification: Notification) -> tuple[str, str]:
    """Return the title of what a notification is about, and a name for it that stays."""
    if notification.page_key is not None:
        return page_title(notification), f"page-{notification.page_key}"
    if notification.thread is not None:
        return notification.thread.title, f"thread-{notification.thread_id}"
    return "", ""


def _place(notification: Notification, root: str) -> str:
    if notification.page_key is not None:
        return page_url(notification)
    if is_of_queue(notification):
        return root + reverse("ess_forum_queue")
    if notification.post_id:
        return root + reverse("ess_forum:post", args=[notification.post_id])
    return root + reverse("ess_forum:notifications")


def _excerpt(notification: Notification) -> str:
    is_decision = notification.kind == Notification.Kind.MODERATION
    if is_decision or notification.page_key is not None:
        return notification.data.get("message", "")  # the post itself may be hidden
    if notification.post is None:
        return ""
    return Truncator(plain(notification.post.html)).chars(EXCERPT)


def unsubscribing(address: str) -> dict[str, str]:
    """Return the headers by which a mail program ends what it shows with one click (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def stop_address(member: Member, what: str) -> str:
    """Return where a member ends the `digest`, or the `news`, without logging in."""
    token = SIGNER.sign_object({"member": member.pk, "what": what})
    return root_url() + reverse("ess_forum:stop_mails", args=[token])


def read_stop_token(token: str) -> tuple[Member, str] | None:
    """Return the member for whom this token was made, and what it ends, if it is ours."""
    try:
        asked = SIGNER.unsign_object(token)
    except BadSignature:
        return None
    member = Member.objects.filter(pk=asked["member"]).first()
    return (member, asked["what"]) if member else None
