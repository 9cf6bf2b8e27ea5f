"""Joining the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "ess_site.accounts"
    label = "accounts"
    verbose_name = _("Joining")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
