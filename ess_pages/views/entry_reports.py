"""Visitors report what is wrong with an entry."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..actions.entry_reports import report_entry
from ..forms.entry_reports import EntryReportForm
from ..models import EntryReport
from .entries import attempt, published_entry, show_form


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a published entry, with an account or without."""
    entry = published_entry(pk=pk)
    instance = EntryReport(language=get_language())
    form = EntryReportForm(request.POST or None, instance=instance)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            form,
            "report_entry",
            lambda: report_entry(request.user, entry, form.save(commit=False)),
        )
    ):
        messages.success(request, _("Thank you: the editors will look into it."))
        return redirect(entry.get_url(request))
    return show_form(request, "ess_pages/proposals/report.html", form, entry=entry)
