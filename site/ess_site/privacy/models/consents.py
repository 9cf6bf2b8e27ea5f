"""What people consent to, each version as it was published, and that they did."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from ess_ground.kept import KeptRecord
from ess_pages.languages import language_choices

FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


class ConsentText(KeptRecord):
    """How the portal uses personal data: a version, which nobody alters once it is published."""

    number = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    body_fr = RichTextField(_("text in French"), features=FEATURES)
    body_ar = RichTextField(_("text in Arabic"), features=FEATURES)
    asks_anew = models.BooleanField(
        _("ask everybody anew"),
        default=True,
        help_text=_(
            "Members are asked at their next visit. Untick it where only the wording is better."
        ),
    )
    published_at = models.DateTimeField(_("published at"), default=timezone.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        ordering = ["-number"]
        verbose_name = _("text on personal data")
        verbose_name_plural = _("texts on personal data")

    def __str__(self) -> str:
        return str(_("Version {number}")).format(number=self.number)

    @property
    def body(self) -> str:
        """What it says, in the active language."""
        return self.body_ar if (get_language() or "").startswith("ar") else self.body_fr


class Consent(KeptRecord):
    """Somebody has agreed to a version of the text, which they read in this language."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="consents",
        verbose_name=_("account"),
    )
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, related_name="consents", verbose_name=_("text")
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    given_at = models.DateTimeField(
        pgettext_lazy("consent", "given at"), default=timezone.now, editable=False
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = pgettext_lazy("personal data", "consent")
        verbose_name_plural = pgettext_lazy("personal data", "consents")
        constraints = [
            models.UniqueConstraint(fields=["user", "text"], name="consent_given_once"),
        ]

    def __str__(self) -> str:
        return str(self.text)
