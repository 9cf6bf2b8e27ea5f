"""Members and the measures against them, in the Wagtail admin."""

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from ..models import Member, Sanction
from ..policy import require
from ..viewer import Viewer
from ..views import moderation as pages
from .log import TextColumn
from .menu import HOOK
from .permissions import LOOK, MODERATE, ForumPolicy


class MemberIndexView(IndexView):
    """Members: each leads to their record."""

    def get_edit_url(self, instance: Member) -> str:
        """Return where a member's record is."""
        return reverse("ess_forum_member", args=[instance.pk])


class MemberViewSet(ModelViewSet):
    """The members of the forum."""

    model = Member
    name = "forum_members"
    url_prefix = "forum/members"
    icon = "user"
    menu_label = gettext_lazy("Members")
    menu_name = "forum-members"
    menu_order = 30
    menu_hook = HOOK
    index_view_class = MemberIndexView
    copy_view_enabled = False
    list_display = [
        "name",
        "handle",
        Column(
            "trust",
            label=gettext_lazy("Trust"),
            accessor="get_trust_display",
            sort_key="trust",
        ),
        Column("post_count", label=gettext_lazy("Posts"), sort_key="post_count"),
        DateColumn("joined_at", label=gettext_lazy("Joined at"), sort_key="joined_at"),
    ]
    list_filter = ["trust", "is_trust_kept", "is_banned"]
    search_fields = ["name", "handle", f"user__{get_user_model().get_email_field_name()}"]
    form_fields = ["name"]
    permission_policy = ForumPolicy(Member, MODERATE, LOOK)


class SanctionIndexView(IndexView):
    """Measures: each leads to the record of the member."""

    def get_edit_url(self, instance: Sanction) -> str:
        """Return where the member's record is."""
        return reverse("ess_forum_member", args=[instance.member_id])

    def get_base_queryset(self):
        """Return the measures, each with whom it is against and by."""
        return super().get_base_queryset().select_related("member", "made_by")


class SanctionViewSet(ModelViewSet):
    """The measures that moderators have taken."""

    model = Sanction
    name = "forum_sanctions"
    url_prefix = "forum/measures"
    icon = "warning"
    menu_label = gettext_lazy("Measures")
    menu_name = "forum-sanctions"
    menu_order = 40
    menu_hook = HOOK
    index_view_class = SanctionIndexView
    copy_view_enabled = False
    list_display = [
        TitleColumn(
            "member",
            label=gettext_lazy("Member"),
            get_url=lambda sanction: reverse("ess_forum_member", args=[sanction.member_id]),
        ),
        Column("kind", label=gettext_lazy("Measure"), accessor="get_kind_display"),
        TextColumn("reason", label=gettext_lazy("Reason")),
        DateColumn("made_at", label=gettext_lazy("Decided at"), sort_key="made_at"),
        DateColumn("until", label=gettext_lazy("Until"), sort_key="until"),
        DateColumn("lifted_at", label=gettext_lazy("Lifted at"), sort_key="lifted_at"),
        TextColumn("made_by", label=gettext_lazy("Moderator")),
    ]
    list_filter = ["kind", "made_by"]
    search_fields = ["reason", "member__name", "member__handle"]
    form_fields = ["reason"]
    permission_policy = ForumPolicy(Sanction, MODERATE, LOOK)


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a member's record, and take measures against them or set their trust."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    found = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    context = pages.record_page(request, viewer, found)
    if context is None:
        return redirect("ess_forum_member", pk)
    context |= {
        "header_title": found.name,
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("forum_members:index"), "label": _("Members")},
            {"url": "", "label": found.name},
        ],
    }
    template = "ess_forum/admin/member.html"
    return TemplateResponse(request, template, context, status=context["status"])


urlpatterns = [path("members/<int:pk>/record/", member, name="ess_forum_member")]
