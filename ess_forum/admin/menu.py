"""The forum's entry in the admin's menu. Each part of it is registered by a hook."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

# What a part of the app registers its entry with.
HOOK = "register_forum_menu_item"


class ModeratorsMenuItem(MenuItem):
    """A way for those who moderate the forum."""

    def is_shown(self, request) -> bool:
        """Return whether the user does."""
        return request.user.has_perm("ess_forum.moderate")


def menu_item() -> SubmenuMenuItem:
    """Return the entry."""
    return SubmenuMenuItem(
        _("Forum"),
        Menu(register_hook_name=HOOK),
        name="forum",
        icon_name="comment",
        order=310,
    )
