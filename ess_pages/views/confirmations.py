"""Who speaks for an entry confirms that it is still right."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..actions.confirmations import confirm_as_invited, confirm_entry, read_invitation
from ..models.directory import DirectoryPage
from ..policy import require
from ..throttle import is_throttled
from .entries import published_entry, published_in_some_language


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an entry by the link of a mail, logged in or not."""
    try:
        invitation = read_invitation(token)
        entry = published_in_some_language(invitation.entry)
        return _confirm(
            request,
            entry,
            lambda: confirm_as_invited(invitation, entry),
            is_editor=invitation.user is not None,
        )
    except (BadSignature, PermissionDenied):
        return render(request, "ess_pages/proposals/confirm_too_late.html", status=403)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm an entry that one speaks for, unasked."""
    entry = published_entry(pk=pk)
    require(request.user, "confirm_entry", entry)
    is_editor = entry.permissions_for_user(request.user).can_edit()
    return _confirm(request, entry, lambda: confirm_entry(request.user, entry), is_editor)


def _confirm(
    request: HttpRequest, entry: DirectoryPage, act: Callable, is_editor: bool
) -> HttpResponse:
    status = 200
    if request.method == "POST" and is_throttled(request, "confirm_entry"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
        status = 429
    elif request.method == "POST":
        act()
        messages.success(request, _("Thank you: the entry is confirmed as of today."))
        return redirect(entry.get_url(request))
    context = {"entry": entry, "is_editor": is_editor}
    return render(request, "ess_pages/proposals/confirm.html", context, status=status)
