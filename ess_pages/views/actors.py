"""Actors that somebody may mean who types a name."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from ess_ground.words import asked

from ..actor_names import likely_named
from ..throttle import is_throttled


@require_safe
def suggest_actors(request: HttpRequest) -> JsonResponse:
    """Answer with a few actors of the directory that the words of the address may name."""
    if is_throttled(request, "suggest_actors"):
        return JsonResponse({"actors": [], "has_more": False}, status=429)
    found = likely_named(asked(request.GET.get("q", "")))
    actors = [option._asdict() for option in found.options]
    return JsonResponse({"actors": actors, "has_more": found.has_more})
