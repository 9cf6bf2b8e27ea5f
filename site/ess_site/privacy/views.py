"""What people see of how their data is used, and what they do with their own."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ess_ground.personal import rules
from ess_ground.submission import follow, status_of

from ..accounts.mails import language
from . import asked
from .actions import leaving
from .actions.consents import consent as give_consent
from .actions.corrections import ask_correction
from .archive import pieces
from .forms import ConsentForm, CorrectionForm, LeaveForm
from .models import Consent, ConsentText
from .policy import require
from .throttle import is_throttled

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def text(request: HttpRequest) -> HttpResponse:
    """Show the text in force, how long what is kept, and the way to one's own data."""
    return _show_text(request, asked.current())


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show the text as it was. Raises Http404."""
    return _show_text(request, get_object_or_404(ConsentText, number=number))


def _show_text(request: HttpRequest, shown: ConsentText | None) -> HttpResponse:
    others = ConsentText.objects.defer("body_fr", "body_ar")
    context = {"text": shown, "versions": others, "rules": rules(), "current": others.first()}
    return render(request, "privacy/text.html", context)


@never_cache
@login_required
@require_http_methods(GET_OR_POST)
def consent(request: HttpRequest) -> HttpResponse:
    """Ask for consent to the text in force, then lead to where the person was going."""
    address = _next(request)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.text is None or not asked.is_to_be_asked(request.user):
        return redirect(address)
    if request.method == "POST" and is_throttled(request, "consent"):
        form.add_error(None, _too_often())
    elif form.is_valid():
        give_consent(request.user, form.text, language())
        return redirect(address)
    is_new = not Consent.objects.filter(user=request.user.pk).exists()
    context = {"form": form, "text": form.text, "next": address, "is_new": is_new}
    return render(request, "privacy/consent.html", context, status=status_of(form))


def _next(request: HttpRequest) -> str:
    """Return where the person was going, on this site; else the front page."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else resolve_url("front_page")


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what a person can do with what is known of them."""
    return _show_mine(request, CorrectionForm())


def _show_mine(request: HttpRequest, form: CorrectionForm) -> HttpResponse:
    consents = Consent.objects.filter(user=request.user.pk).select_related("text")
    context = {
        "form": form,
        "consents": consents.defer("text__body_fr", "text__body_ar"),
        "requests": request.user.correction_requests.all(),  # type: ignore[union-attr]
    }
    return render(request, "privacy/mine.html", context, status=status_of(form))


@never_cache
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(GET_OR_POST)
def archive(request: HttpRequest) -> HttpResponseBase:
    """Send the person all that is known of them."""
    if request.method != "POST":
        return redirect("privacy:mine")
    require(request.user, "take_archive")
    if is_throttled(request, "take_archive"):
        messages.error(request, _too_often())
        return redirect("privacy:mine")
    # Translators: the name of a file; no spaces.
    name = _("my-data")
    return StreamingHttpResponse(
        pieces(request.user, language()),
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(
                True, f"{name}-{timezone.localdate()}.zip"
            )
        },
    )


@never_cache
@login_required
@require_http_methods(GET_OR_POST)
def correction(request: HttpRequest) -> HttpResponse:
    """Send the editors what should be corrected."""
    if request.method != "POST":
        return redirect("privacy:mine")
    form = CorrectionForm(request.POST)
    if is_throttled(request, "ask_correction"):
        form.add_error(None, _too_often())
    elif form.is_valid() and follow(
        form, lambda: ask_correction(request.user, form.cleaned_data["text"])
    ):
        messages.success(request, _("The editors have your request. You are answered by mail."))
        return redirect("privacy:mine")
    return _show_mine(request, form)


@never_cache
@require_http_methods(GET_OR_POST)
def leave(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, and end the account of whoever agrees."""
    if request.method == "POST" and request.user.is_anonymous:  # the second of two clicks
        return redirect("privacy:left")
    return _leave(request)


@login_required
@reauthentication_required
def _leave(request: HttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_throttled(request, "leave"):
        form.add_error(None, _too_often())
    elif form.is_valid() and follow(form, lambda: leaving.leave(request.user) or True):
        logout(request)
        return redirect("privacy:left")
    context = {
        "form": form,
        "why_not": leaving.why_not(request.user),
        "effects": leaving.effects(request.user),
    }
    return render(request, "privacy/leave.html", context, status=status_of(form))


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say goodbye."""
    return render(request, "privacy/left.html")


def _too_often() -> str:
    return _("That is a lot at once: try again in an hour.")
