"""Members are found while they are being mentioned."""

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ess_ground.words import asked, folded_words

from ..models import Member, Participant, Thread
from ..policy import require
from ..throttle import is_throttled
from ..viewer import Viewer
from .pages import whole_number

AT_MOST = 8


@login_required
@never_cache
@require_safe
def complete(request: HttpRequest) -> HttpResponse:
    """Return the members whose handle or name has a word that begins with `?q=`.

    Those who take part in the viewer's private conversation `?thread=` come first.
    """
    viewer = Viewer.of(request)
    require(viewer, "keep_draft")
    if is_throttled(request, "mention"):
        return JsonResponse({"members": []}, status=429)
    query = folded_words(asked(request.GET.get("q", "")))
    found = _found(viewer, query, request.GET.get("thread", "")) if query else []
    return JsonResponse({"members": [{"handle": one.handle, "name": one.name} for one in found]})


def _found(viewer: Viewer, query: str, thread: str) -> QuerySet[Member]:
    own = Thread.objects.conversations_of(viewer.me).filter(pk=whole_number(thread))
    here = Participant.objects.filter(thread__in=own, member=OuterRef("pk"), left_at=None)
    return (
        Member.objects.filter(folded__contains=query, is_banned=False, user__is_active=True)
        .annotate(
            takes_part=Exists(here),
            nearness=Case(
                When(handle__startswith=query.strip(), then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
        )
        .order_by("-takes_part", "nearness", "-post_count", "pk")[:AT_MOST]
    )
