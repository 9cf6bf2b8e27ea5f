"""Accounts that wait for approval, in the Wagtail admin."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from ..actions.applications import approve, decline
from ..forms import DeclineForm
from ..models import Application
from ..policy import require
from ..throttle import is_throttled


class ApplicationsReport(ReportView):
    """Who waits, with a confirmed address: others may be anybody's."""

    page_title = gettext_lazy("Accounts to approve")
    header_icon = "user"
    index_url_name = "accounts_applications"
    index_results_url_name = "accounts_applications_results"
    permission_policy = ModelPermissionPolicy(Application)
    any_permission_required = ["change"]
    default_ordering = "asked_at"
    columns = [
        TitleColumn(
            "user",
            label=gettext_lazy("E-mail address"),
            get_url=lambda item: reverse("accounts_application", args=[item.pk]),
        ),
        Column("presentation", label=gettext_lazy("Presentation")),
        Column("language", label=gettext_lazy("Language"), accessor="get_language_display"),
        DateColumn("asked_at", label=gettext_lazy("Asked at"), sort_key="asked_at"),
    ]

    def get_base_queryset(self) -> QuerySet[Application]:
        """Return the applications that are to be decided."""
        return Application.objects.to_decide().select_related("user")


def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application; approve it, or decline it with a reason."""
    require(request.user, "decide_application")
    found = Application.objects.select_related("user").filter(pk=pk).first()
    if found is None:  # it was declined, perhaps by the first of two clicks
        messages.error(request, _("This request has been decided already."))
        return redirect("accounts_applications")
    is_declined = "decline" in request.POST
    form = DeclineForm(request.POST if is_declined else None)
    if request.method == "POST" and is_throttled(request, "decide_application"):
        messages.error(request, _("That is a lot at once: try again in an hour."))
    elif request.method == "POST" and (not is_declined or form.is_valid()):
        return _decide(request, found, form.cleaned_data["reason"] if is_declined else None)
    context = {
        "application": found,
        "form": form,
        "header_title": str(found),
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("accounts_applications"), "label": _("Accounts to approve")},
            {"url": "", "label": str(found)},
        ],
    }
    return TemplateResponse(request, "accounts/admin/application.html", context)


def _decide(request: HttpRequest, found: Application, reason: str | None) -> HttpResponse:
    try:
        if reason is None:
            approve(request.user, found)
        else:
            decline(request.user, found, reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The decision is noted, and the person is told by mail."))
    return redirect("accounts_applications")


urlpatterns = [
    path("applications/", ApplicationsReport.as_view(), name="accounts_applications"),
    path(
        "applications/results/",
        ApplicationsReport.as_view(results_only=True),
        name="accounts_applications_results",
    ),
    path("applications/<int:pk>/", application, name="accounts_application"),
]
