"""Private groups: made by moderators, kept by their managers."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Group, Member, Membership, Notification
from ..policy import require
from ..viewer import Viewer
from . import notifications
from .moderation_log import record
from .transactions import action


@action
def save_group(viewer: Viewer, group: Group) -> Group:
    """Make a group, or change its names and descriptions. Raises PermissionDenied."""
    require(viewer, "make_group", group)
    is_new = group.pk is None
    group.save()
    record(viewer, "make_group", group, is_new=is_new)
    return group


@action
def delete_group(viewer: Viewer, group: Group) -> None:
    """Delete a group that no category is for. Raises PermissionDenied and ValidationError."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    require(viewer, "make_group", group)
    if group.categories.exists():
        raise ValidationError(
            _("Categories are for this group: give them to others first."), code="conflict"
        )
    record(viewer, "make_group", group, is_deleted=True)
    group.delete()


@action
def add_members(
    viewer: Viewer, group: Group, members: Iterable[Member], *, are_managers: bool = False
) -> list[Member]:
    """Add members to a group, and tell them. Returns those who are new there.

    Raises PermissionDenied.
    """
    group = _locked(viewer, group)
    new = {member.pk: member for member in members}
    for key in group.memberships.filter(member__in=new).values_list("member", flat=True):
        new.pop(key)
    Membership.objects.bulk_create(
        Membership(group=group, member=member, is_manager=are_managers) for member in new.values()
    )
    _tell(viewer, group, new, "added")
    return list(new.values())


@action
def remove_member(viewer: Viewer, group: Group, member: Member) -> None:
    """Remove a member from a group, and tell them. Raises PermissionDenied."""
    group = _locked(viewer, group)
    if group.memberships.filter(member=member).delete()[0]:
        _tell(viewer, group, [member.pk], "removed")


@action
def set_manager(viewer: Viewer, group: Group, member: Member, *, is_manager: bool) -> None:
    """Let a member of a group manage it, or no more. Raises PermissionDenied."""
    group = _locked(viewer, group)
    changed = group.memberships.filter(member=member, is_manager=not is_manager)
    if changed.update(is_manager=is_manager) and is_manager:
        _tell(viewer, group, [member.pk], "manager")


@action
def leave(viewer: Viewer, group: Group) -> None:
    """Leave a group. Raises PermissionDenied to those who are not in it."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    require(viewer, "leave_group", group)
    group.memberships.filter(member=viewer.me).delete()


def _locked(viewer: Viewer, group: Group) -> Group:
    group = Group.objects.select_for_update().get(pk=group.pk)
    require(viewer, "manage_group", group)
    return group


def _tell(viewer: Viewer, group: Group, members: Iterable[int], event: str) -> None:
    """Tell members, by their keys, what has become of them in the group.

    The names are kept too, in both languages: who is removed reads of a group that they do not
    see any more.
    """
    notifications.tell(
        members,
        Notification.Kind.GROUP,
        actor=viewer.me,
        data={
            "event": event,
            "group": group.pk,
            "name_fr": group.name_fr,
            "name_ar": group.name_ar,
        },
    )
