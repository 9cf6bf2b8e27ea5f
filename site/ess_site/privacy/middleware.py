"""Members are asked for their consent at their next visit, whatever page they come to."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .asked import is_to_be_asked

# Where people read and write; programs and files are elsewhere.
PLACES = ("/admin/", *(f"/{code}/" for code, _name in settings.LANGUAGES))
# Where one can go without having been asked: to read the text, to log out, to leave.
FREE_NAMESPACES = {"privacy", "accounts"}
FREE_PACKAGE = "allauth."


class ConsentMiddleware:
    """Sends those who are to be asked to the page that asks, and from there to where they went.

    Only who opens a page is asked: what is sent is taken, so that nothing typed is lost, and what
    a page loads is loaded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """Return the way to the page that asks, or None where nobody is to be asked."""
        if (
            not _opens_a_page(request)
            or _is_free(request, view)
            or not is_to_be_asked(request.user)
        ):
            return None
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('privacy:consent')}?{query}")


def _opens_a_page(request: HttpRequest) -> bool:
    """Return whether somebody goes to an address; browsers say so (Sec-Fetch-Dest)."""
    goes = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    is_there = request.path_info.startswith(PLACES)
    return request.method == "GET" and is_there and goes and request.accepts("text/html")


def _is_free(request: HttpRequest, view) -> bool:
    match = request.resolver_match
    is_free = match is not None and bool(FREE_NAMESPACES & set(match.namespaces))
    return is_free or view.__module__.startswith(FREE_PACKAGE)
