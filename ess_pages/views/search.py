"""Search of the published pages, in the language of the reader."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Locale, Page

from ess_ground.words import asked, stems

PAGE_SIZE = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the pages that match `?q=`; without a query, the empty form."""
    query = asked(request.GET.get("q", ""))
    paginator = Paginator(find_pages(query), PAGE_SIZE)
    return render(
        request,
        "ess_pages/search.html",
        {"query": query, "results": paginator.get_page(request.GET.get("page"))},
    )


def find_pages(query: str):
    """Return the live, public pages of the active language that match `query`, best first."""
    words = stems(query)
    if not words:
        return Page.objects.none()
    pages = Page.objects.live().public().filter(locale=Locale.get_active(), depth__gt=1)
    return pages.specific().prefetch_related("locale").search(words)
