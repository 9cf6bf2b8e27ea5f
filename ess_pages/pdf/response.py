"""Sends a PDF."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from .engine import fingerprint, render

KEPT_FOR = 24 * 60 * 60


def respond(
    request: HttpRequest,
    template: str,
    data: Mapping[str, Any],
    images: Callable[[], Mapping[str, bytes]] = dict,
    filename: str = "document.pdf",
) -> HttpResponse:
    """Return a template filled in, to be opened in the browser or saved as `filename`.

    It is set once for the same data, and not sent again to a browser that has it: a change of the
    data or of the template makes another document. `images` is asked only when it is set.
    """
    mark = fingerprint(template, data)
    etag = quote_etag(mark)
    response = HttpResponse(
        content_type="application/pdf",
        headers={
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Content-Disposition": content_disposition_header(False, filename),
        },
    )
    answer = get_conditional_response(request, etag=etag, response=response) or response
    if answer is response:
        key = f"ess_pages.pdf.{mark}"
        response.content = cache.get_or_set(key, lambda: render(template, data, images()), KEPT_FOR)
    return answer
