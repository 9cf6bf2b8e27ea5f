"""Who is registered for a meeting, in the Wagtail admin."""

import datetime
from codecs import BOM_UTF8
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import (
    ButtonsColumnMixin,
    Column,
    DateColumn,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.widgets.button import Button, ButtonWithDropdown, HeaderButton

from ess_ground.exports import NotedExport

from .. import desk
from ..actions import registrations
from ..forms.registrations import AdmissionForm
from ..models import MeetingPage, Registration, Sphere
from ..open_data.cells import neutral
from ..policy import allows, require
from .attendance import AttendanceColumn
from .meetings import MeetingReport, about_or_404, form_page, meeting_or_404


def registration_buttons(page, user, view_name=None, next_url=None):
    """Yield, for a meeting, the way to its registrations."""
    if page.specific_class is MeetingPage and allows(user, "manage_registrations", page):
        yield Button(
            _("Registrations"),
            reverse("ess_pages_registrations", args=[page.pk]),
            icon_name="group",
            priority=34,
        )


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


class RegistrationsReport(NotedExport, MeetingReport):
    """Who is registered for a meeting."""

    export_action = "ess_pages.export_registrations"
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

    def export_about(self) -> MeetingPage:
        """Return what the file is about."""
        return self.meeting

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


def cancel(request: HttpRequest, pk: int, registration_pk: int) -> HttpResponse:
    """Cancel a registration for somebody who said that they cannot come, once confirmed."""
    meeting = meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    registration = about_or_404(Registration, meeting, registration_pk)
    if request.method == "POST":
        try:
            registrations.cancel_for(request.user, meeting, registration)
        except ValidationError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The registration has been cancelled."))
        return redirect("ess_pages_registrations", meeting.pk)
    return form_page(
        request,
        meeting,
        "cancel_registration",
        _("Cancel the registration"),
        registration=registration,
    )


def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody who comes without having registered."""
    meeting = meeting_or_404(pk)
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
    return form_page(request, meeting, "admit", title, form=form)


urlpatterns = [
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
    path(
        "meetings/<int:pk>/registrations/<int:registration_pk>/cancel/",
        cancel,
        name="ess_pages_cancel_registration",
    ),
]
