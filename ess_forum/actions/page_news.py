"""Members are told what other apps know of pages, as each has chosen to hear of it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..models import Mail, Member, Notification
from ..viewer import Viewer
from . import notifications
from .notification_mails import DELAY
from .transactions import action


class PageNews(NamedTuple):
    """What happened about a page.

    `kind` and `event` are those of an `announced.Announced`; `titles` and `urls` hold the page's
    title and full address by language; `message` is what somebody has written about it. With
    `once`, a name, a member is told of it under that name once and never again.
    """

    kind: str
    event: str
    page_key: UUID
    titles: Mapping[str, str]
    urls: Mapping[str, str]
    message: str = ""
    once: str = ""

    def data(self) -> dict:
        """Return what a notification keeps of it."""
        return {
            "event": self.event,
            "titles": dict(self.titles),
            "urls": dict(self.urls),
            "message": self.message,
            "once": self.once,
        }


def concerned(
    users: Iterable[int] = (), *, kind: str = "", page_key: UUID | None = None
) -> QuerySet[Member]:
    """Return the members among these accounts, given by their keys.

    With `kind`, also who has chosen to hear of it by mail; with `page_key`, also who follows the
    discussion of that page.
    """
    of_accounts = Q(user__in=list(users))
    choosing = Q(choices__kind=kind, choices__mail__in=[Mail.DIGEST, Mail.AT_ONCE])
    following = Q(subscriptions__thread__page_key=page_key)
    is_concerned = of_accounts
    if kind:
        is_concerned |= Q(pk__in=Member.objects.filter(choosing).values("pk"))
    if page_key:
        is_concerned |= Q(pk__in=Member.objects.filter(following).values("pk"))
    return Member.objects.filter(is_concerned, user__is_active=True)


@action
def tell(news: PageNews, members: QuerySet[Member], *, written_to: Iterable[int] = ()) -> set[int]:
    """Tell these members, and return the keys of their accounts: no other mail need go to them.

    The same news twice within minutes, as of a page that is published in one language after the
    other, is told once. The accounts in `written_to` have a mail about it from elsewhere: they are
    told on the site only. Who may not be written to, as one who is banned, is among those returned
    all the same.
    """
    found = dict(members.order_by("pk").select_for_update(of=("self",)).values_list("pk", "user"))
    told = found.keys() - _know_already(news, found)
    mailed = set(written_to)
    by_mail = {pk for pk in told if found[pk] not in mailed}
    for keys, mail in ((by_mail, None), (told - by_mail, Mail.NONE)):
        notifications.tell(keys, news.kind, page_key=news.page_key, data=news.data(), mail=mail)
    return set(found.values())


def _know_already(news: PageNews, keys: Iterable[int]) -> set[int]:
    known = Notification.objects.filter(
        member__in=list(keys),
        kind=news.kind,
        page_key=news.page_key,
        data__event=news.event,
        data__once=news.once,
    )
    if not news.once:  # the mail of the first, which says the same, has not gone out yet
        known = known.filter(read_at=None, created_at__gt=timezone.now() - DELAY)
    return set(known.values_list("member", flat=True))


def read_page(viewer: Viewer, page_key: UUID) -> None:
    """Take what the viewer was told of a page as read: it is shown.

    For a member who has nothing unread, it costs nothing.
    """
    if viewer.member is None or not viewer.me.unread_notifications:
        return
    about = Notification.objects.filter(member=viewer.me, page_key=page_key, read_at=None)
    number = about.count()
    if number:
        notifications.read(viewer, about)
        viewer.me.unread_notifications -= number


def open_news(viewer: Viewer, notification: Notification) -> None:
    """Take one notification of the viewer's as read: its page is being opened."""
    if notification.read_at is None:
        notifications.read(viewer, Notification.objects.filter(pk=notification.pk))
