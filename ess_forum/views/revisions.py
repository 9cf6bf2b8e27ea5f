"""What a post said before."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..revisions import page_of
from ..viewer import Viewer
from .parts import seen_post

PAGE_SIZE = 10


@never_cache
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions of a post, the latest first, each with what it changed."""
    post = seen_post(request, pk)
    pages = Paginator(range(post.revisions.count() + 1), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "viewer": Viewer.of(request),
        "post": post,
        "thread": post.thread,
        "page_of_versions": page,
        "versions": page_of(post, page.number, PAGE_SIZE),
    }
    return render(request, "ess_forum/post_history.html", context)
