"""What people ask to be corrected, in the Wagtail admin."""

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from ..actions.corrections import answer_correction
from ..forms import AnswerForm
from ..models import CorrectionRequest
from ..policy import require
from ..throttle import is_throttled


class CorrectionsReport(ReportView):
    """Who asks for what, those that wait first."""

    page_title = gettext_lazy("Corrections of personal data")
    header_icon = "edit"
    index_url_name = "privacy_corrections"
    index_results_url_name = "privacy_corrections_results"
    permission_policy = ModelPermissionPolicy(CorrectionRequest)
    any_permission_required = ["change"]
    columns = [
        TitleColumn(
            "user",
            label=gettext_lazy("Account"),
            get_url=lambda item: reverse("privacy_correction", args=[item.pk]),
        ),
        Column(
            "text",
            label=gettext_lazy("What should be corrected"),
            accessor=lambda item: Truncator(item.text).chars(100),
        ),
        DateColumn("asked_at", label=gettext_lazy("Asked at")),
        DateColumn("answered_at", label=gettext_lazy("Answered at")),
    ]

    def get_base_queryset(self) -> QuerySet[CorrectionRequest]:
        """Return all requests."""
        waiting_first = F("answered_at").desc(nulls_first=True)
        requests = CorrectionRequest.objects.select_related("user")
        return requests.order_by(waiting_first, "asked_at")


def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what somebody asks, and answer it."""
    require(request.user, "answer_correction")
    found = get_object_or_404(CorrectionRequest.objects.select_related("user"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and is_throttled(request, "answer_correction"):
        form.add_error(None, _("That is a lot at once: try again in an hour."))
    elif form.is_valid():
        try:
            answer_correction(request.user, found, form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error(None, error)  # another editor was quicker: what was typed is kept
        else:
            messages.success(request, _("The person is told by mail."))
            return redirect("privacy_corrections")
    context = {
        "correction": found,
        "form": form,
        "header_title": str(found),
        "header_icon": "edit",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("privacy_corrections"), "label": _("Corrections of personal data")},
            {"url": "", "label": str(found)},
        ],
    }
    return TemplateResponse(request, "privacy/admin/correction.html", context)


urlpatterns = [
    path("corrections/", CorrectionsReport.as_view(), name="privacy_corrections"),
    path(
        "corrections/results/",
        CorrectionsReport.as_view(results_only=True),
        name="privacy_corrections_results",
    ),
    path("corrections/<int:pk>/", correction, name="privacy_correction"),
]
