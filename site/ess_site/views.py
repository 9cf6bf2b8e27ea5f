"""What the portal answers beside its pages."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url


def log_in(request: HttpRequest) -> HttpResponse:
    """Send whoever must log in, for the admin or a private page, to the one page that does it.

    Raises PermissionDenied for those who are logged in already: they lack a right, not a login.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""), resolve_url(settings.LOGIN_URL))
