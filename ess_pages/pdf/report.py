"""What the PDF of a meeting's report says."""

from typing import Any

from django.utils import timezone
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from ..models import MeetingPage, MeetingReportPage, ReportReview, Resolution
from ..models.resolutions import followed
from .addresses import Links
from .body import Body, document_reference, texts
from .pictures import CROPPED, Pictures
from .prose import paragraphs, prose

# A label and the lines that answer it.
Fact = tuple[str, list[str]]


class Report:
    """A report as `report.typ` takes it: its `data`, and the `pictures` that these name.

    `status` is a sentence for the top of the paper, such as that this is a draft. All is said in
    the language of the page. The number of queries does not grow with what the report holds, once
    its images have been made in the size of the paper.
    """

    template = "report.typ"

    def __init__(self, page: MeetingReportPage, status: str = "") -> None:
        self.page = page
        self.meeting = page.meeting
        self.pictures = Pictures()
        with override(page.locale.language_code):
            self.resolutions = followed(page.resolutions.all())
            rich = [*texts(page.body), *(resolution.text for resolution in self.resolutions)]
            self.links = Links(rich, page.full_url or "")
            self.data = self._frame() | self._parts() | {"status": status}

    def _frame(self) -> dict[str, Any]:
        front = self.page.get_ancestors().filter(depth=2).first()
        return {
            "lang": self.page.locale.language_code,
            "title": self.page.title,
            "site": front.title if front else "",
            "url": uri_to_iri(self.links.base),
            "kicker": _("Meeting report"),
            "summary": self.page.summary,
            "notice": self.page.notice,
        }

    def _parts(self) -> dict[str, Any]:
        return {
            "facts": _facts(*_meeting_facts(self.meeting), (_("Approval"), [_approval(self.page)])),
            "attendance": self._attendance(),
            "participants": {
                "title": _("Participants named in the report"),
                "header": [_("Name"), _("Role")],
                "rows": [
                    (person.name, person.role or person.sphere.name)
                    for person in self.page.named_participants
                ],
            },
            "programme": _programme(self.meeting),
            "workshops": _workshops(self.meeting),
            "body": Body(self.page.body, self.links, self.pictures).nodes,
            "resolutions": {"title": _("Resolutions"), "items": self._resolutions()},
            "photos": {"title": _("Photos"), "items": self._photos()},
            "documents": {"title": _("Documents"), "items": self._documents()},
        }

    def _attendance(self) -> dict[str, Any]:
        rows = [(row.sphere.name, row.people) for row in self.page.attendance_by_sphere]
        people = sum(number for _sphere, number in rows)
        title = ngettext("%(people)s participant", "%(people)s participants", people)
        return {
            "title": title % {"people": people},
            "header": [_("Sphere"), _("Participants")],
            "rows": rows,
            "total": (_("Total"), people),
        }

    def _resolutions(self) -> list[dict[str, Any]]:
        return [
            {
                "title": resolution.title,
                "text": prose(resolution.text, self.links, level=2),
                "facts": _resolution_facts(resolution),
                "updates": [
                    (date_format(update.happened_on, "j F Y"), update.note)
                    for update in resolution.updates
                ],
            }
            for resolution in self.resolutions
        ]

    def _photos(self) -> list[dict[str, Any]]:
        photos = [
            (self.pictures.add(photo.image, photo.image.default_alt_text, CROPPED), photo.caption)
            for photo in self.page.photos_with_images
        ]
        return [{"image": image, "caption": caption} for image, caption in photos if image]

    def _documents(self) -> list[dict[str, str]]:
        return [
            document_reference(item.document, self.links, item.title)
            for item in self.page.documents_with_files
        ]


def _facts(*facts: Fact) -> list[Fact]:
    """Return the facts without the lines that say nothing, and those that have no other."""
    known = [(label, [line for line in lines if line]) for label, lines in facts]
    return [(label, lines) for label, lines in known if lines]


def _meeting_facts(meeting: MeetingPage) -> list[Fact]:
    return [
        (_("Meeting"), [meeting.title]),
        (_("Date"), [_days(meeting), _hours(meeting)]),
        (_("Place"), [meeting.venue, meeting.wilaya.name if meeting.wilaya else ""]),
        (_("Organisers"), [actor.title for actor in meeting.organising_actors]),
    ]


def _resolution_facts(resolution: Resolution) -> list[Fact]:
    due = resolution.due_on
    late = _("Overdue") if resolution.is_overdue else ""
    # Paper stays as it is when the resolution goes on.
    state_on = _("State on %(day)s") % {"day": date_format(timezone.localdate(), "j F Y")}
    return _facts(
        (_("Who answers for it"), [resolution.responsible]),
        (_("Due on"), [date_format(due, "j F Y") if due else "", late]),
        (state_on, [resolution.state_display]),
    )


def _approval(page: MeetingReportPage) -> str:
    """Return when and by how many a report was approved, as its page says it."""
    approved = ReportReview.objects.about(page).exclude(approved_at=None)
    review: Any = approved.with_answers().first()
    if review is None:
        return ""
    return _(
        "Published as approved on %(day)s. Asked: %(asked)s · approve: %(approvals)s"
        " · made remarks: %(remarks)s."
    ) % {
        "day": date_format(timezone.localtime(review.approved_at), "j F Y"),
        "asked": review.asked,
        "approvals": review.approvals,
        "remarks": review.remarks,
    }


def _days(meeting: MeetingPage) -> str:
    """Return when a meeting takes place, as its page says it."""
    if meeting.date_note:
        return meeting.date_note
    if meeting.ends_on and meeting.ends_on != meeting.starts_on:
        days = (meeting.starts_on, meeting.ends_on)
        return " – ".join(date_format(day, "j F Y") for day in days)
    return date_format(meeting.starts_on, "l j F Y")


def _hours(meeting: MeetingPage) -> str:
    times = (meeting.starts_at, meeting.ends_at)
    return " – ".join(time_format(time, "H:i") for time in times if time)


def _programme(meeting: MeetingPage) -> dict[str, Any]:
    return {
        "title": _("Programme"),
        "header": [pgettext("programme", "Time"), pgettext("programme", "What happens")],
        "items": [
            {
                "time": time_format(item.starts_at, "H:i") if item.starts_at else "",
                "title": item.title,
                "speakers": item.speakers,
            }
            for item in meeting.programme.all()
        ],
    }


def _workshops(meeting: MeetingPage) -> dict[str, Any]:
    return {
        "title": _("Workshops"),
        "items": [_workshop(item) for item in meeting.workshops_with_rapporteurs],
    }


def _workshop(workshop) -> dict[str, Any]:
    people = workshop.rapporteurs.all()
    return {
        "title": workshop.title,
        "text": paragraphs(workshop.summary),
        "rapporteurs": {
            "label": ngettext("Rapporteur", "Rapporteurs", len(people)),
            "people": [(person.name, person.role) for person in people],
        },
    }
