"""Applications: accounts that wait for an editor's approval."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ess_pages.languages import language_choices


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications, by where they stand."""

    def to_decide(self) -> "ApplicationQuerySet":
        """Return those that wait, of people whose address is confirmed."""
        confirmed = EmailAddress.objects.filter(user=OuterRef("user"), verified=True)
        return self.filter(Exists(confirmed), approved_at=None)


class Application(models.Model):
    """What somebody says who asks for an account. Until it is approved, the account is inactive.

    One that is declined is deleted, and the account with it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="application",
        verbose_name=_("account"),
    )
    presentation = models.TextField(_("presentation"), max_length=1000)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    told_at = models.DateTimeField(_("editors told at"), null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("request for an account")
        verbose_name_plural = _("requests for an account")

    def __str__(self) -> str:
        return str(self.user)
