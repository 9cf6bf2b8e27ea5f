"""Images and files are uploaded, go with a post, and are cleared away where they never did."""

from datetime import timedelta
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import uploads
from ..models import Attachment, Draft
from ..policy import require
from ..viewer import Viewer
from .transactions import action

# What is being written may take its time; what nobody has posted by then is cleared away.
KEPT_UNPOSTED = timedelta(days=1)
MAX_UNPOSTED = 30


def upload(viewer: Viewer, file: UploadedFile) -> Attachment:
    """Keep a file of the viewer's for a post that is being written, and return it.

    Raises PermissionDenied, and ValidationError with what is wrong with the file.
    """
    require(viewer, "upload")
    if Attachment.objects.filter(member=viewer.me, post=None).count() >= MAX_UNPOSTED:
        raise ValidationError(_("You have many files that wait for a post: post them first."))
    taken = uploads.checked(file, viewer.limits)
    attachment = Attachment(
        member=viewer.me,
        name=taken.name,
        content_type=taken.content_type,
        size=taken.content.size,
        width=taken.width,
        height=taken.height,
    )
    attachment.file.save(taken.name, taken.content, save=False)
    try:
        action(attachment.save)()
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment


def markdown(attachment: Attachment) -> str:
    """Return what shows the file in the text of a post."""
    name = attachment.name.replace("\\", "").replace("[", "").replace("]", "")
    sign = "!" if attachment.is_image else ""
    return f"{sign}[{name}](forum:files/{attachment.key}/{quote(attachment.name)}/)"


def clear() -> int:
    """Delete the files that no post and no draft has taken in a day, and return how many."""
    old = Attachment.objects.filter(post=None, created_at__lt=timezone.now() - KEPT_UNPOSTED)
    in_drafts: dict[int, str] = {}
    count = 0
    for attachment in old.iterator():
        if attachment.member_id not in in_drafts:
            drafts = Draft.objects.filter(member=attachment.member_id)
            in_drafts[attachment.member_id] = " ".join(
                str(data) for data in drafts.values_list("data", flat=True)
            )
        if str(attachment.key) not in in_drafts[attachment.member_id]:
            count += _delete_unposted(attachment.pk)
    return count


@action
def _delete_unposted(pk: int) -> int:
    unposted = Attachment.objects.select_for_update().filter(pk=pk, post=None).first()
    if unposted is None:  # it was posted this very moment
        return 0
    unposted.delete()
    return 1
