"""The moderators' log in the Wagtail admin: read, filtered and exported; nobody alters it."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView

from ess_ground.exports import NotedExport

from ..audience import moderators
from ..models import ForumSettings, Member, ModerationEvent
from .menu import ModeratorsMenuItem
from .permissions import LOOK, MODERATE, ForumPolicy

# What each verb is called. One that is not here shows its own name.
VERBS = {
    "approve_post": _("approve a post"),
    "hide_post": _("hide a post"),
    "restore_post": _("show a post again"),
    "edit_post": _("edit a post"),
    "decide_flags": _("decide on flags"),
    "hide_thread": _("hide a thread"),
    "restore_thread": _("show a thread again"),
    "rename_thread": _("rename a thread"),
    "move_thread": _("move a thread"),
    "split_thread": _("split a thread"),
    "merge_threads": _("merge threads"),
    "close_thread": _("close or open a thread"),
    "pin_thread": _("pin or unpin a thread"),
    "feature_thread": _("feature a thread, or stop"),
    "accept_answer": _("accept an answer"),
    "sanction": _("take a measure"),
    "lift_sanction": _("lift a measure"),
    "set_trust": _("set the trust of a member"),
    "decide_appeal": _("decide on an appeal"),
    "edit_member": _("edit a member"),
    "allow_address": _("send mails to an address again"),
    "manage_categories": _("change a category"),
    "make_group": _("make a private group"),
    "manage_group": _("change a private group"),
}


def verb_name(verb: str) -> str:
    """Return what was done, in the active language."""
    return str(VERBS.get(verb, verb))


def _in_words(details: dict) -> str:
    return ", ".join(f"{name}: {value}" for name, value in details.items())


class LogFilter(WagtailFilterSet):
    """Entries by who, what and when."""

    at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    verb = django_filters.MultipleChoiceFilter(
        label=_("What was done"),
        choices=lambda: sorted(VERBS.items(), key=lambda item: str(item[1])),
        widget=forms.CheckboxSelectMultiple,
    )
    moderator = django_filters.ModelChoiceFilter(
        label=_("Moderator"), queryset=lambda request: moderators()
    )

    class Meta:
        model = ModerationEvent
        fields: list[str] = []


class TextColumn(Column):
    """What somebody wrote, in the direction of its own words."""

    cell_template_name = "ess_forum/admin/text_cell.html"


class ModerationLog(NotedExport, ReportView):
    """What moderators have done."""

    export_action = "ess_forum.export_log"
    page_title = _("Moderation log")
    header_icon = "history"
    index_url_name = "ess_forum_log"
    index_results_url_name = "ess_forum_log_results"
    permission_policy = ForumPolicy(Member, MODERATE, LOOK)
    any_permission_required = ["view"]
    filterset_class = LogFilter
    is_searchable = True
    search_fields = ["about", "reason"]
    default_ordering = "-at"
    list_export = ["at", "moderator", "verb", "about", "reason", "details"]
    export_headings = {
        "at": _("At"),
        "moderator": _("Moderator"),
        "verb": _("What was done"),
        "about": _("To what"),
        "reason": _("Reason"),
        "details": _("Details"),
    }
    custom_field_preprocess = {
        "verb": {"csv": verb_name, "xlsx": verb_name},
        "details": {"csv": _in_words, "xlsx": _in_words},
    }
    columns = [
        DateColumn("at", label=_("At"), sort_key="at"),
        TextColumn(
            "moderator",
            label=_("Moderator"),
            accessor=lambda event: event.moderator or _("the portal"),
        ),
        Column(
            "verb",
            label=_("What was done"),
            accessor=lambda event: verb_name(event.verb),
            sort_key="verb",
        ),
        TextColumn("about", label=_("To what")),
        TextColumn("reason", label=_("Reason")),
    ]

    def get_base_queryset(self) -> QuerySet[ModerationEvent]:
        """Return the entries."""
        return ModerationEvent.objects.select_related("moderator")

    def export_about(self) -> ForumSettings:
        """Return what stands for the forum as a whole."""
        return ForumSettings.load()

    def get_filename(self) -> str:
        """Return the name of an exported file."""
        return "moderation-log"


def menu_item() -> ModeratorsMenuItem:
    """Return the entry of the admin's menu."""
    return ModeratorsMenuItem(
        _("Moderation log"),
        reverse("ess_forum_log"),
        name="forum-log",
        icon_name="history",
        order=60,
    )


urlpatterns = [
    path("log/", ModerationLog.as_view(), name="ess_forum_log"),
    path("log/results/", ModerationLog.as_view(results_only=True), name="ess_forum_log_results"),
]
