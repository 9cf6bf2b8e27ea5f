"""The reference portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "ess_site"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from . import chrome, integration, page_news  # noqa: F401
