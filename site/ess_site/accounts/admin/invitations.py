"""Invitations in the Wagtail admin: whom a file invites, who has joined, whom to write again."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import registry
from wagtail.permission_policies import ModelPermissionPolicy

from ess_pages.imports.files import FileError
from ess_pages.languages import language_choices

from ..actions.invitations import invite, send_again, withdraw
from ..forms import GuestsForm
from ..guests import Guest, Outcome, read_guests, sealed, unsealed
from ..models import Invitation
from ..policy import allows, require
from ..throttle import is_throttled


class InvitationFilter(WagtailFilterSet):
    """Invitations by where they stand, and by language."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=Invitation.State.choices,
        method="filter_state",
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    language = django_filters.ChoiceFilter(
        label=gettext_lazy("Language"),
        choices=language_choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Invitation
        fields: list[str] = []

    def filter_state(self, queryset, _name, value):
        """Return those in this state."""
        return queryset.in_state(value)


class InvitationsReport(ReportView):
    """Who is invited, and what became of it."""

    page_title = gettext_lazy("Invitations")
    header_icon = "mail"
    index_url_name = "accounts_invitations"
    index_results_url_name = "accounts_invitations_results"
    permission_policy = ModelPermissionPolicy(Invitation)
    any_permission_required = ["view"]
    filterset_class = InvitationFilter
    is_searchable = True
    search_fields = ["email", "name_latin", "name_arabic"]
    default_ordering = "-sent_at"
    columns = [
        TitleColumn(
            "name",
            label=gettext_lazy("Name"),
            get_url=lambda item: reverse("accounts_invitation", args=[item.pk]),
        ),
        Column("email", label=gettext_lazy("E-mail address"), sort_key="email"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda item: item.state.label,
            primary=lambda item: item.is_open,
        ),
        Column("language", label=gettext_lazy("Language"), accessor="get_language_display"),
        DateColumn("sent_at", label=gettext_lazy("Sent at"), sort_key="sent_at"),
        # A DateColumn would say of what is to come that it was a moment ago.
        Column(
            "expires_at",
            label=gettext_lazy("Valid until"),
            accessor=lambda item: date_format(localtime(item.expires_at), "SHORT_DATE_FORMAT"),
            sort_key="expires_at",
        ),
        Column("invited_by", label=gettext_lazy("Invited by")),
    ]

    def get_base_queryset(self) -> QuerySet[Invitation]:
        """Return all invitations."""
        return Invitation.objects.select_related("invited_by")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to invite."""
        if not allows(self.request.user, "invite"):
            return []
        return [HeaderButton(_("Invite people"), url=reverse("accounts_invite"), icon_name="plus")]


def invite_people(request: HttpRequest) -> HttpResponse:
    """Take a file, show what becomes of each of its rows, and send the invitations."""
    require(request.user, "invite")
    is_too_much = request.method == "POST" and is_throttled(request, "invite")
    if "guests" in request.POST and not is_too_much:
        return _send(request)
    form = GuestsForm(request.POST or None, request.FILES or None)
    guests: list[Guest] = []
    if is_too_much:
        form.add_error(None, _("That is a lot at once: try again in an hour."))
    if form.is_valid():
        try:
            guests = read_guests(form.cleaned_data["file"].read())
        except FileError as error:
            form.add_error("file", str(error))
    refused = sum(guest.outcome == Outcome.REFUSED for guest in guests)
    context = {
        "form": form,
        "guests": guests,
        "refused": refused,
        "to_invite": sum(guest.is_written_to for guest in guests),
        "sealed": sealed(guests, request.user) if guests and not refused else "",
        **_header(_("Invite people")),
    }
    return TemplateResponse(request, "accounts/admin/invite.html", context)


def _send(request: HttpRequest) -> HttpResponse:
    try:
        sent = invite(request.user, unsealed(request.POST["guests"], request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts_invite")
    text = ngettext("%(number)d invitation sent.", "%(number)d invitations sent.", len(sent))
    messages.success(request, text % {"number": len(sent)})
    return redirect("accounts_invitations")


def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an invitation, its history, and what can be done with it."""
    require(request.user, "see_invitations")
    found = get_object_or_404(Invitation.objects.select_related("invited_by", "user"), pk=pk)
    context = {
        "invitation": found,
        "history": registry.get_logs_for_instance(found).select_related("user"),
        "can_send": allows(request.user, "invite") and not found.joined_at,
        "can_withdraw": allows(request.user, "withdraw_invitation") and found.is_open,
        **_header(found.name),
    }
    return TemplateResponse(request, "accounts/admin/invitation.html", context)


def _deed(action: Callable[[Any, Invitation], None], done: Promise):
    """Return a view that does `action` with an invitation, and says `done`."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "see_invitations")
        found = get_object_or_404(Invitation, pk=pk)
        if is_throttled(request, "invite"):
            messages.error(request, _("That is a lot at once: try again in an hour."))
            return redirect("accounts_invitation", pk)
        try:
            action(request.user, found)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, done)
        return redirect("accounts_invitation", pk)

    return view


def _header(title: str) -> dict:
    return {
        "header_title": title,
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("accounts_invitations"), "label": _("Invitations")},
            {"url": "", "label": title},
        ],
    }


urlpatterns = [
    path("invitations/", InvitationsReport.as_view(), name="accounts_invitations"),
    path(
        "invitations/results/",
        InvitationsReport.as_view(results_only=True),
        name="accounts_invitations_results",
    ),
    path("invitations/invite/", invite_people, name="accounts_invite"),
    path("invitations/<int:pk>/", invitation, name="accounts_invitation"),
    path(
        "invitations/<int:pk>/send/",
        _deed(send_again, gettext_lazy("The invitation has been sent again.")),
        name="accounts_send_invitation",
    ),
    path(
        "invitations/<int:pk>/withdraw/",
        _deed(withdraw, gettext_lazy("The invitation has been withdrawn.")),
        name="accounts_withdraw_invitation",
    ),
]
