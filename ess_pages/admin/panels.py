"""What the admin's home page tells an editor."""

from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.ui.components import Component
from wagtail.permission_policies.pages import PagePermissionPolicy

from ..translation import translations


class TranslationsPanel(Component):
    """The pages whose translation lacks texts, with the way to the screen that adds them."""

    name = "translations"
    template_name = "ess_pages/admin/translations_panel.html"
    order = 120
    length = 10

    def __init__(self, user):
        self.user = user

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The newest changes first: the page to translate, and how many texts it lacks."""
        editable = PagePermissionPolicy().instances_user_has_permission_for(self.user, "change")
        waiting = translations().filter(missing__gt=0).order_by("-source__last_updated_at")
        pages = {
            (page.translation_key, page.locale_id): page
            for page in editable.filter(
                translation_key__in=waiting.values("source__object_id")
            ).select_related("locale")
        }
        rows = [
            {"page": page, "missing": translation.missing, "source": translation.source}
            for translation in waiting
            if (page := pages.get((translation.source.object_id, translation.target_locale_id)))
        ]
        return rows[: self.length]

    def get_context_data(self, parent_context):
        """Return the rows for the template."""
        return {"rows": self.rows}
