"""What is new about a meeting once it is published: told to other apps, not by mail."""

from django.db import transaction
from wagtail.models import PageLogEntry, Revision

from .. import announcements, desk, news
from ..models import MeetingPage
from ..participants import reachable

WHEN_AND_WHERE = (
    *("starts_on", "ends_on", "starts_at", "ends_at", "date_note"),
    *("wilaya_id", "venue"),
)


def note_what_is_new(meeting: MeetingPage, revision: Revision | None) -> None:
    """Have a task tell what a page that has just been published changes for those who come."""
    event = _event(meeting, revision) if meeting.live else ""
    if event:
        announcements.announce_meeting.enqueue(meeting.pk, event)


def _event(meeting: MeetingPage, revision: Revision | None) -> str:
    """Return "published", "cancelled" (or not any more), "changed", or nothing."""
    if _is_first(meeting):
        return "published"
    before = revision and _published_before(meeting, revision)
    if not before:
        return ""
    if before.is_cancelled != meeting.is_cancelled:
        return "cancelled"
    is_same = all(getattr(before, name) == getattr(meeting, name) for name in WHEN_AND_WHERE)
    return "" if is_same else "changed"


def _is_first(meeting: MeetingPage) -> bool:
    others = meeting.get_translations().filter(first_published_at__isnull=False)
    return meeting.first_published_at == meeting.last_published_at and not others.exists()


def _published_before(meeting: MeetingPage, revision: Revision) -> MeetingPage | None:
    """Return the meeting as it was published before this revision; this one is not logged yet."""
    entries = PageLogEntry.objects.filter(page=meeting.pk, action="wagtail.publish")
    last = entries.exclude(revision=None).exclude(revision=revision.pk).order_by("-pk").first()
    return last.revision.as_object() if last else None


@transaction.atomic
def tell(pk: int, event: str) -> None:
    """Tell what is new about a meeting, unless it has begun or not everybody may see it."""
    meeting = MeetingPage.objects.live().public().filter(pk=pk).first()
    if meeting is None or desk.has_begun(meeting):
        return
    coming = desk.standing(meeting).exclude(user=None).values_list("user", flat=True)
    if event == "cancelled":
        news.tell(news.meeting_cancelled, meeting=meeting, written_to=set(coming))
    elif not meeting.is_cancelled and event == "changed":
        news.tell(news.meeting_changed, meeting=meeting, users=set(coming))
    elif not meeting.is_cancelled:
        people = reachable().values_list("user", flat=True)
        news.tell(news.meeting_published, meeting=meeting, users=set(people))
