"""A browser asks to take messages, or not any more."""

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from .. import push
from ..actions import pushes
from ..forms.push import EndpointForm, SubscriptionForm
from ..throttle import is_throttled
from ..viewer import Viewer

WORKER = Path(__file__).parents[1] / "static" / "ess_forum" / "push-worker.js"


@require_safe
def worker(request: HttpRequest) -> FileResponse:
    """Send the script that shows messages while no page is open, for the whole site."""
    if not push.is_on():
        raise Http404
    answer = FileResponse(WORKER.open("rb"), content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer


@login_required
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Tell the member in this browser."""
    return _keep(request, SubscriptionForm, pushes.subscribe)


@login_required
@require_POST
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Tell the member no more in this browser."""
    return _keep(request, EndpointForm, pushes.unsubscribe)


def _keep(request: HttpRequest, form_class: type[EndpointForm], act) -> HttpResponse:
    if not push.is_on():
        raise Http404
    if is_throttled(request, "push"):
        return HttpResponse(status=429)
    form = form_class(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    act(Viewer.of(request), **form.cleaned_data)
    return HttpResponse(status=204)
