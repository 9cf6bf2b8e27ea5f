"""What a member is told."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..actions import notifications as verbs
from ..actions import page_news
from ..models import Notification, Participant, State
from ..sentences import page_url
from ..viewer import Viewer
from .pages import latest
from .submission import is_too_often

PAGE_SIZE = 50


@login_required
@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what the viewer was told, the latest first."""
    viewer = Viewer.of(request)
    told = Notification.objects.filter(member=viewer.me).select_related("actor", "thread", "post")
    page = latest(request, told, PAGE_SIZE)
    _note_what_is_seen(viewer, page.rows)
    context = {
        "viewer": viewer,
        "notifications": page.rows,
        "next_before": page.next,
    }
    return render(request, "ess_forum/notifications.html", context)


def _note_what_is_seen(viewer: Viewer, rows: list[Notification]) -> None:
    """Note, as `is_seen`, of each whether the viewer still sees its thread. One query."""
    private = {row.thread_id for row in rows if row.thread and row.thread.is_private}
    own = set(
        Participant.objects.filter(thread__in=private, member=viewer.me, left_at=None).values_list(
            "thread", flat=True
        )
    )
    for row in rows:
        row.is_seen = row.thread is None or (
            (row.thread.state == State.VISIBLE or viewer.is_moderator)
            and (row.thread_id in own or viewer.category(row.thread.category_id) is not None)
        )


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Take everything that the viewer was told as read."""
    if not is_too_often(request, "read_notifications"):
        verbs.read(Viewer.of(request), Notification.objects.all())
    return redirect("ess_forum:notifications")


@login_required
@never_cache
@require_safe
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the page that the viewer was told of, and take it as read, as a thread that is shown.

    Not every address that is told is one that `before_serve_page` sees.
    """
    viewer = Viewer.of(request)
    told = get_object_or_404(Notification, pk=pk, member=viewer.me, page_key__isnull=False)
    address = page_url(told)
    if not address:
        raise Http404
    if request.method == "GET":
        page_news.open_news(viewer, told)
    return redirect(address)
