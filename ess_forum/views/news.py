"""Readers are told of new replies while they read."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import paging, positions
from ..viewer import Viewer
from .pages import whole_number
from .threads import seen_thread


@never_cache
@require_safe
def news(request: HttpRequest, pk: int) -> JsonResponse:
    """Say how many posts there are after a position of a thread, and where the first is."""
    thread = seen_thread(Viewer.of(request), pk)
    after = whole_number(request.GET.get("after", ""))
    fresh = positions.difference([[after + 1, thread.last_visible_position]], thread.gaps)
    number = positions.count(fresh) if after < thread.last_visible_position else 0
    if not number:
        return JsonResponse({"number": 0})
    said = ngettext("{number} new reply", "{number} new replies", number)
    first = thread.posts.filter(position=fresh[0][0]).values_list("pk", flat=True).first()
    address = paging.address(thread, paging.page_of(thread, fresh[0][0]), f"#post-{first}")
    return JsonResponse({"number": number, "text": said.format(number=number), "url": address})
