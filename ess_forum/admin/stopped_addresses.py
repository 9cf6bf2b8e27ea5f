"""The addresses to which nothing is sent any more, in the Wagtail admin."""

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from ..actions.stopped_addresses import allow, owner_of
from ..models import StoppedAddress
from ..policy import require
from ..throttle import is_throttled
from ..viewer import Viewer
from .log import TextColumn
from .menu import HOOK
from .permissions import LOOK, MODERATE, ForumPolicy


class StoppedAddressFilter(WagtailFilterSet):
    """Stopped addresses by why and when."""

    reason = django_filters.ChoiceFilter(
        label=gettext_lazy("Reason"),
        choices=StoppedAddress.Reason.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    stopped_at = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Stopped at"), widget=DateRangePickerWidget
    )

    class Meta:
        model = StoppedAddress
        fields: list[str] = []


class StoppedAddressIndexView(IndexView):
    """Stopped addresses: each leads to where it is allowed again."""

    def get_edit_url(self, instance: StoppedAddress) -> str:
        """Return where the address is allowed again."""
        return reverse("ess_forum_stopped_address", args=[instance.pk])


class StoppedAddressViewSet(ModelViewSet):
    """The addresses that bounced or complained."""

    model = StoppedAddress
    name = "forum_stopped_addresses"
    url_prefix = "forum/stopped-addresses"
    icon = "mail"
    menu_label = gettext_lazy("Stopped addresses")
    menu_name = "forum-stopped-addresses"
    menu_order = 55
    menu_hook = HOOK
    index_view_class = StoppedAddressIndexView
    copy_view_enabled = False
    list_display = [
        "address",
        Column("reason", label=gettext_lazy("Reason"), accessor="get_reason_display"),
        TextColumn("detail", label=gettext_lazy("What the mail server said")),
        DateColumn("stopped_at", label=gettext_lazy("Stopped at"), sort_key="stopped_at"),
    ]
    filterset_class = StoppedAddressFilter
    search_fields = ["address", "detail"]
    form_fields = ["detail"]
    permission_policy = ForumPolicy(StoppedAddress, MODERATE, LOOK)


@require_http_methods(["GET", "HEAD", "POST"])
def stopped_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Show why nothing is sent to an address, and allow it again."""
    viewer = Viewer.of(request)
    require(viewer, "allow_address")
    found = StoppedAddress.objects.filter(pk=pk).first()
    if found is None:  # allowed already, perhaps by the first of two clicks
        messages.warning(request, _("Mails go to this address again already."))
        return redirect("forum_stopped_addresses:index")
    if request.method == "POST" and is_throttled(request, "moderate"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
    elif request.method == "POST":
        allow(viewer, found)
        messages.success(request, _("Mails go to this address again."))
        return redirect("forum_stopped_addresses:index")
    context = {
        "stopped": found,
        "member": owner_of(found),
        "header_title": found.address,
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("forum_stopped_addresses:index"), "label": _("Stopped addresses")},
            {"url": "", "label": found.address},
        ],
    }
    return TemplateResponse(request, "ess_forum/admin/stopped_address.html", context)


urlpatterns = [
    path("stopped-addresses/<int:pk>/allow/", stopped_address, name="ess_forum_stopped_address")
]
