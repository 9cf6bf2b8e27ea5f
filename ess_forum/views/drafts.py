"""What one is writing: kept while it is being written, listed, discarded, looked at."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ess_ground.submission import STATUSES

from ..actions import drafts as verbs
from ..models import Draft, Post, Thread
from ..policy import require
from ..throttle import is_throttled
from ..viewer import Viewer
from .composing import data_of, preview_of
from .moved import back

# Where each kind of draft is written.
WRITTEN_AT = {
    "thread": "start_thread",
    "reply": "reply",
    "edit": "edit_post",
    "conversation": "start_conversation",
    "discussion": "discuss",
}
PLACE = re.compile(
    r"(?:thread|reply|edit):[1-9]\d{0,17}|conversation"
    r"|discussion:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.ASCII,
)


@login_required
@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what the script of the composer sends, and say how often it has been kept."""
    viewer = Viewer.of(request)
    require(viewer, "keep_draft")
    place, number = _place(request), request.POST.get("number", "")
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    if is_throttled(request, "keep_draft"):
        return _refused("throttled", _("You have sent too much in a short time."))
    try:
        draft = verbs.keep(viewer, place, data_of(request.POST), number=int(number))
    except ValidationError as error:
        return _refused(None, error.messages[0])
    if draft is None:
        return _refused("conflict", _("A later draft of this is kept already."))
    return JsonResponse({"number": draft.number})


def _refused(code: str | None, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=STATUSES.get(code or "", 422))


def _place(request: HttpRequest) -> str:
    place = request.POST.get("place", "")
    if not PLACE.fullmatch(place):
        raise Http404
    return place


@login_required
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw a draft away."""
    verbs.discard(Viewer.of(request), _place(request))
    messages.success(request, _("The draft is discarded."))
    return redirect(back(request, "drafts"))


@login_required
@never_cache
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Return the HTML of a text that is being written."""
    viewer = Viewer.of(request)
    require(viewer, "keep_draft")
    if is_throttled(request, "preview"):
        return _refused("throttled", _("You have sent too much in a short time."))
    try:
        return JsonResponse({"html": preview_of(viewer, request.POST.get("source", ""))})
    except ValidationError as error:
        return _refused(None, error.messages[0])


@login_required
@never_cache
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """List what one is writing, the latest first."""
    viewer = Viewer.of(request)
    found = list(Draft.objects.filter(member=viewer.me))
    rows = _rows(viewer, found)
    return render(request, "ess_forum/drafts.html", {"viewer": viewer, "rows": rows})


def _rows(viewer: Viewer, found: list[Draft]) -> list[dict]:
    """Return what the list says of each draft. The same queries, however many there are."""
    numbers: dict[str, set[int]] = {"thread": set(), "reply": set(), "edit": set()}
    for draft in found:
        kind, _sign, number = draft.place.partition(":")
        if kind in numbers:
            numbers[kind].add(int(number))
    categories = {category.pk: category for category in viewer.categories}
    mine = Thread.objects.conversations_of(viewer.me).values("pk")
    seen = Q(category__in=categories) | Q(pk__in=mine)
    threads = Thread.objects.visible().filter(seen).in_bulk(numbers["reply"])
    edited = Post.objects.filter(author=viewer.me).select_related("thread").in_bulk(numbers["edit"])
    about = {
        **{f"thread:{key}": category.name for key, category in categories.items()},
        **{f"reply:{key}": thread.title for key, thread in threads.items()},
        **{f"edit:{key}": post.thread.title for key, post in edited.items()},
    }
    return [
        {
            "draft": draft,
            "kind": draft.place.partition(":")[0],
            "about": about.get(draft.place, ""),
            "title": "".join(draft.data.get("title", [])),
            "text": "".join(draft.data.get("source", [])),
            "address": _address(draft.place),
        }
        for draft in found
    ]


def _address(place: str) -> str:
    """Return where one goes on writing."""
    kind, _sign, key = place.partition(":")
    return reverse(f"ess_forum:{WRITTEN_AT[kind]}", args=[key] if key else [])
