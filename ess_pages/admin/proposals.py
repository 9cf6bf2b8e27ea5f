"""What members have proposed, in the Wagtail admin.

It is decided in the moderation of the page; where its section has none, the page is published, or
the proposal declined here.
"""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..actions.proposals import decline_proposal
from ..forms.proposals import DeclineForm
from ..models import Proposal
from ..policy import require
from .entry_reports import TextColumn


class PublishersMenuItem(MenuItem):
    """A way for those who may publish pages."""

    def is_shown(self, request) -> bool:
        """Return whether the user may."""
        return PagePermissionPolicy().user_has_permission(request.user, "publish")


def menu_item() -> SubmenuMenuItem:
    """Return the entry of the admin's menu for what comes from the public."""
    proposals = PublishersMenuItem(
        _("Proposals"),
        reverse("ess_pages_proposals"),
        name="proposals",
        icon_name="edit",
        order=10,
    )
    reports = PublishersMenuItem(
        _("Problems reported"),
        reverse("ess_pages_entry_reports"),
        name="entry-reports",
        icon_name="warning",
        order=20,
    )
    return SubmenuMenuItem(
        pgettext_lazy("menu of the admin", "Contributions"),
        Menu(items=[proposals, reports]),
        name="contributions",
        icon_name="mail",
        order=320,
    )


class DeclineColumn(Column):
    """Where a proposal that no moderation holds is declined."""

    cell_template_name = "ess_pages/admin/decline_cell.html"


class ProposalFilter(WagtailFilterSet):
    """Proposals by kind and by what became of them."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=Proposal.State.choices,
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=Proposal.Kind.choices,
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Proposal
        fields: list[str] = []


class ProposalsReport(ReportView):
    """The proposals about the pages that the user may publish, and about those that are gone."""

    page_title = _("Proposals")
    header_icon = "edit"
    index_url_name = "ess_pages_proposals"
    index_results_url_name = "ess_pages_proposals_results"
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["publish"]
    filterset_class = ProposalFilter
    is_searchable = True
    search_fields = ["title"]
    default_ordering = "-created_at"
    columns = [
        TitleColumn(
            "title",
            label=_("Title"),
            sort_key="title",
            get_url=lambda proposal: (
                proposal.page_id and reverse("wagtailadmin_pages:edit", args=[proposal.page_id])
            ),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("author", label=_("Author")),
        Column("language", label=_("Language"), accessor="get_language_display"),
        DateColumn("created_at", label=_("Proposed at"), sort_key="created_at"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda proposal: proposal.state == Proposal.State.WAITING,
            sort_key="state",
        ),
        TextColumn("note", label=_("For the editors")),
        DeclineColumn(
            "decline",
            label=_("Decision"),
            accessor=lambda proposal: (
                proposal.is_undecided and reverse("ess_pages_decline_proposal", args=[proposal.pk])
            ),
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Proposal]:
        """Return the proposals that are for the user to decide, or that were."""
        policy = PagePermissionPolicy()
        mine = policy.instances_user_has_permission_for(self.request.user, "publish")
        about_mine = Q(page__in=mine.values("pk")) | Q(page=None)
        return Proposal.objects.filter(about_mine).select_related(
            "author", "page", "workflow_state"
        )


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a proposal that no moderation holds, with a reason for its author."""
    proposal = get_object_or_404(Proposal.objects.select_related("author", "page"), pk=pk)
    require(request.user, "decline_proposal", proposal)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_proposal(request.user, proposal, form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, gettext("The proposal is declined, and its author told."))
            return redirect("ess_pages_proposals")
    context = {
        "proposal": proposal,
        "form": form,
        "header_title": proposal.title,
        "header_icon": "edit",
        "breadcrumbs_items": [
            {"url": reverse("ess_pages_proposals"), "label": _("Proposals")},
            {"url": "", "label": proposal.title},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/decline_proposal.html", context)


urlpatterns = [
    path("proposals/", ProposalsReport.as_view(), name="ess_pages_proposals"),
    path(
        "proposals/results/",
        ProposalsReport.as_view(results_only=True),
        name="ess_pages_proposals_results",
    ),
    path("proposals/<int:pk>/decline/", decline, name="ess_pages_decline_proposal"),
]
