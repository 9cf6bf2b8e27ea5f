"""A member registers for a meeting; whoever holds the ticket sees it, and cancels."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.wagtail_hooks import check_view_restrictions

from .. import desk, tickets
from ..actions import registrations
from ..forms.registrations import RegistrationForm, known_details
from ..models import MeetingMessage, MeetingPage, Registration
from ..throttle import is_throttled


def for_readers(view):
    """Give `view` the published meeting that the address names, for whoever may read its page.

    The meeting comes in the active language, or else in the one that it has.
    """

    def serve(meeting, request, args, kwargs):
        return view(request, meeting)

    @wraps(view)
    def wrapper(request: HttpRequest, pk: int) -> HttpResponse:
        named = get_object_or_404(MeetingPage.objects.live(), pk=pk)
        return check_view_restrictions(serve)(desk.meeting_of(named), request, [], {})

    return wrapper


def ticket_or_404(token: str) -> tuple[Registration, MeetingPage]:
    """Return the registration with this token and its meeting in the active language."""
    registration = get_object_or_404(Registration.objects.select_related("sphere"), token=token)
    meeting = desk.meeting_of(registration)
    if meeting is None:
        raise Http404
    return registration, meeting


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def register(request: HttpRequest, meeting: MeetingPage) -> HttpResponse:
    """Ask a member what is needed, and register them, or change what they said."""
    mine = desk.Desk(meeting, request.user).registration
    known = {} if mine else known_details(request.user)
    form = RegistrationForm(request.POST or None, instance=mine, initial=known)
    status = 200
    if request.method == "POST":
        if is_throttled(request, "register"):
            form.add_error(None, _("Too many attempts: try again in an hour."))
            status = 429
        elif form.is_valid():
            details = form.cleaned_data | {"language": get_language()}
            try:
                registration = registrations.register(request.user, meeting, details)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("ess_pages:ticket", registration.token)
    context = {"meeting": meeting, "form": form, "registration": mine}
    context["closed"] = "" if mine else desk.why_closed(meeting)
    return render(request, "ess_pages/registrations/register.html", context, status=status)


@never_cache
@require_safe
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """Show a registration to whoever holds its ticket."""
    registration, meeting = ticket_or_404(token)
    is_waiting = registration.state == Registration.State.WAITING
    context = {
        "registration": registration,
        "meeting": meeting,
        "code": tickets.as_svg(meeting, registration),
        "position": desk.position(registration) if is_waiting else None,
        "has_begun": desk.has_begun(meeting),
        "sent": MeetingMessage.objects.about(registration),
    }
    return render(request, "ess_pages/registrations/ticket.html", context)


@never_cache
@require_POST
def cancel_registration(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel a registration for whoever holds its ticket."""
    registration, _meeting = ticket_or_404(token)
    if is_throttled(request, "cancel_registration"):
        messages.error(request, _("Too many attempts: try again in an hour."))
    else:
        try:
            registrations.cancel(registration)
        except ValidationError as error:
            messages.error(request, error.message)
    return redirect("ess_pages:ticket", token)
