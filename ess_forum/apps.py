"""The discussion forum, installable in any Wagtail site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "ess_forum"
    label = "ess_forum"
    verbose_name = _("Forum")
    default_auto_field = "django.db.models.BigAutoField"
