"""What the site decides about those who leave."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="lock", order=320)
class PrivacySettings(BaseGenericSetting):
    """What becomes of what people wrote in the forum when they leave."""

    class Posts(models.TextChoices):
        """What becomes of it."""

        KEPT = "kept", pgettext_lazy("posts of those who leave", "Kept, without the name")
        REMOVED = "removed", pgettext_lazy("posts of those who leave", "Removed")

    posts = models.CharField(
        _("posts in the forum of those who leave"),
        max_length=10,
        choices=Posts.choices,
        default=Posts.KEPT,
        help_text=_("Everybody reads it before they leave."),
    )

    class Meta:
        verbose_name = _("personal data settings")
        verbose_name_plural = _("personal data settings")
        permissions = [("see_exports", "Can see who took files of personal data")]

    @property
    def keeps_posts(self) -> bool:
        """Whether posts stay."""
        return self.posts == self.Posts.KEPT
