"""The texts on personal data in the Wagtail admin: read, and followed by a new version."""

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from .. import asked
from ..actions.consents import publish_text
from ..forms import text_form
from ..models import ConsentText
from ..policy import allows, require
from ..throttle import is_throttled


class TextsReport(ReportView):
    """The versions that there were, and how many have agreed to each."""

    page_title = gettext_lazy("Texts on personal data")
    header_icon = "doc-full"
    index_url_name = "privacy_texts"
    index_results_url_name = "privacy_texts_results"
    permission_policy = ModelPermissionPolicy(ConsentText)
    any_permission_required = ["add", "view"]
    default_ordering = "-number"
    columns = [
        TitleColumn(
            "number",
            label=gettext_lazy("Version"),
            accessor=str,
            get_url=lambda text: reverse("privacy:version", args=[text.number]),
        ),
        DateColumn("published_at", label=gettext_lazy("Published at")),
        Column("published_by", label=gettext_lazy("Published by")),
        BooleanColumn("asks_anew", label=gettext_lazy("Everybody was asked anew")),
        Column("agreed", label=gettext_lazy("Have agreed")),
    ]

    def get_base_queryset(self) -> QuerySet[ConsentText]:
        """Return all versions, each with how many have agreed to it."""
        texts = ConsentText.objects.defer("body_fr", "body_ar").select_related("published_by")
        return texts.annotate(agreed=Count("consents"))

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to a new version."""
        if not allows(self.request.user, "publish_text"):
            return []
        url = reverse("privacy_publish_text")
        return [HeaderButton(_("Publish a new version"), url=url, icon_name="plus")]


def publish(request: HttpRequest) -> HttpResponse:
    """Write a new version, which begins as the last one, and publish it."""
    require(request.user, "publish_text")
    last = asked.current()
    initial = {"body_fr": last.body_fr, "body_ar": last.body_ar} if last else {}
    form = text_form()(request.POST or None, initial=initial)
    if request.method == "POST" and is_throttled(request, "publish_text"):
        form.add_error(None, _("That is a lot at once: try again in an hour."))
    elif form.is_valid():
        text = publish_text(request.user, **form.cleaned_data)
        messages.success(request, _("{version} is published.").format(version=text))
        return redirect("privacy_texts")
    title = _("Publish a new version")
    context = {
        "form": form,
        "media": form.media,
        "header_title": title,
        "header_icon": "doc-full",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("privacy_texts"), "label": _("Texts on personal data")},
            {"url": "", "label": title},
        ],
    }
    return TemplateResponse(request, "privacy/admin/publish.html", context)


urlpatterns = [
    path("texts/", TextsReport.as_view(), name="privacy_texts"),
    path("texts/results/", TextsReport.as_view(results_only=True), name="privacy_texts_results"),
    path("texts/publish/", publish, name="privacy_publish_text"),
]
