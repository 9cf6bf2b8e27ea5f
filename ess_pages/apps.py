"""Page types of the social and solidarity economy, installable in any Wagtail site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "ess_pages"
    label = "ess_pages"
    verbose_name = _("Social and solidarity economy")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals  # noqa: F401
        from .admin.notifications import replace_notifiers
        from .publishing import publish_in_one_transaction

        publish_in_one_transaction()
        replace_notifiers()
