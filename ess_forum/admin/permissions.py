"""Who may do what in the forum's part of the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

MODERATE, SETTINGS = "moderate", "change_forumsettings"
LOOK, KEEP = ("view",), ("view", "add", "change", "delete")


def permissions() -> QuerySet[Permission]:
    """Return what the editor of groups is to offer beside the rights on Wagtail's own records."""
    return Permission.objects.filter(
        content_type__app_label="ess_forum", codename__in=[MODERATE, SETTINGS]
    )


class ForumPolicy(ModelPermissionPolicy):
    """Whoever has this right may do these actions to the records; nobody else does anything."""

    def __init__(self, model, right: str, actions: tuple[str, ...]):
        self.right, self.actions = f"ess_forum.{right}", actions
        super().__init__(model)

    def user_has_permission(self, user, action) -> bool:
        """Return whether the user may do it, to any of the records."""
        return action in self.actions and user.has_perm(self.right)
