"""Who took files of personal data, in the Wagtail admin; and the history that notes it, too."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.reports.audit_logging import (
    LogEntriesView,
    SiteHistoryReportFilterSet,
    get_actions_for_filter,
)

from ess_ground.exports import MARK, NotedExport

from ..models import PrivacySettings
from ..policy import allows


class NotedHistory(NotedExport, LogEntriesView):
    """Wagtail's history of the site, which names people: whoever takes it as a file is noted."""

    export_action = "privacy.export_history"

    def export_about(self) -> PrivacySettings:
        """Return what stands for the portal as a whole."""
        return PrivacySettings.load()


class ExportFilter(SiteHistoryReportFilterSet):
    """Exports by what they are of, by user and by date."""

    is_commenting_action = None
    object_type = None

    def get_action_choices(self) -> list[tuple[str, Any]]:
        """Return the exports among the actions."""
        return [each for each in get_actions_for_filter(self.request.user) if MARK in each[0]]


class ExportsReport(NotedHistory):
    """Who took which file of personal data, when, with how many rows."""

    page_title = _("Exports of personal data")
    header_icon = "download"
    filterset_class = ExportFilter
    index_url_name = "privacy_exports"
    index_results_url_name = "privacy_exports_results"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Refuse whoever may not see it."""
        if not allows(request.user, "see_exports"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def filter_queryset(self, queryset):
        """Return the exports among the entries of a log."""
        return super().filter_queryset(queryset.filter(action__contains=MARK))


urlpatterns = [
    path("exports/", ExportsReport.as_view(), name="privacy_exports"),
    path(
        "exports/results/", ExportsReport.as_view(results_only=True), name="privacy_exports_results"
    ),
]
