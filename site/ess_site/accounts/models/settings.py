"""What editors decide about signing up."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="user", order=310)
class SignUpSettings(BaseGenericSetting):
    """Who may sign up. An invitation opens the door in every mode."""

    class Mode(models.TextChoices):
        """Who may sign up."""

        OPEN = "open", pgettext_lazy("sign-up", "Anybody")
        APPROVAL = "approval", pgettext_lazy("sign-up", "Anybody, once an editor approves")
        INVITATION = "invitation", pgettext_lazy("sign-up", "Only people who are invited")

    mode = models.CharField(
        _("who may sign up"), max_length=10, choices=Mode.choices, default=Mode.OPEN
    )

    class Meta:
        verbose_name = _("sign-up settings")
        verbose_name_plural = _("sign-up settings")
