"""What members and visitors tell the editors about an entry, and who keeps it up to date."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page, Revision, WorkflowState

from ..languages import language_choices
from .about import AboutPage


class Proposal(models.Model):
    """A new entry, or a correction to one, that a member has put to the editors.

    What is proposed is a revision of a page, in moderation; this keeps who proposed it and what
    became of it.
    """

    class Kind(models.TextChoices):
        """What is proposed."""

        NEW = "new", _("New entry")
        CORRECTION = "correction", _("Correction")

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("proposal", "Waiting")
        ACCEPTED = "accepted", pgettext_lazy("proposal", "Published")
        DECLINED = "declined", pgettext_lazy("proposal", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("author"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=255)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    page = models.ForeignKey(
        Page, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("page")
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("revision")
    )
    workflow_state = models.ForeignKey(
        WorkflowState,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("moderation"),
    )
    note = models.TextField(
        _("for the editors"),
        max_length=1000,
        blank=True,
        help_text=_("How you know it, what you changed: only the editors read this."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    answer = models.TextField(_("the editors’ answer"), blank=True)
    created_at = models.DateTimeField(_("proposed at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")

    def __str__(self) -> str:
        return self.title

    @property
    def is_in_moderation(self) -> bool:
        """Whether Wagtail's moderation holds it."""
        active = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
        return bool(self.workflow_state and self.workflow_state.status in active)

    @property
    def is_undecided(self) -> bool:
        """Whether it waits for the editors, and in no moderation."""
        waits = self.state == self.State.WAITING
        return bool(waits and self.page and not self.is_in_moderation)


class EntryReport(AboutPage):
    """A visitor's word that something is wrong with an entry."""

    class Reason(models.TextChoices):
        """What is wrong."""

        CLOSED = "closed", _("It no longer exists")
        WRONG = "wrong", _("Something in it is wrong")
        DOUBLE = "double", _("It is there twice")
        NOT_ESS = "not_ess", _("It is not part of the social and solidarity economy")

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("report of an entry", "Waiting")
        DONE = "done", pgettext_lazy("report of an entry", "Put right")
        DISMISSED = "dismissed", pgettext_lazy("report of an entry", "Dismissed")

    reason = models.CharField(_("what is wrong"), max_length=10, choices=Reason.choices)
    detail = models.TextField(_("details"), max_length=1000, blank=True)
    email = models.EmailField(
        _("your e-mail address"), blank=True, help_text=_("If you want an answer.")
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("reported at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("report of an entry")
        verbose_name_plural = _("reports of entries")

    def __str__(self) -> str:
        return self.get_reason_display()


class Representative(AboutPage):
    """A member who may edit the page of one actor, and is asked whether it is still true."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    appointed_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["appointed_at", "pk"]
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key", "user"], name="representative_appointed_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class Confirmation(AboutPage):
    """That an entry's representative was asked whether it is still true, and answered."""

    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
