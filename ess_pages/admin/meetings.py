"""The meetings in the Wagtail admin, and what the pages about one meeting have in common."""

from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..models import Accreditation, MeetingPage, Registration
from ..policy import require


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
            accessor="get_admin_display_title",
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
        self.meeting = meeting_or_404(kwargs["pk"])
        require(request.user, self.verb, self.meeting)

    def get_index_url(self) -> str:
        """Return the address of the list."""
        return reverse(self.index_url_name, args=[self.meeting.pk])

    def get_index_results_url(self) -> str:
        """Return the address of its results alone."""
        return reverse(self.index_results_url_name, args=[self.meeting.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way from the meetings to here."""
        return breadcrumbs(self.meeting, self.page_title)


def meeting_or_404(pk: int) -> MeetingPage:
    """Return the meeting, with what its pages show. Raises Http404."""
    return get_object_or_404(MeetingPage.objects.select_related("locale", "wilaya"), pk=pk)


def breadcrumbs(meeting: MeetingPage, label) -> list[dict[str, Any]]:
    """Return the way from the meetings, by this one, to the page with this label."""
    registrations_url = reverse("ess_pages_registrations", args=[meeting.pk])
    return [
        {"url": reverse("ess_pages_meetings"), "label": _("Meetings")},
        {"url": registrations_url, "label": meeting.title},
        {"url": "", "label": label, "sublabel": meeting.title},
    ]


def form_page(
    request: HttpRequest, meeting: MeetingPage, template: str, title: str, **context
) -> TemplateResponse:
    """Return a page about the meeting, made by this template of the admin."""
    context |= {
        "meeting": meeting,
        "header_title": title,
        "breadcrumbs_items": breadcrumbs(meeting, title),
    }
    return TemplateResponse(request, f"ess_pages/admin/{template}.html", context)


def about_or_404(model, meeting: MeetingPage, pk: int):
    """Return the record of this model, if it is about the meeting. Raises Http404."""
    return get_object_or_404(model.objects.about(meeting), pk=pk)


urlpatterns = [
    path("meetings/", MeetingsReport.as_view(), name="ess_pages_meetings"),
    path(
        "meetings/results/",
        MeetingsReport.as_view(results_only=True),
        name="ess_pages_meetings_results",
    ),
]
