"""The private groups of the forum in the Wagtail admin. Who is in one is seen on its page."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from ..actions import groups as verbs
from ..forms.groups import GroupForm
from ..models import Group
from ..viewer import Viewer
from .acting import ByActionCreateView, ByActionDeleteView, ByActionEditView
from .menu import HOOK
from .permissions import KEEP, MODERATE, ForumPolicy


def _members_of(group: Any) -> SafeString:
    """Return how many members a group has, as a link to where they are seen and removed."""
    return format_html(
        '<a href="{}">{}</a>', reverse("ess_forum:group", args=[group.pk]), group.member_number
    )


class GroupIndexView(IndexView):
    """The private groups."""

    def get_base_queryset(self) -> QuerySet[Group]:
        """Return the groups, each with how many members it has."""
        return Group.objects.annotate(member_number=Count("memberships")).order_by("pk")

    @cached_property
    def columns(self) -> list[Column]:
        """The name, and how many members there are."""
        return [
            self._get_title_column_class(TitleColumn)(
                "name", label=_("Private group"), get_url=self.get_edit_url
            ),
            Column("members", label=_("Members"), accessor=_members_of),
        ]


class SavesGroup:
    """Saves a group, and adds members, by the forum's actions."""

    @staticmethod
    def act(viewer: Viewer, form: GroupForm) -> Group:
        """Save the group that the form holds, and add members to it."""
        group = verbs.save_group(viewer, form.instance)
        verbs.add_members(viewer, group, form.cleaned_data["managers"], are_managers=True)
        verbs.add_members(viewer, group, form.cleaned_data["members"])
        return group


class GroupCreateView(SavesGroup, ByActionCreateView):
    """Makes a group."""


class GroupEditView(SavesGroup, ByActionEditView):
    """Changes a group."""


class GroupDeleteView(ByActionDeleteView):
    """Deletes a group that no category is for."""

    act = staticmethod(verbs.delete_group)


class GroupViewSet(ModelViewSet):
    """The private groups."""

    model = Group
    name = "forum_groups"
    url_prefix = "forum/groups"
    icon = "group"
    menu_label = gettext_lazy("Private groups")
    menu_name = "forum-groups"
    menu_order = 20
    menu_hook = HOOK
    index_view_class = GroupIndexView
    add_view_class = GroupCreateView
    edit_view_class = GroupEditView
    delete_view_class = GroupDeleteView
    copy_view_enabled = False
    add_to_reference_index = False
    search_fields = ["name_fr", "name_ar"]
    permission_policy = ForumPolicy(Group, MODERATE, KEEP)

    def get_form_class(self, for_update=False):
        """Return the form of a group."""
        return GroupForm
