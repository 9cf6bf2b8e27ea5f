"""Where joining meets the Wagtail admin. Registers, and decides nothing."""

from django.contrib.auth.models import Permission
from django.urls import include, path
from wagtail import hooks

from .admin import applications, invitations
from .admin.log import register_actions
from .admin.menu import menu_item
from .policy import RULES

hooks.register("register_admin_menu_item", menu_item)
hooks.register("register_log_actions", register_actions)


@hooks.register("register_admin_urls")
def add_addresses() -> list:
    """Give the views of this app their place in the admin."""
    parts = [*invitations.urlpatterns, *applications.urlpatterns]
    return [path("joining/", include(parts))]


@hooks.register("register_permissions")
def permissions():
    """Let administrators grant what the policy asks for."""
    asked_for = [name.partition(".")[2] for name in RULES.values()]
    return Permission.objects.filter(content_type__app_label="accounts", codename__in=asked_for)
