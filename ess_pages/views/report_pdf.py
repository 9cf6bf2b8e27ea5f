"""The report of a meeting as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale
from wagtail.wagtail_hooks import check_view_restrictions

from ..models import MeetingReportPage, ReportReview
from ..pdf import respond
from ..pdf.report import Report


@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a published report of the active language to whoever may read its page."""
    reports = MeetingReportPage.objects.live().filter(locale=Locale.get_active())
    page = get_object_or_404(reports.select_related("locale"), pk=pk)
    return check_view_restrictions(_send)(page, request, [], {})


def _send(page: MeetingReportPage, request: HttpRequest, _args, _kwargs) -> HttpResponse:
    report = Report(page, _status(page))
    name = f"{page.slug}.pdf"
    response = respond(request, report.template, report.data, report.pictures.files, name)
    if page.full_url:
        response["Link"] = f'<{page.full_url}>; rel="canonical"'
    return response


def _status(page: MeetingReportPage) -> str:
    """Return what a reader must know of a report that those who were there have not approved."""
    if ReportReview.objects.about(page).filter(approved_at=None).exists():
        return _("This report is out for approval: it may still change.")
    return ""
