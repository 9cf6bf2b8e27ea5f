"""The discussion forum, installable in any Wagtail site."""

from django.apps import AppConfig, apps
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "ess_forum"
    label = "ess_forum"
    verbose_name = _("Forum")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what the forum does when something else has changed, or a mail has come."""
        from . import push, receivers

        checks.register(push.check_setting)

        if apps.is_installed("anymail"):
            from anymail import signals

            signals.tracking.connect(receivers.mail_tracked)
            signals.inbound.connect(receivers.mail_received)
