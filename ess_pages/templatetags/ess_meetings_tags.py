"""What the templates of meetings and of the press page ask for."""

from django import template
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.encoding import uri_to_iri

from .. import hosting
from ..desk import Desk
from ..map import Map, draw
from ..models import MeetingPage, MeetingReportPage

register = template.Library()


@register.simple_tag(takes_context=True)
def desk(context, meeting: MeetingPage) -> Desk:
    """Return where the registration for a meeting stands for the reader."""
    return Desk(meeting, context["request"].user)


@register.simple_tag
def map_of_hosts() -> Map:
    """Return the map of the wilayas that have hosted meetings, and of those that have not."""
    return draw(hosting.hosts())


@register.simple_tag
def meetings_to_cover(page) -> QuerySet[MeetingPage]:
    """Return the meetings that are not over in the language of `page`, the soonest first."""
    meetings = MeetingPage.objects.live().public().filter(locale=page.locale_id)
    last_day = Coalesce("ends_on", "starts_on")
    upcoming = meetings.annotate(last_day=last_day).filter(last_day__gte=timezone.localdate())
    return upcoming.select_related("wilaya", "locale").order_by("starts_on", "pk")


@register.simple_tag
def last_reports(page) -> QuerySet[MeetingReportPage]:
    """Return the reports published last in the language of `page`."""
    reports = MeetingReportPage.objects.live().public().filter(locale=page.locale_id)
    return reports.select_related("locale").order_by("-first_published_at", "-pk")[:5]


@register.filter
def readable(address: str) -> str:
    """Return an address as people read it: in Arabic letters, not in their codes."""
    return uri_to_iri(address)
