"""Where this app meets the Wagtail admin. Registers, and decides nothing."""

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
