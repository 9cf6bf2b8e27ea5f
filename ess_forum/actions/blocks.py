"""Members decide whom they do not want to read, nor to hear from."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Block, Member
from ..policy import require
from ..viewer import Viewer
from .transactions import action


@action
def block(viewer: Viewer, member: Member) -> None:
    """Block a member: no notifications and no messages from them. Raises PermissionDenied."""
    require(viewer, "block_member", member)
    Block.objects.get_or_create(member=viewer.me, blocked=member)


@action
def unblock(viewer: Viewer, member: Member) -> None:
    """Take a block back. Raises PermissionDenied."""
    require(viewer, "block_member", member)
    Block.objects.filter(member=viewer.me, blocked=member).delete()


def refuse_unwelcome(viewer: Viewer, members: Iterable[int]) -> None:
    """Raise ValidationError where one of these members, by their keys, has blocked the viewer."""
    if viewer.me.blocked_by.filter(member__in=members).exists():
        raise ValidationError({"members": _("One of them takes no messages from you.")})
