"""What becomes of resolutions, in the Wagtail admin."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets import AdminDateInput
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..actions.resolutions import record_update
from ..models import Resolution, ResolutionUpdate
from ..models.resolutions import shown_resolutions
from ..policy import require


class UpdateForm(forms.ModelForm):
    """How far a resolution has come."""

    class Meta:
        model = ResolutionUpdate
        fields = ["state", "happened_on", "note_fr", "note_ar"]
        widgets = {
            "happened_on": AdminDateInput,
            "note_fr": forms.Textarea(attrs={"rows": 3, "lang": "fr", "dir": "ltr"}),
            "note_ar": forms.Textarea(attrs={"rows": 3, "lang": "ar", "dir": "rtl"}),
        }


def update_resolution(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the updates of a resolution, and add one."""
    resolution = get_object_or_404(_resolutions(), translation_key=key)
    require(request.user, "update_resolution", resolution.report)
    form = UpdateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_update(request.user, resolution, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The update has been recorded."))
            return redirect(request.path)
    context = {
        "resolution": resolution,
        "updates": ResolutionUpdate.objects.about(resolution).select_related("created_by"),
        "form": form,
        "header_title": resolution.title,
        "header_icon": "tasks",
        "breadcrumbs_items": [
            {"url": reverse("ess_pages_resolutions"), "label": _("Resolutions")},
            {"url": "", "label": resolution.title},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/resolution.html", context)


class ResolutionFilter(WagtailFilterSet):
    """The resolutions by how far they have come."""

    state = ChoiceFilter(label=gettext_lazy("State"), choices=Resolution.State.choices)

    class Meta:
        model = Resolution
        fields: list[str] = []


class ResolutionsReport(ReportView):
    """All resolutions of published reports, with who answers for them and how far they are."""

    page_title = gettext_lazy("Resolutions")
    header_icon = "tasks"
    index_url_name = "ess_pages_resolutions"
    index_results_url_name = "ess_pages_resolutions_results"
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["change", "publish"]
    filterset_class = ResolutionFilter
    default_ordering = "due_on"
    list_export = ["title", "report", "state_display", "responsible", "due_on"]
    export_headings = {
        "title": gettext_lazy("Title"),
        "report": gettext_lazy("Meeting report"),
        "state_display": gettext_lazy("State"),
        "responsible": gettext_lazy("Who answers for it"),
        "due_on": gettext_lazy("Due on"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        """What the list shows of each."""
        return [
            TitleColumn(
                "title",
                label=_("Title"),
                get_url=lambda item: reverse(
                    "ess_pages_update_resolution", args=[item.translation_key]
                ),
            ),
            Column("report", label=_("Meeting report")),
            Column("responsible", label=_("Who answers for it")),
            DateColumn("due_on", label=_("Due on")),
            Column("state_display", label=_("State")),
        ]

    def get_queryset(self):
        """Return each resolution once, those due first first."""
        return _resolutions().order_by("due_on", "pk")


def _resolutions():
    """Return each published resolution once, in the language in which it was written."""
    shown = shown_resolutions()
    first = shown.order_by().values("translation_key").annotate(first=Min("pk")).values("first")
    return shown.filter(pk__in=first)


urlpatterns = [
    path("resolutions/", ResolutionsReport.as_view(), name="ess_pages_resolutions"),
    path(
        "resolutions/results/",
        ResolutionsReport.as_view(results_only=True),
        name="ess_pages_resolutions_results",
    ),
    path("resolutions/<uuid:key>/", update_resolution, name="ess_pages_update_resolution"),
]
