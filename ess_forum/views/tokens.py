"""Members make tokens for their programs, and revoke them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..actions import tokens as verbs
from ..forms.tokens import TokenForm
from ..policy import allows, require
from ..viewer import Viewer
from .submission import attempt, is_too_often, status_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Show a member's tokens, and make one: its secret is on this page once and never again."""
    viewer = Viewer.of(request)
    secret, form = "", TokenForm(request.POST or None)
    if request.method == "POST":
        require(viewer, "make_token")
        if form.is_valid():
            data = form.cleaned_data
            made = attempt(request, form, "make_token", lambda: verbs.make_token(viewer, **data))
            if made:
                _token, secret = made
                form = TokenForm()
    context = {
        "viewer": viewer,
        "form": form,
        "secret": secret,
        "tokens": viewer.me.api_tokens.all(),
        "may_make": allows(viewer, "make_token"),
        "docs_url": _docs_url(),
    }
    return render(request, "ess_forum/tokens.html", context, status=status_of(form))


def _docs_url() -> str:
    """Return where the API is described, where the site has given it an address."""
    try:
        return reverse("ess_forum_api:openapi-view")
    except NoReverseMatch:
        return ""


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of one's own tokens away."""
    if not is_too_often(request, "make_token"):
        verbs.revoke_token(Viewer.of(request), pk)
        messages.success(request, _("The token is revoked: nothing is done with it any more."))
    return redirect("ess_forum:tokens")
