"""Signs on posts, and posts that members keep."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..actions import bookmarks
from ..actions import reactions as verbs
from ..shown import signs
from ..viewer import Viewer
from .parts import answer, part_of, seen_post

PAGE_SIZE = 100


@login_required
@require_POST
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a sign on a post (`add`), or take it away (`take_back`)."""
    post = seen_post(request, pk)
    reacts = "add" in request.POST
    emoji = request.POST.get("add" if reacts else "take_back", "")

    def act() -> None:
        post.reactions = verbs.react(Viewer.of(request), post, emoji, reacts=reacts).reactions

    return answer(request, "react", act, part_of(request, post, "reactions"))


@require_safe
@never_cache
def who_reacted(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who has put which sign on a post."""
    post = seen_post(request, pk)
    rows = post.reaction_set.select_related("member").order_by("pk")
    pages = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    labels = {sign.emoji: sign.label for sign in signs(post)}
    context = {
        "viewer": Viewer.of(request),
        "post": post,
        "thread": post.thread,
        "pages": pages,
        "rows": [(row, labels.get(row.emoji, row.emoji)) for row in pages],
    }
    return render(request, "ess_forum/who_reacted.html", context)


@login_required
@require_POST
def bookmark(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a post with a note (`keep`), or keep it no longer (`drop`)."""
    post = seen_post(request, pk)
    viewer, drops = Viewer.of(request), "drop" in request.POST

    def act() -> None:
        if drops:
            bookmarks.drop(viewer, post)
        else:
            bookmarks.keep(viewer, post, request.POST.get("note", "").replace("\0", ""))

    done = _("The bookmark is gone.") if drops else _("You find this post among your bookmarks.")
    return answer(request, "bookmark", act, part_of(request, post, "bookmark"), done)
