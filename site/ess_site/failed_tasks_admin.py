"""The failed tasks in the Wagtail admin."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from .failed_tasks import RIGHT, remove, retry


class FailedTaskPolicy(ModelPermissionPolicy):
    """Whoever may change tasks looks at those that failed; nobody edits them."""

    def user_has_permission(self, user, action) -> bool:
        """Return whether the user may."""
        return action == "view" and user.has_perm(RIGHT)


def about(task: DBTaskResult) -> str:
    """Return what a task is about: of a mail, its subject and to whom it goes."""
    facts = task.args_kwargs["kwargs"]
    words = [str(facts[name]) for name in ("subject", "to") if facts.get(name)]
    return " · ".join(words) or ", ".join(map(str, task.args_kwargs["args"]))


def error_of(task: DBTaskResult) -> str:
    """Return the last line of the error."""
    lines = task.traceback.strip().splitlines()
    return lines[-1] if lines else task.exception_class_path


class FailedTasksView(IndexView):
    """The list of them, the latest first."""

    page_title = gettext_lazy("Failed tasks")

    def get_base_queryset(self) -> QuerySet[DBTaskResult]:
        """Return those that have failed."""
        return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)


class FailedTaskView(InspectView):
    """One of them, with what can be done about it."""

    def get_page_title(self) -> str:
        """Return what the page is about."""
        return _("Failed task")

    def get_page_subtitle(self) -> str:
        """Return which one."""
        return self.object.task_name


class FailedTaskViewSet(ModelViewSet):
    """Tasks that failed."""

    model = DBTaskResult
    icon = "warning"
    menu_label = gettext_lazy("Failed tasks")
    menu_hook = "register_reports_menu_item"
    menu_order = 900
    index_view_class = FailedTasksView
    inspect_view_class = FailedTaskView
    list_display = (
        Column("task", label=gettext_lazy("Task"), accessor="task_name"),
        Column("about", label=gettext_lazy("What the task is about"), accessor=about),
        DateColumn("finished_at", label=gettext_lazy("Failed at")),
        Column("error", label=gettext_lazy("Error"), accessor=error_of),
    )
    ordering = ("-finished_at", "pk")
    form_fields = ()
    inspect_view_enabled = True
    inspect_view_fields = ("task_path", "enqueued_at", "started_at", "finished_at", "traceback")
    inspect_template_name = "wagtailadmin/failed_task.html"
    permission_policy = FailedTaskPolicy(DBTaskResult)


@require_POST
def retry_task(request: HttpRequest, pk: str) -> HttpResponse:
    """Try a failed task again."""
    if retry(request.user, _asked_for(request, pk)):
        messages.success(request, _("The task will be tried again in a moment."))
    return redirect(reverse("failed_tasks:index"))


@require_POST
def remove_task(request: HttpRequest, pk: str) -> HttpResponse:
    """Remove a failed task."""
    if remove(request.user, _asked_for(request, pk)):
        messages.success(request, _("The task is removed."))
    return redirect(reverse("failed_tasks:index"))


def _asked_for(request: HttpRequest, pk: str) -> DBTaskResult:
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    return get_object_or_404(DBTaskResult, pk=pk)


urlpatterns = [
    path("failed-tasks/<uuid:pk>/retry/", retry_task, name="retry_failed_task"),
    path("failed-tasks/<uuid:pk>/remove/", remove_task, name="remove_failed_task"),
]
