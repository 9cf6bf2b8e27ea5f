"""A person's rights over what the portal knows of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "ess_site.privacy"
    label = "privacy"
    verbose_name = _("Personal data")
