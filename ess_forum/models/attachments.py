"""Images and files that go with posts."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .members import Member
from .posts import Post


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Return where the file is kept: by what nobody guesses, without its name."""
    return f"forum/{attachment.key.hex[:2]}/{attachment.key.hex}"


class Attachment(models.Model):
    """An image or a file that goes with a post; with none while the post is being written.

    Served by a view that asks the policy, never from its address in the storage.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="attachments")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="attachments")
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=255)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    width = models.PositiveIntegerField(null=True)  # of an image
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether it is shown in the post."""
        return self.width is not None
