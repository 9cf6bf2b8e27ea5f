"""Where personal data meets the Wagtail admin. Registers, and decides nothing."""

from django.contrib.auth.models import Permission
from django.urls import include, path
from wagtail import hooks

from ess_ground.personal import HOOK as PERSONAL

from .admin import accounts, corrections, exports, texts
from .admin.log import register_actions
from .admin.menu import menu_item
from .personal import AccountPart

hooks.register(PERSONAL, AccountPart, order=-1)
hooks.register("register_admin_menu_item", menu_item)
hooks.register("register_log_actions", register_actions)
hooks.register("before_delete_user", accounts.forget_deleted)
hooks.register("before_bulk_action", accounts.forget_all_deleted)


@hooks.register("register_admin_urls")
def add_addresses() -> list:
    """Give the views of this app their place in the admin."""
    parts = [*texts.urlpatterns, *corrections.urlpatterns, *exports.urlpatterns]
    return [path("privacy/", include(parts))]


@hooks.register("register_permissions")
def permissions():
    """Let administrators grant what the policy asks for."""
    asked_for = ["add_consenttext", "change_correctionrequest", "see_exports"]
    return Permission.objects.filter(content_type__app_label="privacy", codename__in=asked_for)
