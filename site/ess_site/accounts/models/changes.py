"""Changes of address: confirmed at the new address and allowed from the old one."""

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SIGNER = signing.Signer(salt="ess_site.accounts.email_change")


class EmailChangeQuerySet(models.QuerySet["EmailChange"]):
    """Changes of address."""

    def with_key(self, key: str) -> "EmailChange | None":
        """Return the change whose link holds this key, while it is pending."""
        try:
            pk = SIGNER.unsign_object(key)
        except signing.BadSignature:
            return None
        return self.filter(pk=pk, address__verified=False).select_related("address__user").first()


class EmailChange(models.Model):
    """The change to an address that is not yet confirmed; it goes when that address goes."""

    address = models.OneToOneField(
        EmailAddress,
        on_delete=models.CASCADE,
        related_name="change",
        verbose_name=_("new address"),
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    is_confirmed = models.BooleanField(_("confirmed at the new address"), default=False)
    is_allowed = models.BooleanField(_("allowed from the old address"), default=False)

    objects = EmailChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return str(self.address)

    @property
    def key(self) -> str:
        """What the link holds that goes to the old address."""
        return SIGNER.sign_object(self.pk)
