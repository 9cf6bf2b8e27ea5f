"""What members report, what moderators decide, and the log of it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ess_ground.kept import KeptRecord

from .members import Member
from .posts import Post


class Flag(models.Model):
    """A member tells the moderators of a post; without one, the portal's own checks do."""

    class Reason(models.TextChoices):
        """What is wrong with the post."""

        SPAM = "spam", _("It is advertising or spam")
        OFFENSIVE = "offensive", _("It insults or attacks somebody")
        OFF_TOPIC = "off_topic", _("It does not belong in this thread")
        ILLEGAL = "illegal", _("It is against the law")
        OTHER = "other", _("Something else")
        WATCHED = "watched", _("It holds a watched word")
        DUPLICATE = "duplicate", _("It has been posted before")
        CHECK = "check", _("The spam check holds it for spam")

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("to be decided")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    # What a member may choose: the others are the portal's own.
    MEMBER_REASONS = (
        Reason.SPAM,
        Reason.OFFENSIVE,
        Reason.OFF_TOPIC,
        Reason.ILLEGAL,
        Reason.OTHER,
    )

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="flags")
    reporter = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="flags_made"
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    note = models.TextField(_("what the moderators should know"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("reported at"), default=timezone.now)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(pgettext_lazy("forum", "decided at"), null=True)
    answer = models.TextField(_("message to those concerned"), max_length=1000, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "reporter"],
                condition=Q(state="open"),
                name="ess_forum_flag_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.post}"


class SanctionQuerySet(models.QuerySet):
    """Measures, whether they hold or not."""

    def in_force(self) -> "SanctionQuerySet":
        """Return those that hold now."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)


class Sanction(models.Model):
    """A moderator's measure against a member, with its reason; lifted, it stays on record."""

    class Kind(models.TextChoices):
        """What the measure is, from the lightest to the heaviest."""

        WARNING = "warning", _("warning")
        SILENCE = "silence", _("silence: reads, and writes nothing")
        SUSPENSION = "suspension", _("suspension: kept out for a time")
        BAN = "ban", _("ban: kept out for good")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sanctions")
    kind = models.CharField(_("measure"), max_length=10, choices=Kind.choices)
    reason = models.TextField(_("reason"), max_length=1000)
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="sanctions")
    until = models.DateTimeField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="sanctions_made")
    made_at = models.DateTimeField(pgettext_lazy("forum", "decided at"), default=timezone.now)
    lifted_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_reason = models.TextField(_("why it was lifted"), max_length=1000, blank=True)

    objects: ClassVar[Any] = SanctionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("measure")
        verbose_name_plural = _("measures")

    def __str__(self) -> str:
        return f"{self.member} · {self.get_kind_display()}"

    @property
    def is_in_force(self) -> bool:
        """Whether it holds now."""
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


class Appeal(models.Model):
    """A member asks the moderators to look again at a measure or at a post that they hid."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("to be decided")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="appeals")
    sanction = models.ForeignKey(
        Sanction, on_delete=models.CASCADE, null=True, related_name="appeals"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="appeals")
    text = models.TextField(_("why the decision should change"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(pgettext_lazy("forum", "decided at"), null=True)
    answer = models.TextField(pgettext_lazy("forum", "answer"), max_length=2000, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(sanction__isnull=True) ^ Q(post__isnull=True),
                name="ess_forum_appeal_of_one",
            ),
            models.UniqueConstraint(fields=["sanction"], name="ess_forum_appeal_sanction"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(state="open"), name="ess_forum_appeal_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.sanction or self.post}"


class WatchedWord(models.Model):
    """A word or expression that the forum does not let pass unseen, in any of its forms."""

    class Effect(models.TextChoices):
        """What happens to a post that holds it."""

        FLAG = "flag", _("the post is published and flagged")
        APPROVE = "approve", _("the post waits for approval")
        REFUSE = "refuse", _("the post is refused")

    words = models.CharField(
        _("word or expression"),
        max_length=100,
        unique=True,
        help_text=_("Found without regard to case, accents, vowel signs and endings."),
    )
    effect = models.CharField(_("effect"), max_length=10, choices=Effect.choices)

    class Meta:
        ordering = ["words"]
        verbose_name = _("watched word")
        verbose_name_plural = _("watched words")

    def __str__(self) -> str:
        return self.words


class ModerationEvent(KeptRecord):
    """An entry of the moderators' log: never altered, and kept when what it is about is gone.

    `verb` is a key of `ess_forum.policy.RULES`; `about` names what it was done to as it was then,
    and `details` holds the numbers of the rows: {"post": 12, "thread": 3, "member": 4}.
    """

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    moderator = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="moderation_events"
    )
    verb = models.CharField(_("action"), max_length=40, db_index=True)
    about = models.CharField(_("about"), max_length=300)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("entry of the moderation log")
        verbose_name_plural = _("moderation log")

    def __str__(self) -> str:
        return f"{self.verb} · {self.about}"
