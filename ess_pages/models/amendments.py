"""What members propose to change in a text, and what others say of it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .clauses import Clause, ClauseVersion, Wording
from .recommendations import TALKED_ABOUT, Recommendation

# The languages that a text is in: see `clauses.LANGUAGES`.
LANGUAGE_CHOICES = [("fr", _("French")), ("ar", _("Arabic"))]


class AmendmentQuerySet(models.QuerySet):
    """Amendments."""

    def published(self) -> Self:
        """Return those that everybody may read: all but drafts."""
        return self.exclude(state=Amendment.State.DRAFT)

    def with_opinions(self) -> Self:
        """Return each with how many members support and oppose it: `supports`, `oppositions`."""
        return self.annotate(
            supports=Count("opinions", filter=Q(opinions__is_support=True), distinct=True),
            oppositions=Count("opinions", filter=Q(opinions__is_support=False), distinct=True),
        )


class Amendment(models.Model):
    """A member's proposal to change, add, move or strike a clause."""

    class Kind(models.TextChoices):
        """What it would do."""

        CHANGE = "change", pgettext_lazy("amendment", "Change a clause")
        ADD = "add", pgettext_lazy("amendment", "Add a clause")
        MOVE = "move", pgettext_lazy("amendment", "Move a clause")
        STRIKE = "strike", pgettext_lazy("amendment", "Strike a clause")

    class State(models.TextChoices):
        """What became of it."""

        DRAFT = "draft", pgettext_lazy("amendment", "Being written")
        PROPOSED = "proposed", pgettext_lazy("amendment", "Proposed")
        ACCEPTED = "accepted", pgettext_lazy("amendment", "Accepted")
        ACCEPTED_IN_PART = "accepted_in_part", pgettext_lazy("amendment", "Accepted in part")
        MERGED = "merged", pgettext_lazy("amendment", "Merged with others")
        DECLINED = "declined", pgettext_lazy("amendment", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "Withdrawn by its author")

    # What puts its words, or some of them, into the text.
    TAKEN_UP = (State.ACCEPTED, State.ACCEPTED_IN_PART, State.MERGED)

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="amendments",
        verbose_name=_("recommendation"),
    )
    kind = models.CharField(_("what it does"), max_length=10, choices=Kind.choices)
    # None for a clause that is to be added.
    clause = models.ForeignKey(
        Clause,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="amendments",
        verbose_name=_("clause"),
    )
    # The last version of the text when it was written: what its author saw.
    base = models.ForeignKey(
        ClauseVersion, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    heading = models.CharField(_("heading"), max_length=255, blank=True)
    text = models.TextField(_("text"), max_length=5000, blank=True)
    # Where a clause is added or moved to; None for the beginning.
    after = models.ForeignKey(
        Clause,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after the clause"),
    )
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    discussion = models.CharField(
        _("discussion that led to it"),
        max_length=255,
        blank=True,
        help_text=_("The address of a discussion on this site, if there was one."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="amendments",
        verbose_name=_("author"),
    )
    # Kept when the account goes: the words that were taken up stay credited.
    author_name = models.CharField(_("author’s name"), max_length=255)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(_("begun at"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision = models.TextField(_("reason of the decision"), max_length=2000, blank=True)
    # The version that its words went into.
    version = models.ForeignKey(
        ClauseVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="amendments",
    )

    objects: ClassVar = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_at", "pk"]
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.author_name}"

    @property
    def wording(self) -> Wording:
        """What the clause would say, in the language of the amendment."""
        return Wording(self.heading, self.text)

    @property
    def is_weighed(self) -> bool:
        """Whether it waits for a decision on a text that is neither settled nor withdrawn."""
        return self.state == self.State.PROPOSED and self.recommendation.state in TALKED_ABOUT

    @property
    def anchor(self) -> str:
        """The fragment that leads to the amendment on its page."""
        return f"amendment-{self.pk}"


class Opinion(models.Model):
    """A member's support of an amendment, or their opposition and its reason."""

    amendment = models.ForeignKey(
        Amendment, on_delete=models.CASCADE, related_name="opinions", verbose_name=_("amendment")
    )
    # Who leaves the site leaves what they said: it has been counted.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("member"),
    )
    is_support = models.BooleanField(_("supports it"))
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    at = models.DateTimeField(_("said at"), auto_now=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [
            models.UniqueConstraint(fields=["amendment", "user"], name="one_opinion_a_member")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {'+' if self.is_support else '−'}"


class Comment(models.Model):
    """What a member says of a clause or an amendment: it stays with it through all versions."""

    clause = models.ForeignKey(
        Clause,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("clause"),
    )
    amendment = models.ForeignKey(
        Amendment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("amendment"),
    )
    # The version that it was said of, and the words it is about, if it is about some of them.
    version = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="+")
    quote = models.CharField(_("words it is about"), max_length=500, blank=True)
    text = models.TextField(_("comment"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    author_name = models.CharField(_("author’s name"), max_length=255)
    at = models.DateTimeField(_("said at"), default=timezone.now, editable=False)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(clause=None) ^ Q(amendment=None), name="comment_is_about_one_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.author_name} · {self.text[:40]}"
