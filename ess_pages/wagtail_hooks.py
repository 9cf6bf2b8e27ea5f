"""Where this app meets the Wagtail admin. Registers, and decides nothing."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .admin.messages import say_what_to_translate
from .admin.panels import TranslationsPanel
from .admin.viewsets import RecordsViewSetGroup

register_snippet(RecordsViewSetGroup)
hooks.register("after_publish_page", say_what_to_translate)


@hooks.register("construct_homepage_panels")
def add_translations_panel(request, panels) -> None:
    """Show on the admin's home page which translations wait for texts."""
    panels.append(TranslationsPanel(request.user))


@hooks.register("insert_global_admin_css")
def style_admin() -> str:
    """Let texts of either language keep their direction in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("ess_pages/admin.css"))
