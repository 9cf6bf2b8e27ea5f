"""A journalist asks for an accreditation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..actions import accreditations
from ..forms.accreditations import AccreditationForm
from ..models import MeetingPage
from ..throttle import is_throttled
from .registrations import for_readers


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def ask_accreditation(request: HttpRequest, meeting: MeetingPage) -> HttpResponse:
    """Take down a request for accreditation to a meeting."""
    form = AccreditationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if is_throttled(request, "ask_accreditation"):
            form.add_error(None, _("Too many attempts: try again in an hour."))
            status = 429
        elif form.is_valid():
            details = form.cleaned_data | {"language": get_language()}
            details.pop("website")
            try:
                accreditations.ask_accreditation(request.user, meeting, details)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, _("Thank you: your request has arrived. The answer comes by mail.")
                )
                return redirect(meeting.get_url(request))
    context = {"meeting": meeting, "form": form}
    return render(request, "ess_pages/registrations/accreditation.html", context, status=status)
