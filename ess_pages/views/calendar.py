"""The calendar as iCalendar files: the meetings of a language and what is open, or one meeting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from wagtail.models import Locale

from .. import calendar
from ..models import MeetingPage
from ..openings import openings


def _meetings():
    """Return the public meetings whose day is known: a calendar has no other place for them."""
    meetings = MeetingPage.objects.live().public().filter(date_note="")
    return meetings.select_related("wilaya", "locale").order_by("starts_on", "pk")


@require_safe
@conditional_page
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Send the calendar of the meetings in the active language, to subscribe to.

    With them stands until when one can take part in what is open.
    """
    meetings = _meetings().filter(locale=Locale.get_active())
    name = _("Meetings of the social and solidarity economy")
    return _respond(calendar.write(meetings, name, openings()))


@require_safe
@conditional_page
def calendar_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a meeting, to add to one's calendar."""
    meeting = get_object_or_404(_meetings(), pk=pk)
    response = _respond(calendar.write([meeting]))
    response["Content-Disposition"] = f'attachment; filename="{meeting.starts_on}.ics"'
    return response


def _respond(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
