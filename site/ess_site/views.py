"""What the portal answers beside its pages."""

import posixpath

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.views.static import serve


def log_in(request: HttpRequest) -> HttpResponse:
    """Send whoever must log in, for the admin or a private page, to the one page that does it.

    Raises PermissionDenied for those who are logged in already: they lack a right, not a login.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""), resolve_url(settings.LOGIN_URL))


def serve_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send an uploaded file, as the reverse proxy does in production: see deploy/Caddyfile.

    Raises Http404 for what a view sends to those alone who may see it: the proofs of handovers,
    and the files of the forum.
    """
    if posixpath.normpath(path).lstrip("/").partition("/")[0] in ("handovers", "forum"):
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))
