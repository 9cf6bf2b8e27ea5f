"""What waits for moderators, in the Wagtail admin: posts and appeals."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from .. import queue
from ..actions import appeals as appeal_verbs
from ..actions import queue_news
from ..actions.approval import decide_all
from ..forms.moderation import AppealDecisionForm, AppealVerdict, BulkForm
from ..models import Appeal
from ..policy import require
from ..throttle import is_throttled
from ..viewer import Viewer
from ..views import moderation as pages
from ..views.pages import whole_numbers
from ..views.submission import status_of
from .menu import ModeratorsMenuItem

PAGE_SIZE = 20


class QueueMenuItem(ModeratorsMenuItem):
    """The way to what is to be decided, with how much that is."""

    def render_component(self, request):
        """Return the entry for this request."""
        number = queue.count()
        component = super().render_component(request)
        if number:
            component.label = _("To be decided ({number})").format(number=number)
        return component


def menu_item() -> QueueMenuItem:
    """Return the entry of the admin's menu."""
    return QueueMenuItem(
        gettext_lazy("To be decided"),
        reverse("ess_forum_queue"),
        name="forum-queue",
        icon_name="tasks",
        order=10,
    )


def _show(
    request: HttpRequest, name: str, title: str, *crumbs: tuple[str, str], status=200, **context
) -> HttpResponse:
    trail = [(reverse("ess_forum_queue"), _("To be decided")), *crumbs]
    return TemplateResponse(
        request,
        f"ess_forum/admin/{name}.html",
        {
            "header_title": title,
            "header_icon": "tasks",
            "breadcrumbs_items": [{"url": url, "label": label} for url, label in trail],
            **context,
        },
        status=status,
    )


# Posts


@require_http_methods(["GET", "HEAD", "POST"])
def posts(request: HttpRequest) -> HttpResponse:
    """Show the posts to be decided, and decide several at once."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    status = _decide_chosen(request, viewer) if request.method == "POST" else 200
    if status == 302:
        return redirect("ess_forum_queue")
    queue_news.look(viewer)
    page = Paginator(queue.waiting(), PAGE_SIZE).get_page(request.GET.get("p"))
    return _show(
        request,
        "queue",
        _("To be decided"),
        status=status,
        viewer=viewer,
        page=page,
        items=queue.items(list(page)),
        chosen=whole_numbers(request.POST.getlist("post")),
        appeal_count=queue.open_appeals().count(),
    )


def _decide_chosen(request: HttpRequest, viewer: Viewer) -> int:
    """Decide the chosen posts, all or none, and return the status of the answer."""
    # One post's own button names it with what becomes of it; the others are for all chosen.
    outcome, _colon, only = request.POST.get("outcome", "").partition(":")
    chosen = [only] if only else request.POST.getlist("post")
    seen = {key: request.POST.get(f"seen-{key}", "") for key in whole_numbers(chosen)}
    form = BulkForm({"outcome": outcome})
    if not form.is_valid() or not seen:
        messages.error(request, _("Choose at least one post, and what becomes of it."))
        return 422
    if is_throttled(request, "moderate"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
        return 429
    try:
        number = decide_all(viewer, seen, form.cleaned_data["outcome"])
    except ValidationError:
        text = _("Another moderator has just decided one of these: nothing was done. Look again.")
        messages.error(request, text)
        return 409
    said = ngettext("{number} post is decided.", "{number} posts are decided.", number)
    messages.success(request, said.format(number=number))
    return 302


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a post with its context, and decide it."""
    viewer = Viewer.of(request)
    item = pages.item_of(viewer, pk)
    form = pages.decision_form(request, viewer, item)
    if request.method == "POST" and pages.take_decision(request, viewer, item, form):
        return redirect("ess_forum_queue")
    title = _("Decide on a post")
    return _show(
        request,
        "post",
        title,
        ("", title),
        status=status_of(form),
        viewer=viewer,
        item=item,
        form=form,
    )


# Appeals


APPEALS = Appeal.objects.select_related(
    "member__user", "post__thread__category", "post__author", "sanction__made_by"
)


@require_http_methods(["GET", "HEAD"])
def appeals(request: HttpRequest) -> HttpResponse:
    """Show the appeals to be decided."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    queue_news.look(viewer)
    open_ones = APPEALS.filter(state=Appeal.State.OPEN)
    page = Paginator(open_ones, PAGE_SIZE).get_page(request.GET.get("p"))
    title = _("Appeals")
    return _show(
        request,
        "appeals",
        title,
        ("", title),
        viewer=viewer,
        page=page,
        items=queue.appeal_items(page),
        post_count=len(queue.waiting()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an appeal with what was decided, and decide it."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    found = get_object_or_404(APPEALS.all(), pk=pk)
    require(viewer, "decide_appeal", found)
    form = AppealDecisionForm(request.POST if request.method == "POST" else None)

    def act():
        return appeal_verbs.decide_appeal(
            viewer,
            found,
            grants=form.cleaned_data["verdict"] == AppealVerdict.GRANT,
            answer=form.cleaned_data["answer"],
        )

    if request.method == "POST" and pages.take(request, form, act):
        messages.success(request, _("The appeal is decided, and the member told."))
        return redirect("ess_forum_appeals")
    title = _("Decide on an appeal")
    [item] = queue.appeal_items([found])
    return _show(
        request,
        "appeal",
        title,
        (reverse("ess_forum_appeals"), _("Appeals")),
        ("", title),
        status=status_of(form),
        viewer=viewer,
        item=item,
        form=form,
    )


urlpatterns = [
    path("queue/", posts, name="ess_forum_queue"),
    path("queue/<int:pk>/", post, name="ess_forum_queue_post"),
    path("appeals/", appeals, name="ess_forum_appeals"),
    path("appeals/<int:pk>/", appeal, name="ess_forum_appeal"),
]
