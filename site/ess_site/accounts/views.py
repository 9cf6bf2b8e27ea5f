"""What people see who join, or change their address."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import entrance
from .actions.changes import allow_change as allow
from .actions.changes import refuse_change
from .models import EmailChange, Invitation
from .throttle import is_throttled

GET_OR_POST = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(GET_OR_POST)
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Show who is invited; lead to signing up, with the address filled in and verified."""
    found = Invitation.objects.with_key(key)
    if found is None or not found.is_open:
        return render(request, "accounts/invitation_void.html", {"invitation": found}, status=410)
    context = {"invitation": found, "is_throttled": False}
    if request.method == "POST" and not request.user.is_authenticated:
        if not is_throttled(request, "open_invitation"):
            entrance.open_door(request, found)
            return redirect("account_signup")
        context["is_throttled"] = True
    status = 429 if context["is_throttled"] else 200
    return render(request, "accounts/invitation.html", context, status=status)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Say that an account waits for the editors' approval."""
    return render(request, "accounts/waiting.html")


@never_cache
@require_http_methods(GET_OR_POST)
def allow_change(request: HttpRequest, key: str) -> HttpResponse:
    """Ask whoever reads the old address whether it may be changed to the new one."""
    change = EmailChange.objects.with_key(key)
    if change is None:
        return render(request, "accounts/change_void.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/allow_change.html", {"change": change})
    if is_throttled(request, "allow_change"):
        context = {"change": change, "is_throttled": True}
        return render(request, "accounts/allow_change.html", context, status=429)
    if "refuse" in request.POST:
        refuse_change(change)
        messages.success(request, _("Your address stays as it was. Choose a new password now."))
        return redirect("account_reset_password")
    if allow(change):
        get_adapter(request).confirm_email(request, change.address)
    else:
        messages.success(
            request, _("Thank you. Now follow the link that we sent to the new address.")
        )
    return redirect("account_login")
