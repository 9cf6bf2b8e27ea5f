"""Meetings, the workshops held at them, and their reports."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.forms import Select
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
)
from wagtail.api import APIField
from wagtail.documents import get_document_model_string
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import PAGE, PERSON, REFERENCE, RecordField
from ..countries import HOME_COUNTRY
from ..links import in_language
from ..widgets import ActorChooser, ParticipantChooser
from .actors import ActorPage
from .base import FEATURES, validate_has_text
from .directory import NAMES
from .general import BodyPage, IndexPage
from .items import TranslatableItem
from .places import Places
from .records import Participant, Sphere, Wilaya


class MeetingForm(WagtailAdminPageForm):
    """The form of a meeting in the admin."""

    def clean(self) -> dict:
        """Refuse to drop a workshop that a recommendation comes from."""
        cleaned = super().clean()
        workshops = self.formsets.get("workshops")
        for form in workshops.deleted_forms if workshops and workshops.is_valid() else []:
            key = form.instance.translation_key
            used = Workshop.objects.filter(translation_key=key, recommendations__isnull=False)
            if used.exists():
                self.add_error(
                    None,
                    _("Recommendations come from the workshop “%(workshop)s”: it must stay.")
                    % {"workshop": form.instance.title},
                )
        return cleaned


class MeetingPage(BodyPage):
    """A meeting (rencontre, لقاء): when, where, who invites, and what is on the programme."""

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty for a meeting of one day.")
    )
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    ends_at = models.TimeField(_("until"), null=True, blank=True)
    date_note = models.CharField(
        _("date in words"),
        max_length=120,
        blank=True,
        help_text=_("Shown in place of the date when the exact day is not known."),
    )
    is_cancelled = models.BooleanField(
        _("cancelled"),
        default=False,
        help_text=_(
            "Once published, the page, the lists and the calendars say so, registration closes, "
            "and those registered are told by mail."
        ),
    )
    wilaya = models.ForeignKey(
        Wilaya,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("wilaya"),
    )
    venue = models.CharField(_("place"), max_length=255, blank=True)
    practical = RichTextField(
        _("practical details"),
        features=FEATURES,
        blank=True,
        help_text=_("How to get there, where to stay, what to bring."),
    )
    takes_registrations = models.BooleanField(_("members can register"), default=False)
    capacity = models.PositiveSmallIntegerField(
        _("number of places"),
        null=True,
        blank=True,
        help_text=_(
            "Empty when there is room for all. Beyond it, people are put on a waiting list."
        ),
    )
    registration_deadline = models.DateTimeField(
        _("registration until"),
        null=True,
        blank=True,
        help_text=_("Empty: until the meeting starts."),
    )

    content_panels = [
        *BodyPage.content_panels[:-1],
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldPanel("date_note"),
                FieldPanel("is_cancelled"),
            ],
            heading=_("Date"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("wilaya", widget=Select), FieldPanel("venue")]),
                FieldPanel("practical"),
            ],
            heading=_("Place"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("takes_registrations"),
                FieldRowPanel([FieldPanel("capacity"), FieldPanel("registration_deadline")]),
            ],
            heading=_("Registration"),
        ),
        InlinePanel("organisers", heading=_("Organisers"), label=_("organiser")),
        InlinePanel("programme", heading=_("Programme"), label=_("programme item")),
        InlinePanel("workshops", heading=_("Workshops"), label=_("workshop")),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("starts_on", overridable=False),
        SynchronizedField("ends_on", overridable=False),
        SynchronizedField("starts_at", overridable=False),
        SynchronizedField("ends_at", overridable=False),
        TranslatableField("date_note"),
        SynchronizedField("is_cancelled", overridable=False),
        SynchronizedField("wilaya", overridable=False),
        TranslatableField("venue"),
        TranslatableField("practical"),
        SynchronizedField("takes_registrations", overridable=False),
        SynchronizedField("capacity", overridable=False),
        SynchronizedField("registration_deadline", overridable=False),
        SynchronizedField("organisers", overridable=False),
        TranslatableField("programme"),
        TranslatableField("workshops"),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.SearchField("venue"),
        index.SearchField("practical"),
        index.RelatedFields("wilaya", NAMES),
        index.RelatedFields("programme", [index.SearchField("title")]),
        index.RelatedFields("workshops", [index.SearchField("title")]),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("starts_on"),
        APIField("ends_on"),
        APIField("starts_at"),
        APIField("ends_at"),
        APIField("date_note"),
        APIField("is_cancelled"),
        APIField("wilaya", serializer=RecordField(*REFERENCE)),
        APIField("venue"),
        APIField("practical"),
        APIField("takes_registrations"),
        APIField("capacity"),
        APIField("registration_deadline"),
        APIField(
            "organisers", serializer=RecordField(*PAGE, many=True, source="organising_actors")
        ),
        APIField("programme"),
        APIField("workshops"),
    ]

    base_form_class = MeetingForm
    parent_page_types = ["ess_pages.MeetingIndexPage"]
    subpage_types = ["ess_pages.MeetingReportPage"]
    schema_type = "Event"

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    @property
    def is_past(self) -> bool:
        """Whether the last day is over, in the site's time zone."""
        return (self.ends_on or self.starts_on) < timezone.localdate()

    @property
    def is_on(self) -> bool:
        """Whether people can still come: it is neither over nor cancelled."""
        return not (self.is_past or self.is_cancelled)

    @property
    def begins_at(self) -> datetime.datetime:
        """When it starts, at midnight where no time is given; in the site's time zone."""
        start = datetime.datetime.combine(self.starts_on, self.starts_at or datetime.time.min)
        return timezone.make_aware(start, timezone.get_default_timezone())

    @property
    def registration_ends_at(self) -> datetime.datetime:
        """Until when members can register."""
        return min(self.registration_deadline or self.begins_at, self.begins_at)

    @cached_property
    def places(self) -> Places:
        """The places that there are, taken and asked for."""
        return Places.at(self, self.capacity)

    @cached_property
    def organising_actors(self) -> list[ActorPage]:
        """The actors that invite, each in the active language where it can be."""
        actors = [row.actor for row in self.organisers.select_related("actor")]
        return in_language(ActorPage.objects.live().public(), actors, self.locale.language_code)

    @property
    def workshops_with_rapporteurs(self):
        """The workshops, loaded with their rapporteurs."""
        workshops = self.workshops.all()
        if any(workshop.pk is None for workshop in workshops):  # a preview of what is not saved yet
            return workshops
        return self.workshops.prefetch_related("rapporteurs")

    @cached_property
    def report(self) -> "MeetingReportPage | None":
        """The published report, if there is one."""
        reports = MeetingReportPage.objects.live().public().child_of(self)
        return reports.select_related("locale").first()

    def get_admin_display_title(self) -> str:
        """Return the title as the lists of the admin show it, which say if it is cancelled."""
        title = super().get_admin_display_title()
        return _("Cancelled: %(title)s") % {"title": title} if self.is_cancelled else title

    def clean(self) -> None:
        """Refuse a meeting that ends before it starts."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day comes before the first day.")})
        is_one_day = self.ends_on in (None, self.starts_on)
        if is_one_day and self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The meeting ends before it starts.")})
        deadline = self.registration_deadline
        if self.starts_on and deadline and deadline > self.begins_at:
            raise ValidationError(
                {"registration_deadline": _("The meeting will have started by then.")}
            )

    def schema_org(self) -> dict:
        """Return the meeting as a schema.org Event, without a date where the day is not known."""
        start = None
        if not self.date_note:
            start = self.starts_on.isoformat()
            if self.starts_at:
                start += f"T{self.starts_at:%H:%M}"
        status = "Cancelled" if self.is_cancelled else "Scheduled"
        return super().schema_org() | {
            "startDate": start,
            "endDate": start and self.ends_on and self.ends_on.isoformat(),
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "eventStatus": f"https://schema.org/Event{status}",
            **self._schema_org_places(),
            "location": {
                "@type": "Place",
                "name": self.venue or (self.wilaya and self.wilaya.name),
                "address": {
                    "@type": "PostalAddress",
                    "addressRegion": self.wilaya and self.wilaya.name,
                    "addressCountry": HOME_COUNTRY,
                },
            },
            "organizer": [
                {"@type": "Organization", "name": actor.title, "url": actor.full_url}
                for actor in self.organising_actors
            ],
        }

    def _schema_org_places(self) -> dict:
        if not self.is_on or not self.takes_registrations or self.capacity is None:
            return {}
        return {
            "maximumAttendeeCapacity": self.capacity,
            "remainingAttendeeCapacity": self.places.left,
        }


class MeetingOrganiser(Orderable):
    """An actor that invites to a meeting."""

    meeting = ParentalKey(
        MeetingPage, on_delete=models.CASCADE, related_name="organisers", verbose_name=_("meeting")
    )
    actor = models.ForeignKey(
        ActorPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("actor")
    )

    panels = [FieldPanel("actor", widget=ActorChooser)]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["meeting", "actor"], name="meeting_organised_once")
        ]


class ProgrammeItem(TranslatableItem):
    """What happens at a meeting, at what time."""

    meeting = ParentalKey(
        MeetingPage, on_delete=models.CASCADE, related_name="programme", verbose_name=_("meeting")
    )
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=255)
    speakers = models.CharField(_("speakers"), max_length=255, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("title")]),
        FieldPanel("speakers"),
    ]
    translatable_fields = [
        SynchronizedField("starts_at", overridable=False),
        TranslatableField("title"),
        TranslatableField("speakers"),
    ]
    api_fields = [APIField("starts_at"), APIField("title"), APIField("speakers")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("programme item")


class Workshop(TranslatableItem, ClusterableModel):
    """A workshop (atelier, ورشة): what it worked on, and the rapporteurs who speak for it."""

    meeting = ParentalKey(
        MeetingPage, on_delete=models.CASCADE, related_name="workshops", verbose_name=_("meeting")
    )
    title = models.CharField(_("title"), max_length=255)
    summary = models.TextField(_("summary"), blank=True)
    rapporteurs = ParentalManyToManyField(
        Participant, blank=True, related_name="workshops", verbose_name=_("rapporteurs")
    )

    panels = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("rapporteurs")]
    translatable_fields = [
        TranslatableField("title"),
        TranslatableField("summary"),
        SynchronizedField("rapporteurs", overridable=False),
    ]
    api_fields = [
        APIField("title"),
        APIField("summary"),
        APIField("rapporteurs", serializer=RecordField(*PERSON, many=True)),
    ]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        """The fragment that leads to the workshop on its meeting's page, in every language."""
        return f"workshop-{self.translation_key.hex[:8]}"


def shown_workshops() -> models.QuerySet[Workshop]:
    """Return the workshops of published meetings, loaded with what a link to them needs."""
    meetings = MeetingPage.objects.live().public()
    return Workshop.objects.filter(meeting__in=meetings).select_related("meeting__locale")


class MeetingReportPage(BodyPage):
    """The report of a meeting (compte rendu, محضر): who came, what they said and resolved."""

    content_panels = [
        *BodyPage.content_panels,
        InlinePanel("attendance", heading=_("Participants by sphere"), label=_("sphere")),
        InlinePanel(
            "guests", heading=_("Participants named in the report"), label=_("participant")
        ),
        InlinePanel("resolutions", heading=_("Resolutions"), label=_("resolution")),
        InlinePanel("photos", heading=_("Photos"), label=_("photo")),
        InlinePanel("documents", heading=_("Documents"), label=_("document")),
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("attendance", overridable=False),
        SynchronizedField("guests", overridable=False),
        TranslatableField("resolutions"),
        TranslatableField("photos"),
        TranslatableField("documents"),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.RelatedFields("resolutions", [index.SearchField("title"), index.SearchField("text")]),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("attendance"),
        APIField("guests"),
        APIField("resolutions"),
        APIField("photos"),
        APIField("documents"),
    ]

    parent_page_types = ["ess_pages.MeetingPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    schema_type = "Report"

    class Meta:
        verbose_name = _("meeting report")
        verbose_name_plural = _("meeting reports")

    @cached_property
    def meeting(self) -> MeetingPage:
        """The meeting that this is the report of."""
        return MeetingPage.objects.select_related("wilaya", "locale").parent_of(self).get()

    @property
    def attendance_by_sphere(self):
        """How many people came, loaded with their spheres."""
        return self.attendance.select_related("sphere")

    @cached_property
    def named_participants(self) -> list[Participant]:
        """The participants whom the report names, loaded with their spheres, in its order."""
        keys = [guest.participant_id for guest in self.guests.all()]
        participants = Participant.objects.select_related("sphere").in_bulk(keys)
        return [participants[key] for key in keys if key in participants]

    @property
    def photos_with_images(self):
        """The photos, loaded with their images."""
        return self.photos.select_related("image").prefetch_related("image__renditions")

    @property
    def documents_with_files(self):
        """The documents, loaded with what tells their type and size."""
        return self.documents.select_related("document")

    @property
    def people(self) -> int:
        """How many people came."""
        return sum(row.people for row in self.attendance.all())

    def schema_org(self) -> dict:
        """Return the report as a schema.org Report about its meeting."""
        return super().schema_org() | {"about": {"@type": "Event", "name": self.meeting.title}}


class Attendance(Orderable):
    """How many people of one sphere came to a meeting."""

    report = ParentalKey(
        MeetingReportPage,
        on_delete=models.CASCADE,
        related_name="attendance",
        verbose_name=_("meeting report"),
    )
    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, related_name="+", verbose_name=_("sphere")
    )
    people = models.PositiveSmallIntegerField(_("number of people"))

    panels = [FieldRowPanel([FieldPanel("sphere", widget=Select), FieldPanel("people")])]
    api_fields = [APIField("sphere", serializer=RecordField(*REFERENCE)), APIField("people")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["report", "sphere"], name="attendance_sphere_once")
        ]


class Guest(Orderable):
    """A participant whom the report names."""

    report = ParentalKey(
        MeetingReportPage,
        on_delete=models.CASCADE,
        related_name="guests",
        verbose_name=_("meeting report"),
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="+", verbose_name=_("participant")
    )

    panels = [FieldPanel("participant", widget=ParticipantChooser)]
    api_fields = [APIField("participant", serializer=RecordField(*PERSON))]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["report", "participant"], name="guest_named_once")
        ]


class Resolution(TranslatableItem):
    """What a meeting resolved (résolution, قرار)."""

    class State(models.TextChoices):
        """How far it has come: what its latest update says."""

        TO_DO = "to_do", pgettext_lazy("resolution", "To do")
        UNDER_WAY = "under_way", pgettext_lazy("resolution", "Under way")
        DONE = "done", pgettext_lazy("resolution", "Done")
        DROPPED = "dropped", pgettext_lazy("resolution", "Dropped")

    OPEN = (State.TO_DO, State.UNDER_WAY)
    # `resolutions.with_states` and `resolutions.followed` tell the state.
    state = State.TO_DO

    report = ParentalKey(
        MeetingReportPage,
        on_delete=models.CASCADE,
        related_name="resolutions",
        verbose_name=_("meeting report"),
    )
    title = models.CharField(_("title"), max_length=255)
    text = RichTextField(_("text"), features=FEATURES, validators=[validate_has_text])
    owner = models.ForeignKey(
        Participant,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("The person who answers for it."),
    )
    actor = models.ForeignKey(
        ActorPage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("or the actor that answers for it"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)

    panels = [
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("owner", widget=ParticipantChooser),
        FieldPanel("actor", widget=ActorChooser),
        FieldPanel("due_on"),
    ]
    translatable_fields = [
        TranslatableField("title"),
        TranslatableField("text"),
        SynchronizedField("owner", overridable=False),
        SynchronizedField("actor", overridable=False),
        SynchronizedField("due_on", overridable=False),
    ]
    api_fields = [
        APIField("translation_key"),
        APIField("title"),
        APIField("text"),
        APIField("owner", serializer=RecordField(*PERSON)),
        APIField("actor", serializer=RecordField(*PAGE)),
        APIField("due_on"),
    ]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        """The fragment that leads to the resolution on its report, in every language."""
        return f"resolution-{self.translation_key.hex[:8]}"

    @property
    def state_display(self) -> str:
        """How far it has come, in words of the active language."""
        return str(self.State(self.state).label)

    @property
    def is_overdue(self) -> bool:
        """Whether it is still open after the day it was due, in the site's time zone."""
        is_open = self.state in self.OPEN
        return bool(is_open and self.due_on and self.due_on < timezone.localdate())

    @property
    def responsible(self) -> str:
        """The names of the person and of the actor that answer for it."""
        names = [self.owner and self.owner.name, self.actor and self.actor.title]
        return " · ".join(filter(None, names))


class ReportPhoto(TranslatableItem):
    """A photo of a meeting."""

    report = ParentalKey(
        MeetingReportPage,
        on_delete=models.CASCADE,
        related_name="photos",
        verbose_name=_("meeting report"),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("image"),
    )
    caption = models.CharField(_("caption"), max_length=255)

    panels = [FieldPanel("image"), FieldPanel("caption")]
    translatable_fields = [
        SynchronizedField("image", overridable=False),
        TranslatableField("caption"),
    ]
    api_fields = [APIField("image"), APIField("caption")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")


class ReportDocument(TranslatableItem):
    """A file that belongs to a report."""

    report = ParentalKey(
        MeetingReportPage,
        on_delete=models.CASCADE,
        related_name="documents",
        verbose_name=_("meeting report"),
    )
    document = models.ForeignKey(
        get_document_model_string(),
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("document"),
    )
    title = models.CharField(_("title"), max_length=255)

    panels = [FieldPanel("document"), FieldPanel("title")]
    # A document may itself be replaced by its translation.
    translatable_fields = [SynchronizedField("document"), TranslatableField("title")]
    api_fields = [APIField("document"), APIField("title")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class MeetingIndexPage(IndexPage):
    """The list of meetings."""

    subpage_types = ["ess_pages.MeetingPage"]

    class Meta:
        verbose_name = _("meetings section")
        verbose_name_plural = _("meetings sections")

    def entries(self):
        """Return the live meetings of this language, the latest first."""
        return (
            MeetingPage.objects.live()
            .public()
            .child_of(self)
            .select_related("wilaya", "image", "locale")
            .prefetch_related("image__renditions")
            .annotate(last_day=Coalesce("ends_on", "starts_on"))
            .order_by("-starts_on", "title", "pk")
        )

    def upcoming(self):
        """Return the meetings that are not over, the soonest first."""
        today = timezone.localdate()
        return self.entries().filter(last_day__gte=today).order_by("starts_on", "title", "pk")

    def listed(self):
        """Return the meetings that are over, the latest first."""
        return self.entries().filter(last_day__lt=timezone.localdate())
