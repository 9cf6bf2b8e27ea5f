"""Who came to a meeting, in the Wagtail admin: the list at the door, and the sheet to sign."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.coreutils import get_content_languages

from ess_ground.exports import note

from .. import desk
from ..actions import registrations
from ..models import Registration
from ..policy import require
from .meetings import about_or_404, meeting_or_404

BLANK_ROWS = 12  # on the printed sheet, for those who come without having registered


class AttendanceColumn(Column):
    """When somebody came, and the button that says so or takes it back."""

    cell_template_name = "ess_pages/admin/attendance_cell.html"

    def get_cell_context_data(self, instance: Registration, parent_context) -> dict[str, Any]:
        """Add what the form needs."""
        context = super().get_cell_context_data(instance, parent_context)
        return context | {
            "meeting": context["table"].meeting,
            "csrf_token": get_token(context["request"]),
        }


@require_POST
def attendance(request: HttpRequest, pk: int, registration_pk: int) -> HttpResponse:
    """Note that somebody has come, or take it back."""
    meeting = meeting_or_404(pk)
    registration = about_or_404(Registration, meeting, registration_pk)
    undo = request.POST.get("action") == "undo"
    verb = registrations.unmark_attendance if undo else registrations.mark_attendance
    try:
        verb(request.user, meeting, registration)
    except ValidationError as error:
        messages.error(request, error.message)
    return redirect(
        get_valid_next_url_from_request(request)
        or reverse("ess_pages_registrations", args=[meeting.pk])
    )


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet to print and sign, in both languages."""
    meeting = meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    people = desk.standing(meeting).filter(state=Registration.State.CONFIRMED)
    languages = get_content_languages()
    note("ess_pages.export_sheet", meeting, request.user, rows=people.count(), file="HTML")
    context = {
        "meeting": meeting,
        "meetings": [(code, desk.meeting_of(meeting, code)) for code in languages],
        "languages": list(languages),
        "people": people.order_by("name", "pk"),
        "blank_rows": range(BLANK_ROWS),
    }
    return TemplateResponse(request, "ess_pages/admin/sheet.html", context)


urlpatterns = [
    path("meetings/<int:pk>/registrations/sheet/", sheet, name="ess_pages_sheet"),
    path(
        "meetings/<int:pk>/registrations/<int:registration_pk>/attendance/",
        attendance,
        name="ess_pages_attendance",
    ),
]
