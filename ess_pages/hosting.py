"""Which wilayas have hosted meetings, so that the next can go elsewhere."""

from collections import defaultdict

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .links import in_language
from .map import Place
from .models import MeetingPage, Wilaya


def hosts() -> list[Place]:
    """Return every wilaya with the number of meetings it has hosted, for the map and its table.

    A meeting counts once, whatever languages it is announced in. Three queries.
    """
    meetings = _meetings_by_wilaya()
    return [_place(wilaya, meetings[wilaya.pk]) for wilaya in Wilaya.objects.all()]


def _meetings_by_wilaya() -> dict[int, list[MeetingPage]]:
    announced = MeetingPage.objects.live().public().filter(wilaya__isnull=False, is_cancelled=False)
    shown = dict.fromkeys(in_language(announced, announced))  # each once
    meetings = defaultdict(list)
    for meeting in sorted(shown, key=lambda meeting: meeting.starts_on):
        meetings[meeting.wilaya_id].append(meeting)
    return meetings


def _place(wilaya: Wilaya, meetings: list[MeetingPage]) -> Place:
    held = [meeting for meeting in meetings if meeting.is_past]
    planned = [meeting for meeting in meetings if not meeting.is_past]
    latest = held[-1] if held else next(iter(planned), None)
    note = _held(held) if held or not planned else ""
    if planned:
        note = f"{note} {_planned(planned[0])}".strip()
    return Place(
        wilaya=wilaya,
        count=len(held),
        url=latest.url if latest else "",
        label=_("%(wilaya)s: %(note)s") % {"wilaya": wilaya.name, "note": note},
        note=note,
    )


def _held(meetings: list[MeetingPage]) -> str:
    if not meetings:
        return _("Has not hosted a meeting yet.")
    return ngettext(
        "Hosted %(number)d meeting (%(day)s).",
        "Hosted %(number)d meetings (the last: %(day)s).",
        len(meetings),
    ) % {"number": len(meetings), "day": _day(meetings[-1])}


def _planned(meeting: MeetingPage) -> str:
    return _("A meeting is planned there (%(day)s).") % {"day": _day(meeting)}


def _day(meeting: MeetingPage) -> str:
    return meeting.date_note or date_format(meeting.starts_on, "j F Y")
