"""What editors decide about the forum."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from .categories import Category


@register_setting(icon="comment", order=300)
class ForumSettings(BaseGenericSetting):
    """The limits of the forum."""

    max_post_length = models.PositiveIntegerField(
        _("characters in a post, at most"),
        default=20_000,
        validators=[MinValueValidator(500), MaxValueValidator(200_000)],
    )
    edit_minutes = models.PositiveIntegerField(
        _("minutes during which one may edit one's post"),
        default=0,
        help_text=_("0: at any time. The former versions are always kept."),
    )
    max_upload_megabytes = models.PositiveSmallIntegerField(
        _("megabytes in an attached file, at most"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    upload_extensions = models.CharField(
        _("files that may be attached"),
        max_length=300,
        default="jpg jpeg png webp gif pdf odt ods odp docx xlsx pptx csv txt",
        validators=[RegexValidator(r"\A[a-z0-9]+(?: [a-z0-9]+)*\Z")],
        help_text=_("Endings of file names, in small letters, separated by spaces."),
    )
    max_attachments = models.PositiveSmallIntegerField(_("files in a post, at most"), default=10)
    approved_posts = models.PositiveSmallIntegerField(
        _("first posts that moderators approve"),
        default=1,
        help_text=_("How many posts of a new member wait for approval. 0: none."),
    )
    new_member_links = models.PositiveSmallIntegerField(
        _("links in a post of a new member, at most"), default=2
    )
    new_member_images = models.PositiveSmallIntegerField(
        _("files in a post of a new member, at most"), default=1
    )
    new_member_posts_per_hour = models.PositiveSmallIntegerField(
        _("posts of a new member in an hour, at most"), default=5
    )
    max_mentions = models.PositiveSmallIntegerField(_("mentions in a post, at most"), default=10)
    flags_to_hide = models.PositiveSmallIntegerField(
        _("flags that hide a post until moderators decide"),
        default=3,
        help_text=_("0: flags never hide a post by themselves."),
    )

    discussion_category = models.ForeignKey(
        Category,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category of the threads that discuss a page"),
        help_text=_("Without one, no page can be discussed."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("max_post_length"),
                FieldPanel("edit_minutes"),
                FieldPanel("max_mentions"),
                FieldPanel("discussion_category"),
            ],
            heading=_("Posts"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("max_upload_megabytes"),
                FieldPanel("upload_extensions"),
                FieldPanel("max_attachments"),
            ],
            heading=_("Images and files"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("approved_posts"),
                FieldPanel("new_member_links"),
                FieldPanel("new_member_images"),
                FieldPanel("new_member_posts_per_hour"),
                FieldPanel("flags_to_hide"),
            ],
            heading=_("Moderation"),
        ),
    ]

    class Meta:
        verbose_name = _("forum settings")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
