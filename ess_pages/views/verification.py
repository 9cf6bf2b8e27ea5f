"""Where anyone checks that a paper is the validated text."""

from pathlib import PurePath

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..pdf.official import TEXTS
from ..throttle import is_throttled
from ..verification import CHECKSUM, Verification, as_checksum, find, issued


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Look for the document of a reference number or checksum."""
    typed = request.GET.get("q", "").strip()[:200]
    if not typed:
        return _form(request)
    if is_throttled(request, "verify"):
        return _form(request, typed, _("Too many attempts: try again in an hour."), 429)
    document = find(typed)
    if document is None:
        return _unknown(request, typed)
    return redirect("ess_pages:verify_document", document.reference)


@require_safe
def verify_document(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a document as it is kept, whether it is what was validated, and its checksum."""
    document = issued(reference)
    if document is None:
        return _unknown(request, reference)
    verification = Verification(document)
    typed = request.GET.get("checksum", "").strip()[:200]
    context = {
        "document": document,
        "verification": verification,
        "typed": typed,
        "is_same": as_checksum(typed) == verification.checksum,
        "file": TEXTS,
    }
    return render(request, "ess_pages/verification/document.html", context)


@require_safe
def official_pdf(request: HttpRequest, reference: str) -> FileResponse:
    """Send the PDF of an issued document, as it was made then."""
    document = issued(reference)
    if document is None:
        raise Http404
    name = PurePath(document.pdf.name or "").name
    return FileResponse(document.pdf.open(), filename=name, content_type="application/pdf")


def _unknown(request: HttpRequest, typed: str) -> HttpResponse:
    if CHECKSUM.fullmatch(as_checksum(typed)):
        error = _(
            "No official document has this checksum. Either it was not typed as it is printed, or "
            "the paper is not the text that was validated."
        )
    else:
        error = _("No official document has this reference number or checksum.")
    return _form(request, typed, error, 404)


def _form(request: HttpRequest, typed: str = "", error: str = "", status: int = 200):
    context = {"typed": typed, "error": error, "action": reverse("ess_pages:verify")}
    return render(request, "ess_pages/verification/form.html", context, status=status)
