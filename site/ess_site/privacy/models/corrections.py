"""What people ask the editors to correct, where they cannot do it themselves."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ess_pages.languages import language_choices


class CorrectionRequest(models.Model):
    """Somebody says what is wrong in what the portal knows of them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="correction_requests",
        verbose_name=_("account"),
    )
    text = models.TextField(_("what should be corrected"), max_length=2000)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    answer = models.TextField(
        _("answer"), max_length=2000, help_text=_("The person reads it in the mail.")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for a correction")

    def __str__(self) -> str:
        return str(self.user)
