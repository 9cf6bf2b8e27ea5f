"""How members are written to: their own page, and the way out in each mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from .. import letters, push
from ..actions import preferences as verbs
from ..actions import stopped_addresses
from ..forms.preferences import PreferencesForm
from ..policy import require
from ..throttle import is_throttled
from ..viewer import Viewer
from .submission import attempt, is_too_often, status_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change how the member hears of what."""
    viewer = Viewer.of(request)
    require(viewer, "edit_profile", viewer.me)
    form = PreferencesForm(request.POST or None, instance=viewer.me)
    if request.method == "POST" and form.is_valid() and _keep(request, viewer, form):
        messages.success(request, _("Your choices are kept."))
        return redirect("ess_forum:preferences")
    context = {
        "form": form,
        "stopped": stopped_addresses.stopped(viewer.me),
        "push_key": push.public_key() if push.is_on() else "",
    }
    return render(request, "ess_forum/preferences.html", context, status=status_of(form))


def _keep(request: HttpRequest, viewer: Viewer, form: PreferencesForm) -> bool:
    data = form.cleaned_data
    choice = {"language": data["language"], "digest": data["digest"]}
    choice |= {"mails": form.mails(), "pushes": form.pushes()}
    return bool(attempt(request, form, "edit_profile", lambda: verbs.choose(viewer, **choice)))


# A mail program posts without a cookie (RFC 8058): the signed address stands for the reader, and
# the worst that whoever has it can do is to end some mails.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the digest, or the news at once, are to end (GET); end them (POST)."""
    asked = letters.read_stop_token(token)
    if asked is None:
        raise Http404
    member, what = asked
    if request.method == "POST":
        if is_throttled(request, "stop_mails"):
            return HttpResponse(status=429)
        verbs.stop_mails(member, what)
    context = {"what": what, "is_stopped": request.method == "POST"}
    return render(request, "ess_forum/stop_mails.html", context)


@login_required
@require_POST
def ask_to_start_mails(request: HttpRequest) -> HttpResponse:
    """Send the member a link by which mails go to their address again."""
    viewer = Viewer.of(request)
    if not is_too_often(request, "start_mails") and stopped_addresses.ask_to_start(viewer):
        messages.success(request, _("The link is on its way to you."))
    return redirect("ess_forum:preferences")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mails are to go again to the address that has the link (GET); do so (POST)."""
    address = stopped_addresses.address_in(token)
    if address is None:
        raise Http404
    if request.method == "POST":
        stopped_addresses.start(address)
    context = {"address": address, "is_started": request.method == "POST"}
    return render(request, "ess_forum/start_mails.html", context)
