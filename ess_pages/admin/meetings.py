"""Who comes to a meeting, in the Wagtail admin: registrations, the door, messages, the press."""

import datetime
from codecs import BOM_UTF8
from collections import Counter
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import (
    ButtonsColumnMixin,
    Column,
    DateColumn,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button, ButtonWithDropdown, HeaderButton
from wagtail.coreutils import get_content_languages
from wagtail.permission_policies.pages import PagePermissionPolicy

from .. import desk
from ..actions import accreditations, registrations
from ..actions.messages import recipients_of, send_message
from ..forms.accreditations import DecisionForm
from ..forms.messages import MessageForm
from ..forms.registrations import AdmissionForm
from ..models import Accreditation, MeetingMessage, MeetingPage, Registration, Sphere
from ..open_data.cells import neutral
from ..policy import allows, require

BLANK_ROWS = 12  # on the printed sheet, for those who come without having registered


# Meetings


class MeetingsMenuItem(MenuItem):
    """The way to the meetings, for those who may edit pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the user has pages to edit."""
        return PagePermissionPolicy().user_has_any_permission(request.user, {"add", "change"})


def menu_item() -> MeetingsMenuItem:
    """Return the entry of the admin's menu."""
    return MeetingsMenuItem(
        gettext_lazy("Meetings"),
        reverse("ess_pages_meetings"),
        name="meetings",
        icon_name="calendar",
        order=310,
    )


def registration_buttons(page, user, view_name=None, next_url=None):
    """Yield, for a meeting, the way to its registrations."""
    if page.specific_class is MeetingPage and allows(user, "manage_registrations", page):
        yield Button(
            _("Registrations"),
            reverse("ess_pages_registrations", args=[page.pk]),
            icon_name="group",
            priority=34,
        )


class MeetingsReport(ReportView):
    """The meetings that the user may edit, with how many come."""

    page_title = gettext_lazy("Meetings")
    header_icon = "calendar"
    index_url_name = "ess_pages_meetings"
    index_results_url_name = "ess_pages_meetings_results"
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["add", "change"]
    default_ordering = "-starts_on"
    columns = [
        TitleColumn(
            "title",
            label=gettext_lazy("Title"),
            get_url=lambda meeting: reverse("ess_pages_registrations", args=[meeting.pk]),
        ),
        Column("starts_on", label=gettext_lazy("First day"), sort_key="starts_on"),
        Column("capacity", label=gettext_lazy("Places")),
        Column("confirmed", label=gettext_lazy("Registered")),
        Column("waiting", label=gettext_lazy("On the waiting list")),
        Column("came", label=gettext_lazy("Came")),
        Column("journalists", label=gettext_lazy("Requests of the press to decide on")),
    ]

    def get_base_queryset(self) -> QuerySet[MeetingPage]:
        """Return each meeting once, in the first of its languages that the user may edit."""
        policy = PagePermissionPolicy()
        editable = policy.instances_user_has_permission_for(self.request.user, "change")
        pages = MeetingPage.objects.filter(pk__in=editable.values("pk"))
        first = pages.order_by().values("translation_key").annotate(first=Min("pk")).values("first")
        standing = Registration.objects.exclude(state=Registration.State.CANCELLED)
        requests = Accreditation.objects.filter(state=Accreditation.State.WAITING)
        return MeetingPage.objects.filter(pk__in=first).annotate(
            confirmed=_number(standing.filter(state=Registration.State.CONFIRMED)),
            waiting=_number(standing.filter(state=Registration.State.WAITING)),
            came=_number(standing.filter(attended_at__isnull=False)),
            journalists=_number(requests),
        )


def _number(records: QuerySet) -> Coalesce:
    """Return how many of these records are about the page at hand."""
    about = records.filter(translation_key=OuterRef("translation_key")).order_by()
    counted = about.values("translation_key").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class MeetingReport(ReportView):
    """A list of records about one meeting."""

    verb: str
    index_url_name: str
    index_results_url_name: str

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        """Find the meeting, and refuse whoever may not see who comes."""
        super().setup(request, *args, **kwargs)
        self.meeting = _meeting_or_404(kwargs["pk"])
        require(request.user, self.verb, self.meeting)

    def get_index_url(self) -> str:
        """Return the address of the list."""
        return reverse(self.index_url_name, args=[self.meeting.pk])

    def get_index_results_url(self) -> str:
        """Return the address of its results alone."""
        return reverse(self.index_results_url_name, args=[self.meeting.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way from the meetings to here."""
        return _breadcrumbs(self.meeting, self.page_title)


def _meeting_or_404(pk: int) -> MeetingPage:
    return get_object_or_404(MeetingPage.objects.select_related("locale", "wilaya"), pk=pk)


def _breadcrumbs(meeting: MeetingPage, label) -> list[dict[str, Any]]:
    registrations_url = reverse("ess_pages_registrations", args=[meeting.pk])
    return [
        {"url": reverse("ess_pages_meetings"), "label": _("Meetings")},
        {"url": registrations_url, "label": meeting.title},
        {"url": "", "label": label, "sublabel": meeting.title},
    ]


def _form_page(
    request: HttpRequest, meeting: MeetingPage, template: str, title: str, **context
) -> TemplateResponse:
    context |= {
        "meeting": meeting,
        "header_title": title,
        "breadcrumbs_items": _breadcrumbs(meeting, title),
    }
    return TemplateResponse(request, f"ess_pages/admin/{template}.html", context)


# Registrations


class RegistrationFilter(WagtailFilterSet):
    """Registrations by where they stand, by sphere, and by who came."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=Registration.State.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    sphere = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Sphere"),
        queryset=Sphere.objects.all(),
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    came = django_filters.ChoiceFilter(
        label=gettext_lazy("Attendance"),
        method="filter_came",
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Registration
        fields: list[str] = []

    def filter_came(self, queryset, _name, value):
        """Return those who came, or those who did not."""
        return queryset.filter(attended_at__isnull=value == "no")


class PersonColumn(ButtonsColumnMixin, TitleColumn):
    """A name, with what can be done for the person."""

    def get_buttons(self, instance: Registration, parent_context) -> list[ButtonWithDropdown]:
        """Return a menu with the ways to the ticket, and to cancel."""
        meeting = parent_context["table"].meeting
        buttons = [Button(_("Ticket"), reverse("ess_pages:ticket", args=[instance.token]))]
        if instance.state != Registration.State.CANCELLED:
            url = reverse("ess_pages_cancel_registration", args=[meeting.pk, instance.pk])
            buttons.append(Button(_("Cancel the registration"), url))
        label = _("More options for %(name)s") % {"name": instance.name}
        return [
            ButtonWithDropdown(
                buttons=buttons, icon_name="dots-horizontal", attrs={"aria-label": label}
            )
        ]


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


class RegistrationsReport(MeetingReport):
    """Who is registered for a meeting."""

    verb = "manage_registrations"
    page_title = gettext_lazy("Registrations")
    header_icon = "group"
    index_url_name = "ess_pages_registrations"
    index_results_url_name = "ess_pages_registrations_results"
    results_template_name = "ess_pages/admin/registrations_results.html"
    filterset_class = RegistrationFilter
    is_searchable = True
    search_fields = ["name", "organisation", "email"]
    default_ordering = "created_at"
    columns = [
        PersonColumn("name", label=gettext_lazy("Name"), sort_key="name", width="22%"),
        # So near that a telephone shows it.
        AttendanceColumn("attended_at", label=gettext_lazy("Attendance"), sort_key="attended_at"),
        Column("organisation", label=gettext_lazy("Organisation"), sort_key="organisation"),
        Column("sphere", label=gettext_lazy("Sphere")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda item: item.state == Registration.State.CONFIRMED,
            sort_key="state",
        ),
        Column("note", label=gettext_lazy("To know")),
        DateColumn("created_at", label=gettext_lazy("Registered at"), sort_key="created_at"),
    ]
    list_export = [
        *("name", "email", "organisation", "sphere", "state", "note", "language"),
        *("created_at", "attended_at"),
    ]

    def get_base_queryset(self) -> QuerySet[Registration]:
        """Return all registrations for the meeting, cancelled ones among them."""
        return Registration.objects.about(self.meeting).select_related("sphere")

    def get_table(self, object_list):
        """Return the table, which knows its meeting."""
        table = super().get_table(object_list)
        table.meeting = self.meeting
        return table

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to add somebody."""
        url = reverse("ess_pages_admit", args=[self.meeting.pk])
        return [HeaderButton(_("Add somebody at the door"), url=url, icon_name="plus")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The ways to what else there is to do for the meeting."""
        others = [
            (_("Write to those registered"), "ess_pages_message", "mail"),
            (_("Print the sheet"), "ess_pages_sheet", "clipboard-list"),
            (_("Accreditations"), "ess_pages_accreditations", "comment"),
        ]
        return [
            *(
                Button(label, reverse(name, args=[self.meeting.pk]), icon_name=icon, priority=order)
                for order, (label, name, icon) in enumerate(others)
            ),
            *super().header_more_buttons,
        ]

    def get_context_data(self, *args, **kwargs) -> dict[str, Any]:
        """Add the numbers."""
        standing = desk.standing(self.meeting)
        return super().get_context_data(*args, **kwargs) | {
            "meeting": self.meeting,
            "came": standing.filter(attended_at__isnull=False).count(),
        }

    def get_filename(self) -> str:
        """Name the file after the day of the meeting."""
        return f"registrations-{self.meeting.starts_on}"

    def to_row_dict(self, item: Registration) -> dict[str, Any]:
        """Return a row of the file: in words, and in the time of the clock on the wall."""
        return super().to_row_dict(item) | {
            "sphere": str(item.sphere or ""),
            "state": item.get_state_display(),
            "language": item.get_language_display(),
            "created_at": _on_the_wall(item.created_at),
            "attended_at": _on_the_wall(item.attended_at),
        }

    def stream_csv(self, queryset):
        """Yield the file line by line, after the mark by which Excel knows its encoding."""
        yield BOM_UTF8
        yield from super().stream_csv(queryset)

    def write_csv_row(self, writer, row_dict: dict[str, Any]):
        """Write a row in which no text is taken for a formula."""
        return super().write_csv_row(
            writer, {name: _no_formula(value) for name, value in row_dict.items()}
        )


def _on_the_wall(moment: datetime.datetime | None) -> datetime.datetime | None:
    return moment and timezone.make_naive(moment).replace(microsecond=0)


def _no_formula(value):
    return neutral(value) if isinstance(value, str) else value


@require_POST
def attendance(request: HttpRequest, pk: int, registration_pk: int) -> HttpResponse:
    """Note that somebody has come, or take it back."""
    meeting = _meeting_or_404(pk)
    registration = _about_or_404(Registration, meeting, registration_pk)
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


def cancel(request: HttpRequest, pk: int, registration_pk: int) -> HttpResponse:
    """Cancel a registration for somebody who said that they cannot come, once confirmed."""
    meeting = _meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    registration = _about_or_404(Registration, meeting, registration_pk)
    if request.method == "POST":
        try:
            registrations.cancel_for(request.user, meeting, registration)
        except ValidationError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The registration has been cancelled."))
        return redirect("ess_pages_registrations", meeting.pk)
    return _form_page(
        request,
        meeting,
        "cancel_registration",
        _("Cancel the registration"),
        registration=registration,
    )


def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody who comes without having registered."""
    meeting = _meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    form = AdmissionForm(request.POST or None, initial={"language": meeting.locale.language_code})
    if request.method == "POST" and form.is_valid():
        try:
            person = registrations.admit(request.user, meeting, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = _("%(name)s is marked as come.") % {"name": person.name}
            messages.success(request, said)
            return redirect("ess_pages_registrations", meeting.pk)
    title = _("Add somebody at the door")
    return _form_page(request, meeting, "admit", title, form=form)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet to print and sign, in both languages."""
    meeting = _meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    people = desk.standing(meeting).filter(state=Registration.State.CONFIRMED)
    languages = get_content_languages()
    context = {
        "meeting": meeting,
        "meetings": [(code, desk.meeting_of(meeting, code)) for code in languages],
        "languages": list(languages),
        "people": people.order_by("name", "pk"),
        "blank_rows": range(BLANK_ROWS),
    }
    return TemplateResponse(request, "ess_pages/admin/sheet.html", context)


def _about_or_404(model, meeting: MeetingPage, pk: int):
    return get_object_or_404(model.objects.about(meeting), pk=pk)


# Messages


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to those who have a place, and show what was written before."""
    meeting = _meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = send_message(request.user, meeting, form.cleaned_data)
        said = ngettext(
            "The message has been sent to %(number)d person.",
            "The message has been sent to %(number)d people.",
            sent.recipients,
        ) % {"number": sent.recipients}
        messages.success(request, said)
        return redirect("ess_pages_message", meeting.pk)
    languages = Counter(recipients_of(meeting).values_list("language", flat=True))
    names = get_content_languages()
    return _form_page(
        request,
        meeting,
        "message",
        _("Write to those registered"),
        form=form,
        number=languages.total(),
        languages=[(names.get(code, code), number) for code, number in languages.items()],
        sent=MeetingMessage.objects.about(meeting).select_related("sent_by"),
    )


# The press


class AccreditationFilter(WagtailFilterSet):
    """Requests by what was decided."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=Accreditation.State.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Accreditation
        fields: list[str] = []


class AccreditationsReport(MeetingReport):
    """The journalists who ask to cover a meeting."""

    verb = "decide_accreditation"
    page_title = gettext_lazy("Accreditations")
    header_icon = "comment"
    index_url_name = "ess_pages_accreditations"
    index_results_url_name = "ess_pages_accreditations_results"
    filterset_class = AccreditationFilter
    default_ordering = "-created_at"
    columns = [
        TitleColumn(
            "name",
            label=gettext_lazy("Name"),
            sort_key="name",
            get_url=lambda item: reverse("ess_pages_decide_accreditation", args=[item.pk]),
        ),
        Column("media", label=gettext_lazy("Media"), sort_key="media"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda item: item.state == Accreditation.State.WAITING,
        ),
        DateColumn("created_at", label=gettext_lazy("Asked at"), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> QuerySet[Accreditation]:
        """Return the requests about the meeting."""
        return Accreditation.objects.about(self.meeting)


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request for accreditation, and answer it."""
    accreditation = get_object_or_404(Accreditation.objects.select_related("decided_by"), pk=pk)
    meeting = desk.meeting_of(accreditation)
    if meeting is None:
        raise Http404
    require(request.user, "decide_accreditation", meeting)
    answered = accreditation.decided_at is not None
    initial = {"state": accreditation.state, "answer": accreditation.answer} if answered else None
    form = DecisionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        accreditations.decide_accreditation(
            request.user, meeting, accreditation, **form.cleaned_data
        )
        messages.success(request, _("The answer has been sent."))
        return redirect("ess_pages_accreditations", meeting.pk)
    title = str(accreditation)
    return _form_page(request, meeting, "accreditation", title, form=form, item=accreditation)


urlpatterns = [
    path("meetings/", MeetingsReport.as_view(), name="ess_pages_meetings"),
    path(
        "meetings/results/",
        MeetingsReport.as_view(results_only=True),
        name="ess_pages_meetings_results",
    ),
    path(
        "meetings/<int:pk>/registrations/",
        RegistrationsReport.as_view(),
        name="ess_pages_registrations",
    ),
    path(
        "meetings/<int:pk>/registrations/results/",
        RegistrationsReport.as_view(results_only=True),
        name="ess_pages_registrations_results",
    ),
    path("meetings/<int:pk>/registrations/add/", admit, name="ess_pages_admit"),
    path("meetings/<int:pk>/registrations/sheet/", sheet, name="ess_pages_sheet"),
    path(
        "meetings/<int:pk>/registrations/<int:registration_pk>/attendance/",
        attendance,
        name="ess_pages_attendance",
    ),
    path(
        "meetings/<int:pk>/registrations/<int:registration_pk>/cancel/",
        cancel,
        name="ess_pages_cancel_registration",
    ),
    path("meetings/<int:pk>/message/", message, name="ess_pages_message"),
    path(
        "meetings/<int:pk>/accreditations/",
        AccreditationsReport.as_view(),
        name="ess_pages_accreditations",
    ),
    path(
        "meetings/<int:pk>/accreditations/results/",
        AccreditationsReport.as_view(results_only=True),
        name="ess_pages_accreditations_results",
    ),
    path("accreditations/<int:pk>/", decide, name="ess_pages_decide_accreditation"),
]
