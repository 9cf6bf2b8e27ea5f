"""Pages that visitors read are kept for all of them, until what they show changes.

What is kept is keyed by a stamp that is read from the database with each request: a post that is
hidden is gone from the next page on, in every process. What a stamp does not hold, such as the
menus around the page, follows within SECONDS.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, NamedTuple

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language

SECONDS = 60
# An address with anything else in its query is not kept: nobody fills the cache with names.
KEPT_QUERY = {"page", "before", "language", "topic"}

View = Callable[..., HttpResponse]
Stamp = Callable[..., Any]


class Kept(NamedTuple):
    """A page as it was answered."""

    content: bytes
    content_type: str
    etag: str


def kept_for_visitors(stamp: Stamp) -> Callable[[View], View]:
    """Make a view answer visitors from what is kept. For members it is made anew each time.

    `stamp`, called as the view is, returns what is different whenever the page is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _is_plain_visit(request):
                key = _key(request, stamp(request, *args, **kwargs))
                return _answer(request, key, lambda: view(request, *args, **kwargs))
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_cache=True)
            return response

        return answer

    return decorate


def _is_plain_visit(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and not request.user.is_authenticated
        and KEPT_QUERY.issuperset(request.GET)
        and not len(get_messages(request))
    )


def _key(request: HttpRequest, mark: Any) -> str:
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    digest = sha256(repr((address, get_language(), mark)).encode()).hexdigest()
    return f"ess-forum-page-{digest}"


def _answer(request: HttpRequest, key: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    kept = cache.get(key)
    if kept is None:
        made = make()
        if made.status_code != 200 or "CSRF_COOKIE" in request.META or made.cookies:
            return made
        etag = f'"{sha256(made.content).hexdigest()[:32]}"'
        kept = Kept(made.content, made["Content-Type"], etag)
        cache.set(key, kept, SECONDS)
    response: HttpResponse = HttpResponse(kept.content, content_type=kept.content_type)
    response["ETag"] = kept.etag
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=kept.etag, response=response) or response
