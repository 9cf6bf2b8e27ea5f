"""The page on which somebody who was at a meeting approves its report, or makes remarks."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions.reviews import answer_review
from ..forms.reviews import ReviewForm
from ..links import version_in
from ..models import MeetingReportPage, ReportReviewer
from ..throttle import is_throttled


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review_report(request: HttpRequest, token: str) -> HttpResponse:
    """Show a report that is out for approval, as it stands, and take the answer of one person."""
    reviewer = get_object_or_404(ReportReviewer.objects.select_related("review"), token=token)
    reports = MeetingReportPage.objects.filter(translation_key=reviewer.review.translation_key)
    report = version_in(reports)
    if report is None:
        raise Http404
    form = ReviewForm(request.POST or None, instance=reviewer)
    status = 200
    if request.method == "POST":
        if is_throttled(request, "answer_review"):
            form.add_error(None, _("Too many attempts: try again in an hour."))
            status = 429
        elif form.is_valid():
            try:
                answer_review(reviewer, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Thank you: your answer has been kept."))
                return redirect(request.path)
    context = {
        "page": report.get_latest_revision_as_object(),
        "own_address": True,
        "reviewer": reviewer,
        "review": reviewer.review,
        "form": form,
    }
    return render(request, "ess_pages/report_review.html", context, status=status)
