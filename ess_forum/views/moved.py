"""Where a request is led on to."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def moved(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to the address that this one has become, with what was asked beside it."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def back(request: HttpRequest, otherwise: str) -> str:
    """Return the address that a form was sent from, `next`; that of a view, if it is not here."""
    address = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_here else reverse(f"ess_forum:{otherwise}")
