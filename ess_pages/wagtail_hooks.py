"""Where this app meets the Wagtail admin. Registers, and decides nothing."""

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from ess_ground.personal import HOOK as PERSONAL

from .admin import (
    accreditations,
    attendance,
    consultations,
    entry_reports,
    handovers,
    imports,
    meeting_messages,
    meetings,
    moderation,
    proposals,
    registrations,
    representatives,
    resolutions,
    reviews,
    texts,
)
from .admin.handovers import HandoverViewSetGroup
from .admin.log import register_actions
from .admin.messages import say_what_to_translate
from .admin.panels import TranslationsPanel
from .admin.viewsets import RecordsViewSetGroup
from .personal import PagesPart

register_snippet(RecordsViewSetGroup)
register_snippet(HandoverViewSetGroup)
hooks.register(PERSONAL, PagesPart)
hooks.register("after_publish_page", say_what_to_translate)
hooks.register("before_publish_page", reviews.keep_for_approval)
hooks.register("register_page_header_buttons", reviews.report_buttons)
hooks.register("register_page_header_buttons", registrations.registration_buttons)
hooks.register("register_page_listing_more_buttons", registrations.registration_buttons)
hooks.register("register_page_header_buttons", texts.desk_button)
hooks.register("register_page_listing_more_buttons", texts.desk_button)
hooks.register("register_admin_menu_item", meetings.menu_item)
hooks.register("register_log_actions", register_actions)
hooks.register("register_permissions", consultations.permissions)
hooks.register("register_admin_menu_item", proposals.menu_item)
hooks.register("register_admin_menu_item", imports.menu_item)
hooks.register("register_page_header_buttons", representatives.representatives_button)
hooks.register("register_page_listing_more_buttons", representatives.representatives_button)
hooks.register("before_edit_page", moderation.edit_whole_page, order=-1)
hooks.register("before_delete_page", moderation.keep_from_deletion)
hooks.register("before_bulk_action", moderation.keep_all_from_deletion)
# Before wagtail-localize's own addresses.
hooks.register("register_admin_urls", lambda: moderation.urlpatterns, order=-1)


@hooks.register("register_admin_urls")
def add_addresses() -> list:
    """Give the views of this app their place in the admin."""
    parts = [
        *(accreditations, attendance, entry_reports, handovers, imports, meeting_messages),
        *(meetings, proposals, registrations, representatives, resolutions, reviews),
    ]
    return [path("ess/", include([view for part in parts for view in part.urlpatterns]))]


@hooks.register("register_reports_menu_item")
def add_resolutions_report() -> MenuItem:
    """Show the resolutions among the reports."""
    return MenuItem(
        _("Resolutions"), reverse("ess_pages_resolutions"), icon_name="tasks", order=1300
    )


@hooks.register("construct_homepage_panels")
def add_translations_panel(request, panels) -> None:
    """Show on the admin's home page which translations wait for texts."""
    panels.append(TranslationsPanel(request.user))


@hooks.register("insert_global_admin_css")
def style_admin() -> str:
    """Let texts of either language keep their direction in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("ess_pages/admin.css"))
