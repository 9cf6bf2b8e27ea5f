"""Small things that are done on the page of a thread: a part of the page is shown anew."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ess_ground.submission import STATUSES

from ..models import Post, Thread
from ..policy import allows, require
from ..shown import shown_posts
from ..throttle import is_throttled
from ..viewer import Viewer


class Part(NamedTuple):
    """What is shown anew where a script asks for it; otherwise, the address of the whole page."""

    template: str  # its name among the includes
    context: Callable[[], dict[str, Any]]  # as it is once the thing is done
    address: str


def part_of(request: HttpRequest, post: Post, template: str) -> Part:
    """Return a part of a post."""

    def context() -> dict[str, Any]:
        return {"post": shown_posts(Viewer.of(request), [post])[0]}

    return Part(template, context, post.get_absolute_url())


def seen_post(request: HttpRequest, pk: int) -> Post:
    """Return a post that the viewer sees, with its thread and author. Raises Http404."""
    posts = Post.objects.select_related("thread__category", "author__user")
    post = get_object_or_404(posts, pk=pk)
    if not allows(Viewer.of(request), "see_post", post):
        raise Http404
    return post


def thread_for(viewer: Viewer, pk: int, verb: str, **where: Any) -> Thread:
    """Return a thread that the viewer may do this to. Raises Http404 and PermissionDenied."""
    threads = Thread.objects.select_related("category", "author")
    thread = get_object_or_404(threads, pk=pk, **where)
    if not allows(viewer, "see_thread", thread):
        raise Http404
    require(viewer, verb, thread)
    return thread


def answer(
    request: HttpRequest, verb: str, act: Callable[[], Any], part: Part, done: str = ""
) -> HttpResponse:
    """Do something of which a page shows no form of its own, and answer with what is shown then.

    A script is told what is wrong as JSON; without one, it is said on the page that was left.
    """
    wrong, status = "", 200
    if is_throttled(request, verb):
        wrong, status = _("That was too often in a short time: try again in an hour."), 429
    else:
        try:
            act()
        except ValidationError as error:
            wrong, status = error.messages[0], STATUSES.get(_code_of(error), 422)
    if is_script(request):
        if wrong:
            return JsonResponse({"error": wrong}, status=status)
        template = f"ess_forum/includes/{part.template}.html"
        return JsonResponse({"html": render_to_string(template, part.context(), request)})
    if wrong:
        messages.error(request, wrong)
    elif done:
        messages.success(request, done)
    return redirect(part.address)


def _code_of(error: ValidationError) -> str:
    errors = error.error_list if hasattr(error, "error_list") else []
    return next((one.code for one in errors if one.code), "")


def is_script(request: HttpRequest) -> bool:
    """Whether a script of a page asks, and puts the answer in its place."""
    return request.headers.get("Accept") == "application/json"
