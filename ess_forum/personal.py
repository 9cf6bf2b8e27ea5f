"""What the forum knows of a person: for their archive, for when they leave, and for how long."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from ess_ground.personal import Column, Effects, PersonalPart, Rule, Table

from .actions import attachments, incoming, leaving
from .actions.profiles import AUDIENCES
from .actions.retention import (
    erase_deliveries,
    erase_drafts,
    erase_notifications,
    erase_stopped_addresses,
)
from .admin.log import verb_name
from .forms.profiles import AUDIENCE_CHOICES
from .markup import plain
from .models import (
    ApiToken,
    Appeal,
    Attachment,
    Block,
    Bookmark,
    Draft,
    Flag,
    Member,
    Membership,
    ModerationEvent,
    Notification,
    NotificationChoice,
    Participant,
    PollVote,
    Post,
    PostRevision,
    PushSubscription,
    Reaction,
    ReadMark,
    Sanction,
    SpokenLanguage,
    StoppedAddress,
    Subscription,
    Thread,
)
from .sentences import sentence

ME = "member__user"


def _at(name: str, label: str | Promise) -> Column:
    return Column(name, label, attrgetter(name))


def _where(path: str) -> Column:
    """Return a column that names the thread that `path` leads to from the record."""
    return Column("thread", pgettext_lazy("forum", "thread"), attrgetter(f"{path}.title"))


def _audiences(member: Member) -> list[str]:
    seen_by = {name: str(label) for name, label in AUDIENCE_CHOICES}
    labels = {"languages": _("Languages")}
    labels |= {field.name: str(field.verbose_name) for field in member._meta.fields}
    return [
        f"{labels[name]}: {seen_by.get(getattr(member, f'{name}_audience'), '')}"
        for name in AUDIENCES
    ]


def _words(draft: Draft) -> list[str]:
    return [text for values in draft.data.values() for text in values if text]


def _verb(event: ModerationEvent) -> str:
    return str(verb_name(event.verb))


def _service(browser: PushSubscription) -> str:
    return urlsplit(browser.endpoint).hostname or ""


def _place(subscription: Subscription) -> str:
    return str(subscription.thread or subscription.category)


WRITTEN = _at("created_at", gettext_lazy("written at"))
DONE = _at("created_at", gettext_lazy("done at"))

TABLES = (
    Table(
        "forum-profile",
        Member,
        "user",
        (
            *("name", "handle", "about", "offers", "seeks", "website", "linkedin", "facebook"),
            Column("audiences", gettext_lazy("who sees what"), _audiences),
            *("photo", "language", "digest", "joined_at", "trust", "is_trust_kept", "is_banned"),
            *("silenced_until", "suspended_until", "last_seen_on", "days_visited"),
            *("post_count", "thread_count", "reactions_received"),
        ),
        title=gettext_lazy("Profile in the forum"),
        file="photo",
    ),
    Table("spoken-languages", SpokenLanguage, ME, ("code",)),
    Table(
        "groups",
        Membership,
        ME,
        (
            "is_manager",
            _at("joined_at", gettext_lazy("since")),
            _at("group", gettext_lazy("group")),
        ),
        title=gettext_lazy("Private groups"),
        related=("group",),
    ),
    Table(
        "blocks",
        Block,
        ME,
        (Column("blocked", gettext_lazy("whom"), attrgetter("blocked.name")), DONE),
        related=("blocked",),
    ),
    Table("api-tokens", ApiToken, ME, ("name", "scope", "created_at", "last_used_at")),
    Table(
        "threads",
        Thread,
        "author__user",
        ("title", "language", "state", "created_at", "is_closed", "reply_count"),
    ),
    Table(
        "posts",
        Post,
        "author__user",
        (_where("thread"), "source", "language", "state", "created_at", "edited_at"),
        related=("thread",),
        only=Q(thread__category__isnull=False),
    ),
    Table(
        "private-messages",
        Post,
        "author__user",
        (_where("thread"), "source", "language", "state", "created_at", "edited_at"),
        title=gettext_lazy("Private messages"),
        related=("thread",),
        only=Q(thread__category__isnull=True),
    ),
    Table(
        "conversations",
        Participant,
        ME,
        (_where("thread"), "left_at"),
        title=gettext_lazy("Private conversations"),
        related=("thread",),
    ),
    Table(
        "former-versions",
        PostRevision,
        "edited_by__user",
        (
            _where("post.thread"),
            _at("title", gettext_lazy("title")),
            _at("source", gettext_lazy("text")),
            _at("edited_at", gettext_lazy("edited at")),
            "reason",
        ),
        related=("post__thread",),
        only=Q(post__author=F("edited_by")),
    ),
    Table(
        "files",
        Attachment,
        ME,
        ("name", "size", DONE),
        file="file",
        file_name="name",
    ),
    Table("drafts", Draft, ME, (Column("words", gettext_lazy("text"), _words), "saved_at")),
    Table(
        "reactions",
        Reaction,
        ME,
        (_where("post.thread"), _at("emoji", gettext_lazy("reaction")), DONE),
        related=("post__thread",),
    ),
    Table(
        "votes-in-polls",
        PollVote,
        ME,
        (
            Column("question", gettext_lazy("question"), attrgetter("option.poll.question")),
            Column("answer", pgettext_lazy("forum", "answer"), attrgetter("option.text")),
            _at("voted_at", gettext_lazy("done at")),
        ),
        title=gettext_lazy("Votes in polls"),
        related=("option__poll",),
    ),
    Table(
        "subscriptions",
        Subscription,
        ME,
        (Column("place", gettext_lazy("what"), _place), _at("created_at", gettext_lazy("since"))),
        related=("thread", "category"),
    ),
    Table(
        "bookmarks", Bookmark, ME, (_where("post.thread"), "note", DONE), related=("post__thread",)
    ),
    Table(
        "reading",
        ReadMark,
        ME,
        (_where("thread"), _at("position", gettext_lazy("read up to post"))),
        related=("thread",),
    ),
    Table(
        "notifications",
        Notification,
        ME,
        (
            "kind",
            Column("text", gettext_lazy("text"), lambda told: plain(sentence(told))),
            DONE,
            _at("read_at", gettext_lazy("read at")),
        ),
        related=("actor", "thread", "post"),
    ),
    Table(
        "choices-of-notifications",
        NotificationChoice,
        ME,
        (
            Column("kind", gettext_lazy("kind"), lambda own: str(own.get_kind_display())),
            Column("mail", gettext_lazy("by mail"), lambda own: str(own.get_mail_display())),
            Column("push", gettext_lazy("on my devices, too"), attrgetter("push")),
        ),
    ),
    Table(
        "browsers",
        PushSubscription,
        ME,
        (
            Column("service", gettext_lazy("service"), _service),
            _at("created_at", gettext_lazy("since")),
        ),
    ),
    Table(
        "flags",
        Flag,
        "reporter__user",
        (_where("post.thread"), "reason", "note", "state", "created_at", "answer"),
        title=gettext_lazy("Posts that you have reported"),
        related=("post__thread",),
    ),
    # Who decided it is another's business.
    Table(
        "measures",
        Sanction,
        ME,
        ("kind", "reason", "made_at", "until", "lifted_at", "lifted_reason"),
    ),
    Table("appeals", Appeal, ME, ("text", "state", "created_at", "decided_at", "answer")),
    Table(
        "moderation",
        ModerationEvent,
        "moderator__user",
        ("at", Column("verb", gettext_lazy("action"), _verb), "about", "reason"),
        title=gettext_lazy("What you did as a moderator"),
    ),
    Table(
        "stopped-address",
        StoppedAddress,
        "address",
        ("address", "reason", "detail", "stopped_at"),
        by_address=True,
    ),
)

EXEMPT = {
    "Block.blocked": "Whom others have blocked is those others' own.",
    "Notification.actor": "What others were told is theirs; it names the person, no more.",
    "Thread.last_poster": "A counter: the post itself is in `posts`.",
    "Thread.participants": "The same rows as Participant.",
    "Group.members": "The same rows as Membership.",
    "Post.mentioned": "What others wrote about the person is theirs.",
    "Post_mentioned.member": "The same as Post.mentioned.",
    "Flag.decided_by": "What moderators did is told by ModerationEvent.",
    "Sanction.made_by": "What moderators did is told by ModerationEvent.",
    "Sanction.lifted_by": "What moderators did is told by ModerationEvent.",
    "Appeal.decided_by": "What moderators did is told by ModerationEvent.",
}


def _counted(erase: Callable[[], Any]) -> Callable[[datetime], int]:
    """Return a rule's work for what knows by itself how old is too old."""
    return lambda _before: erase() or 0


RULES = (
    Rule(
        "forum_unposted_files",
        gettext_lazy("Files that were uploaded and never posted"),
        gettext_lazy("So that a text can be finished the next day"),
        attachments.KEPT_UNPOSTED.days,
        _counted(attachments.clear),
    ),
    Rule(
        "forum_received_mails",
        gettext_lazy("Marks of answers that came by mail"),
        gettext_lazy("So that none is posted twice"),
        incoming.KEPT_FOR.days,
        _counted(incoming.forget),
    ),
    Rule(
        "forum_drafts",
        gettext_lazy("Drafts in the forum"),
        gettext_lazy("So that you find again what you began"),
        365,
        erase_drafts,
    ),
    Rule(
        "forum_notifications",
        gettext_lazy("Notifications"),
        gettext_lazy("So that you can look up what you were told"),
        365,
        erase_notifications,
    ),
    Rule(
        "forum_stopped_addresses",
        gettext_lazy("Addresses at which mails came back, of people who have no account"),
        gettext_lazy("So that nobody is written to in vain"),
        365,
        erase_stopped_addresses,
    ),
    Rule(
        "forum_deliveries",
        gettext_lazy("Notes of what other sites were told of public posts"),
        gettext_lazy("So that what did not arrive can be sent again"),
        30,
        erase_deliveries,
    ),
)


class ForumPart(PersonalPart):
    """The member, and what they did in the forum."""

    name = "forum"
    tables = TABLES
    exempt = EXEMPT
    rules = RULES

    def effects(self, user, *, keeps_posts: bool) -> Effects:
        """Return what becomes of the member's things."""
        member = Member.objects.filter(user=user).first()
        if member is None:
            return Effects()
        goes = [
            _(
                "Your forum profile, photo, drafts, bookmarks, subscriptions, notifications, "
                "memberships of groups and keys of programs"
            )
        ]
        number = member.posts.count()
        if number and not keeps_posts:
            goes.append(_posts_go(number))
        stays = [_("Your reactions and your votes in polls: counted, without your name")]
        if number and keeps_posts:
            stays.append(_posts_stay(number))
        return Effects(goes, stays)

    def leave(self, user, *, keeps_posts: bool) -> None:
        """Make the member a former one."""
        leaving.leave(user, keeps_posts=keeps_posts)


def _posts_go(number: int) -> str:
    text = ngettext(
        "The words of your {number} message in the forum; a discussion that others have joined "
        "goes on under its title",
        "The words of your {number} messages in the forum; discussions that others have joined "
        "go on under their titles",
        number,
    )
    return text.format(number=number)


def _posts_stay(number: int) -> str:
    text = ngettext(
        "Your {number} message in the forum and in private conversations, shown as that of a "
        "former member",
        "Your {number} messages in the forum and in private conversations, shown as those of a "
        "former member",
        number,
    )
    return text.format(number=number)
