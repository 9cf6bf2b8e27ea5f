"""Invitations: people whom an editor asks to join, each by a link of their own."""

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ess_pages.languages import language_choices

SIGNER = signing.Signer(salt="ess_site.accounts.invitation")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, by where they stand."""

    def in_state(self, state: str) -> "InvitationQuerySet":
        """Return those in this state, one of `Invitation.State`."""
        states = Invitation.State
        joined, withdrawn = Q(joined_at__isnull=False), Q(withdrawn_at__isnull=False)
        expired = Q(expires_at__lte=timezone.now())
        return self.filter(
            {
                states.WAITING: ~joined & ~withdrawn & ~expired,
                states.JOINED: joined,
                states.EXPIRED: ~joined & ~withdrawn & expired,
                states.WITHDRAWN: ~joined & withdrawn,
            }[states(state)]
        )

    def with_key(self, key: str) -> "Invitation | None":
        """Return the invitation whose latest link holds this key, in whatever state it is."""
        try:
            pk, times_sent = SIGNER.unsign_object(key)
        except signing.BadSignature:
            return None
        return self.filter(pk=pk, times_sent=times_sent).first()


class Invitation(models.Model):
    """An invitation to join, by a link that names the person and works once, for some time."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", pgettext_lazy("invitation", "Waiting")
        JOINED = "joined", pgettext_lazy("invitation", "Joined")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "Withdrawn")

    email = models.EmailField(_("e-mail address"), unique=True)
    name_latin = models.CharField(_("name in Latin script"), max_length=150, blank=True)
    name_arabic = models.CharField(_("name in Arabic script"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    # A link holds this number: once the invitation is sent again, the former link is void.
    times_sent = models.PositiveSmallIntegerField(_("times sent"), default=1)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    joined_at = models.DateTimeField(_("joined at"), null=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="invitation",
        verbose_name=_("account"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def name(self) -> str:
        """The name in the script of the active language, or else in the other."""
        names = [self.name_latin, self.name_arabic]
        if (get_language() or "").startswith("ar"):
            names.reverse()
        return names[0] or names[1]

    @property
    def own_name(self) -> str:
        """The name in the script of the person's own language, or else in the other."""
        with translation.override(self.language):
            return self.name

    @property
    def state(self) -> "Invitation.State":
        """Where it stands now."""
        if self.joined_at:
            return self.State.JOINED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.WAITING

    @property
    def is_open(self) -> bool:
        """Whether its link leads to an account."""
        return self.state == self.State.WAITING

    @property
    def key(self) -> str:
        """What the latest link holds: nobody else can make it."""
        return SIGNER.sign_object([self.pk, self.times_sent])

    @property
    def path(self) -> str:
        """The path of the link, in the person's language."""
        with translation.override(self.language):
            return reverse("accounts:invitation", args=[self.key])
