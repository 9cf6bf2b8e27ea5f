"""Meetings, and the end of what is open, as iCalendar (RFC 5545), for calendars of people."""

import datetime
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event
from wagtail.rich_text import get_text_for_indexing

from .languages import listed
from .links import view_url
from .mails import Attachment
from .models import MeetingPage
from .openings import Opening

PRODUCT = "-//wagtail-ess//Meetings//EN"
# How often a calendar that subscribes should ask again (RFC 7986).
REFRESH_EVERY = datetime.timedelta(hours=12)
ONE_DAY = datetime.timedelta(days=1)


def write(
    meetings: Iterable[MeetingPage], name: str = "", openings: Iterable[Opening] = ()
) -> bytes:
    """Return a calendar of these meetings, and of when these openings close.

    Each is in its own language. A meeting needs its `wilaya` and `locale`, and a day that is known.
    With a `name`, it is a calendar to subscribe to.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)  # what most programs read
        calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", REFRESH_EVERY)
    days = []
    for meeting in meetings:
        calendar.add_component(_event(meeting))
        days.append(meeting.starts_on)
    for opening in openings:
        calendar.add_component(_closing(opening))
        days.append(timezone.localtime(opening.closes_at).date())
    if days:
        # A year more: some meetings end after the last of them has started.
        calendar.add_missing_timezones(min(days) - ONE_DAY, max(days) + 365 * ONE_DAY)
    return calendar.to_ical()


def attachment(meeting: MeetingPage) -> Attachment:
    """Return a meeting as a file that goes with a mail."""
    return Attachment("meeting.ics", write([meeting]), "text/calendar")


def _event(meeting: MeetingPage) -> Event:
    language = meeting.locale.language_code
    words = {"LANGUAGE": language}
    event = Event()
    # The same in both languages: it is one meeting.
    event.add("uid", str(meeting.translation_key))
    event.add("dtstart", _start(meeting))
    if end := _end(meeting):
        event.add("dtend", end)
    with override(language):
        event.add("summary", _summary(meeting), parameters=words)
        event.add("location", _location(meeting), parameters=words)
        event.add("description", _description(meeting), parameters=words)
        event.add("categories", [_("Meeting"), _("Social and solidarity economy")], words)
    event.add("url", meeting.full_url)
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    _add_version(event, meeting)
    return event


def _summary(meeting: MeetingPage) -> str:
    # Some programs keep an event that is cancelled, and show nothing but its title.
    if meeting.is_cancelled:
        return _("Cancelled: %(title)s") % {"title": meeting.title}
    return meeting.title


def _closing(opening: Opening) -> Event:
    """Return the moment at which something closes as an event: it takes no time."""
    page, consultation = opening.page, opening.consultation
    language = page.locale.language_code
    words = {"LANGUAGE": language}
    event = Event()
    # The same in both languages, and when a text is opened again.
    event.add("uid", f"{page.translation_key}-amendments")
    event.add("dtstart", timezone.localtime(opening.closes_at))
    url = page.full_url
    if consultation:
        event["uid"] = f"{page.translation_key}-consultation-{consultation.pk}"
        url = view_url(page, "consultation", consultation.pk, language=language)
    with override(language):
        title = _("Answers close: %(title)s") if consultation else _("Amendments close: %(title)s")
        event.add("summary", title % {"title": page.title}, parameters=words)
        event.add("categories", [_("Recommendation"), _("Social and solidarity economy")], words)
    event.add("description", "\n\n".join(filter(None, [page.summary, url])), parameters=words)
    event.add("url", url)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy then
    # Without METHOD, the stamp says when the event was last changed (RFC 5545, 3.8.7.2).
    event.add("dtstamp", opening.opened_at)
    event.add("created", opening.first_opened_at)
    event.add("last-modified", opening.opened_at)
    event.add("sequence", int((opening.opened_at - opening.first_opened_at).total_seconds()))
    return event


def _start(meeting: MeetingPage) -> datetime.date:
    return meeting.begins_at if meeting.starts_at else meeting.starts_on


def _end(meeting: MeetingPage) -> datetime.date | None:
    """Return when it is over: the first moment or day after it; None if there is no telling."""
    last_day = meeting.ends_on or meeting.starts_on
    if not meeting.starts_at:
        return last_day + ONE_DAY
    if meeting.ends_at:
        return _moment(last_day, meeting.ends_at)
    if last_day > meeting.starts_on:
        return _moment(last_day + ONE_DAY, datetime.time.min)
    return None


def _moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return timezone.make_aware(
        datetime.datetime.combine(day, time), timezone.get_default_timezone()
    )


def _location(meeting: MeetingPage) -> str:
    return listed(filter(None, [meeting.venue, meeting.wilaya and meeting.wilaya.name]))


def _description(meeting: MeetingPage) -> str:
    practical = get_text_for_indexing(meeting.practical)
    return "\n\n".join(filter(None, [meeting.notice, meeting.summary, practical, meeting.full_url]))


def _add_version(event: Event, meeting: MeetingPage) -> None:
    """Tell when the meeting was last published: with that, a calendar knows the newest version."""
    first = meeting.first_published_at or meeting.latest_revision_created_at or meeting.begins_at
    last = meeting.last_published_at or first
    event.add("created", first)
    # Without METHOD, the stamp says when the event was last changed (RFC 5545, 3.8.7.2).
    event.add("dtstamp", last)
    event.add("last-modified", last)
    event.add("sequence", max(0, int((last - first).total_seconds())))
