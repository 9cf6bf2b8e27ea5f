"""Where this app meets the Wagtail admin. Registers, and decides nothing."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page

from ess_ground.personal import HOOK as PERSONAL

from .actions.page_news import read_page
from .admin import (
    categories,
    exports,
    groups,
    log,
    members,
    menu,
    permissions,
    queue,
    sanctions,
    stopped_addresses,
    watched_words,
    webhooks,
)
from .personal import ForumPart
from .viewer import Viewer

hooks.register(PERSONAL, ForumPart)
hooks.register("register_admin_menu_item", menu.menu_item)
hooks.register("register_permissions", permissions.permissions)
hooks.register("register_log_actions", exports.register_actions)
hooks.register(menu.HOOK, queue.menu_item)
hooks.register(menu.HOOK, log.menu_item)
hooks.register("register_admin_viewset", lambda: categories.CategoryViewSet())
hooks.register("register_admin_viewset", lambda: groups.GroupViewSet())
hooks.register("register_admin_viewset", lambda: sanctions.MemberViewSet())
hooks.register("register_admin_viewset", lambda: sanctions.SanctionViewSet())
hooks.register("register_admin_viewset", lambda: stopped_addresses.StoppedAddressViewSet())
hooks.register("register_admin_viewset", lambda: watched_words.WatchedWordViewSet())

hooks.register("register_admin_viewset", webhooks.viewsets)


@hooks.register("register_admin_urls")
def add_addresses() -> list:
    """Give the views of this app their place in the admin."""
    parts = [categories, log, members, queue, sanctions, stopped_addresses, webhooks]
    return [path("forum/", include([view for part in parts for view in part.urlpatterns]))]


@hooks.register("before_serve_page")
def read_news_of_page(page: Page, request: HttpRequest, args: tuple, kwargs: dict) -> None:
    """Take what a member was told of a page as read when they open it."""
    if request.method == "GET" and request.user.is_authenticated:
        read_page(Viewer.of(request), page.translation_key)


@hooks.register("insert_global_admin_css")
def style_admin() -> str:
    """Let posts and records be read in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("ess_forum/moderation.css"))
