"""Where the portal itself meets the Wagtail admin. Registers, and decides nothing."""

from django.utils.translation import gettext as _
from wagtail import hooks

from . import failed_tasks_admin

hooks.register(
    "register_admin_viewset", lambda: failed_tasks_admin.FailedTaskViewSet("failed_tasks")
)
hooks.register("register_admin_urls", lambda: failed_tasks_admin.urlpatterns)


@hooks.register("register_log_actions")
def name_log_actions(actions) -> None:
    """Name what is done to failed tasks in the log."""
    actions.register_action(
        "ess_site.retry_task", _("Try a task again"), _("Failed task tried again")
    )
    actions.register_action("ess_site.remove_task", _("Remove a task"), _("Failed task removed"))
