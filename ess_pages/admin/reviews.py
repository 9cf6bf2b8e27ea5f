"""The report of a meeting in the Wagtail admin: written, sent for approval, published."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import Button

from ..actions.reviews import approve_report, open_review, write_report
from ..forms.reviews import OpenReviewForm
from ..models import MeetingPage, MeetingReportPage, ReportReview
from ..policy import allows, require


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who says what of a report; send it for approval."""
    report = get_object_or_404(MeetingReportPage.objects.select_related("locale"), pk=pk)
    require(request.user, "review_report", report)
    form = OpenReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            open_review(request.user, report, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The report has been sent for approval."))
            return redirect(request.path)
    current = ReportReview.objects.about(report).first()
    context = {
        "report": report,
        "review": current,
        "reviewers": current.reviewers.all() if current else [],
        "form": form,
        "header_title": _("Approval"),
        "header_icon": "check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_pages:edit", args=[pk]), "label": report.title},
            {"url": "", "label": _("Approval")},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/review.html", context)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a report as approved."""
    report = get_object_or_404(MeetingReportPage, pk=pk)
    try:
        approve_report(request.user, report)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The report has been published as approved."))
    return redirect("ess_pages_review", pk)


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the report of a meeting, of what is known of it, and go to it."""
    meeting = get_object_or_404(MeetingPage.objects.select_related("locale"), pk=pk)
    require(request.user, "write_report", meeting)
    if request.method == "POST":
        return redirect("wagtailadmin_pages:edit", write_report(request.user, meeting).pk)
    context = {
        "meeting": meeting,
        "header_title": _("Write the report"),
        "header_icon": "doc-empty",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_pages:edit", args=[pk]), "label": meeting.title},
            {"url": "", "label": _("Write the report")},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/write_report.html", context)


def report_buttons(page, user, view_name, next_url=None):
    """Yield, for a meeting, the way to its report; for a report, the way to its approval."""
    page = page.specific
    if isinstance(page, MeetingPage) and allows(user, "write_report", page):
        yield Button(
            _("Write the report"),
            reverse("ess_pages_write_report", args=[page.pk]),
            icon_name="doc-empty",
            priority=35,
        )
    if isinstance(page, MeetingReportPage) and allows(user, "review_report", page):
        yield Button(
            _("Approval"),
            reverse("ess_pages_review", args=[page.pk]),
            icon_name="check",
            priority=35,
        )


def keep_for_approval(request: HttpRequest, page) -> HttpResponse | None:
    """Stop a report that is out for approval from being published before its time."""
    if not isinstance(page, MeetingReportPage):
        return None
    if not ReportReview.objects.about(page).filter(approved_at=None).exists():
        return None
    messages.error(
        request,
        _("This report is out for approval: it is published from the page “Approval”."),
        buttons=[messages.button(reverse("ess_pages_review", args=[page.pk]), _("Approval"))],
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


urlpatterns = [
    path("reports/<int:pk>/approval/", review, name="ess_pages_review"),
    path("reports/<int:pk>/approve/", approve, name="ess_pages_approve_report"),
    path("meetings/<int:pk>/report/", write, name="ess_pages_write_report"),
]
