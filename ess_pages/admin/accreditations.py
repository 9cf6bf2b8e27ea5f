"""The journalists who ask to cover a meeting, in the Wagtail admin."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn

from .. import desk
from ..actions import accreditations
from ..forms.accreditations import DecisionForm
from ..models import Accreditation
from ..policy import require
from .meetings import MeetingReport, form_page


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
    return form_page(request, meeting, "accreditation", title, form=form, item=accreditation)


urlpatterns = [
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
