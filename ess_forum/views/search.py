"""Readers search the forum."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..forms.search import SearchForm
from ..search import Hits, search
from ..throttle import is_throttled
from ..viewer import Viewer
from .pages import whole_number
from .submission import status_of


@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show the posts that have what is searched for."""
    viewer = Viewer.of(request)
    form = SearchForm(request.GET or None, viewer=viewer)
    hits, page = Hits([], None), whole_number(request.GET.get("page", "")) or 1
    if form.is_bound and form.is_valid():
        if is_throttled(request, "search"):
            text = _("You have searched too often in a short time: try again in an hour.")
            form.add_error(None, ValidationError(text, code="throttled"))
        else:
            hits = search(viewer, form.search(), page)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "viewer": viewer,
        "form": form,
        "hits": hits,
        "page_number": page,
        "is_asked": form.is_bound and not form.errors and not form.search().is_empty,
        "kept": kept.urlencode(),
        "current": "search",
    }
    return render(request, "ess_forum/search.html", context, status=status_of(form))
