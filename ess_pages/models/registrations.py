"""Who comes to a meeting: registrations, accreditations of the press, messages to them."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..languages import language_choices
from .about import AboutPage
from .records import Sphere, reads_arabic


def new_token() -> str:
    """Return a word that nobody guesses: 128 random bits, in letters that an address may hold."""
    return secrets.token_urlsafe(16)


class Registration(AboutPage):
    """A person's place at a meeting, or on its waiting list."""

    class State(models.TextChoices):
        """Where it stands."""

        CONFIRMED = "confirmed", pgettext_lazy("registration", "Confirmed")
        WAITING = "waiting", pgettext_lazy("registration", "On the waiting list")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    sphere = models.ForeignKey(
        Sphere,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sphere"),
    )
    note = models.CharField(
        _("what the organisers should know"),
        max_length=255,
        blank=True,
        help_text=_("Access, diet, transport… Only the organisers read it."),
    )
    is_listed = models.BooleanField(_("show my name among those who come"), default=False)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    attended_at = models.DateTimeField(_("came at"), null=True, blank=True, editable=False)
    # The first day as the last reminder gave it: a meeting that moves is reminded of again.
    reminded_of = models.DateField(null=True, blank=True, editable=False)
    # Whether the last that they were told is that the meeting is cancelled.
    knows_cancelled = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key", "email"],
                condition=~Q(state="cancelled"),
                name="registered_once_by_address",
            ),
            models.UniqueConstraint(
                fields=["translation_key", "user"],
                condition=~Q(state="cancelled"),
                name="registered_once_by_account",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Accreditation(AboutPage):
    """A journalist's request to cover a meeting."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", pgettext_lazy("accreditation", "Waiting")
        GRANTED = "granted", pgettext_lazy("accreditation", "Granted")
        REFUSED = "refused", pgettext_lazy("accreditation", "Refused")

    name = models.CharField(_("name"), max_length=120)
    media = models.CharField(_("media"), max_length=160)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    press_card = models.CharField(_("press card number"), max_length=40, blank=True)
    needs = models.TextField(
        _("what you need"),
        max_length=1000,
        blank=True,
        help_text=_("Interviews, sound and picture, power, a seat in the room…"),
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
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
    # Whether the last that they were told is that the meeting is cancelled.
    knows_cancelled = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key", "email"], name="accreditation_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.media}"


class MeetingMessage(AboutPage):
    """A message that the organisers of a meeting sent to those registered."""

    subject_fr = models.CharField(_("subject in French"), max_length=160)
    body_fr = models.TextField(_("text in French"), max_length=5000)
    subject_ar = models.CharField(_("subject in Arabic"), max_length=160)
    body_ar = models.TextField(_("text in Arabic"), max_length=5000)
    recipients = models.PositiveIntegerField(_("recipients"), editable=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("sent by"),
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("message to those registered")
        verbose_name_plural = _("messages to those registered")

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """What it is about, in the active language."""
        return self.subject_ar if reads_arabic() else self.subject_fr

    @property
    def body(self) -> str:
        """What it says, in the active language."""
        return self.body_ar if reads_arabic() else self.body_fr
