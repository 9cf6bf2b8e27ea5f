"""What a member is told."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import announced
from .members import Member
from .posts import Post
from .threads import Thread


class Mail(models.TextChoices):
    """Whether what is told on the site goes out by mail, too."""

    NONE = "none", _("on the site only")
    DIGEST = "digest", _("in the digest, too")
    AT_ONCE = "at_once", _("by mail at once, too")


def kind_choices() -> list[tuple[str, Any]]:
    """Return the forum's own kinds, and those that other apps tell.

    A function, so that no migration holds the kinds of one site.
    """
    return [*Notification.Kind.choices, *announced.choices()]


class Notification(models.Model):
    """Something that concerns a member, told on the site.

    `data` holds what the sentence needs beside the actor, the thread and the post, such as the
    words of a moderator's message. What is told about a page has `page_key`, its translation key,
    and for `data` what `actions.page_news` describes.
    """

    class Kind(models.TextChoices):
        """What happened."""

        REPLY = "reply", _("a reply to you")
        MENTION = "mention", _("a mention of you")
        QUOTE = "quote", _("a quote of you")
        FOLLOWED_THREAD = "followed_thread", _("a post in a thread that you follow")
        FOLLOWED_CATEGORY = "followed_category", _("a thread in a category that you follow")
        CONVERSATION = "conversation", _("a private message")
        SOLVED = "solved", _("your answer was accepted")
        MODERATION = (
            "moderation",
            _("a decision of the moderators; for moderators, what waits for one"),
        )
        GROUP = "group", _("a private group")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices)
    actor = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, null=True, related_name="notifications"
    )
    page_key = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    # From the page that lists them: whether its reader still sees the thread.
    is_seen: bool

    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    # How it goes out by mail; nothing more is to go out once it is `Mail.NONE`.
    mail = models.CharField(max_length=7, choices=Mail.choices, default=Mail.NONE)
    # Whether it is still to go out to the member's browsers.
    push = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["member", "-id"], name="ess_forum_notification_member"),
            models.Index(
                fields=["created_at"],
                condition=Q(mail=Mail.AT_ONCE),
                name="ess_forum_notification_mail",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(push=True),
                name="ess_forum_notification_push",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.member}"


# What goes out by mail where a member has not chosen: what is addressed to oneself at once.
DEFAULT_MAIL: dict[str, Mail] = {kind.value: Mail.DIGEST for kind in Notification.Kind} | {
    kind.value: Mail.AT_ONCE
    for kind in (
        Notification.Kind.REPLY,
        Notification.Kind.MENTION,
        Notification.Kind.CONVERSATION,
        Notification.Kind.MODERATION,
        Notification.Kind.GROUP,
    )
}


def usual_mail(kind: str) -> Mail:
    """Return how a kind goes out by mail where a member has not chosen."""
    told = announced.announced_as(kind)
    return Mail(told.mail) if told else DEFAULT_MAIL.get(kind, Mail.DIGEST)


def usual_push(kind: str) -> bool:
    """Return whether a kind goes to the browsers of a member who has not chosen: if at once."""
    return usual_mail(kind) == Mail.AT_ONCE


class NotificationChoice(models.Model):
    """How a member wants to be told of one kind of thing, where it is not as usual."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=20, choices=kind_choices)
    mail = models.CharField(max_length=7, choices=Mail.choices)
    push = models.BooleanField(null=True)  # None: as usual

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="ess_forum_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_kind_display()} · {self.get_mail_display()}"


class StoppedAddress(models.Model):
    """An address to which nothing is sent any more, until its owner asks for it again."""

    class Reason(models.TextChoices):
        """Why."""

        BOUNCE = "bounce", _("mails came back")
        COMPLAINT = "complaint", _("a mail was reported as unwanted")

    address = models.EmailField(_("address"), unique=True, help_text=_("In small letters."))
    reason = models.CharField(_("reason"), max_length=9, choices=Reason.choices)
    detail = models.CharField(_("what the mail server said"), max_length=500, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), default=timezone.now)

    class Meta:
        ordering = ["-stopped_at", "-pk"]
        verbose_name = _("stopped address")
        verbose_name_plural = _("stopped addresses")

    def __str__(self) -> str:
        # As much of it as may be kept for good: logs hold this.
        name, _at, domain = self.address.rpartition("@")
        return f"{name[:1]}…@{domain}"


class ReceivedMail(models.Model):
    """A mail to which the forum has reacted already: the same one comes again for nothing."""

    message_id = models.CharField(max_length=255, unique=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("received mail")
        verbose_name_plural = _("received mails")

    def __str__(self) -> str:
        return self.message_id
