"""What visitors have reported about entries, in the Wagtail admin."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..actions.entry_reports import decide_entry_report
from ..forms.entry_reports import DecisionForm
from ..models import EntryReport
from ..policy import require


class TextColumn(Column):
    """What somebody wrote, in whichever language."""

    cell_template_name = "ess_pages/admin/text_cell.html"


class EntryReportFilter(WagtailFilterSet):
    """Reports by what is wrong and by what became of them."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=EntryReport.State.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    reason = django_filters.ChoiceFilter(
        label=gettext_lazy("What is wrong"),
        choices=EntryReport.Reason.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = EntryReport
        fields: list[str] = []


class EntryReportsReport(ReportView):
    """The reports about the entries that the user may publish, and about those that are gone."""

    page_title = gettext_lazy("Problems reported")
    header_icon = "warning"
    index_url_name = "ess_pages_entry_reports"
    index_results_url_name = "ess_pages_entry_reports_results"
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["publish"]
    filterset_class = EntryReportFilter
    default_ordering = "-created_at"
    columns = [
        TitleColumn(
            "entry",
            label=gettext_lazy("Entry"),
            accessor=lambda report: report.page or _("Deleted entry"),
            get_url=lambda report: reverse("ess_pages_decide_entry_report", args=[report.pk]),
        ),
        Column("reason", label=gettext_lazy("What is wrong"), accessor="get_reason_display"),
        TextColumn("detail", label=gettext_lazy("Details")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda report: report.state == EntryReport.State.WAITING,
        ),
        DateColumn("created_at", label=gettext_lazy("Reported at"), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> QuerySet[EntryReport]:
        """Return the reports that are for the user to decide."""
        policy = PagePermissionPolicy()
        mine = policy.instances_user_has_permission_for(self.request.user, "publish")
        there = Page.objects.filter(translation_key=OuterRef("translation_key"))
        return EntryReport.objects.filter(
            Q(translation_key__in=mine.values("translation_key")) | ~Exists(there)
        )

    def get_table(self, object_list):
        """Return the table; its rows know their entry."""
        return super().get_table(object_list.with_pages(Page.objects.all()))


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report, and say what has been done about it."""
    report = get_object_or_404(EntryReport.objects.select_related("decided_by"), pk=pk)
    require(request.user, "decide_entry_report", report)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_entry_report(request.user, report, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The decision is noted."))
            return redirect("ess_pages_entry_reports")
    context = {
        "report": report,
        "pages": report.pages().select_related("locale"),
        "form": form,
        "header_title": report.get_reason_display(),
        "header_icon": "warning",
        "breadcrumbs_items": [
            {"url": reverse("ess_pages_entry_reports"), "label": _("Problems reported")},
            {"url": "", "label": report.get_reason_display()},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/entry_report.html", context)


urlpatterns = [
    path("entry-reports/", EntryReportsReport.as_view(), name="ess_pages_entry_reports"),
    path(
        "entry-reports/results/",
        EntryReportsReport.as_view(results_only=True),
        name="ess_pages_entry_reports_results",
    ),
    path("entry-reports/<int:pk>/", decide, name="ess_pages_decide_entry_report"),
]
