"""At the door: the address that the code on a ticket leads to."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions.registrations import mark_attendance, unmark_attendance
from ..policy import allows
from ..throttle import is_throttled
from .registrations import ticket_or_404

VERBS = {"came": mark_attendance, "undo": unmark_attendance}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attend(request: HttpRequest, token: str) -> HttpResponse:
    """Show an organiser who has come, and note it when they press the button."""
    registration, meeting = ticket_or_404(token)
    context = {"registration": registration, "meeting": meeting}
    if not allows(request.user, "manage_registrations", meeting):
        return render(request, "ess_pages/registrations/refused.html", context, status=403)
    verb = VERBS.get(request.POST.get("action", ""))
    if request.method == "POST" and verb:
        if is_throttled(request, "mark_attendance"):
            messages.error(request, _("Too many attempts: try again in an hour."))
        else:
            try:
                verb(request.user, meeting, registration)
            except ValidationError as error:
                messages.error(request, error.message)
        return redirect("ess_pages:attend", token)
    return render(request, "ess_pages/registrations/attend.html", context)
