"""A post in the reader's language, made by a machine when somebody asks for it."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import translation
from ..actions.translations import translate
from ..models import Post, PostTranslation
from ..throttle import is_throttled
from ..viewer import Viewer
from .parts import is_script, seen_post

TEMPLATE = "ess_forum/includes/post_translation.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def translated(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a post in the reader's language, or ask whether a machine is to translate it."""
    post = seen_post(request, pk)
    language = translation.Languages().reading(post)
    if language is None:
        raise Http404
    found, wrong, status = translation.kept(post, language), "", 200
    if request.method == "POST" and found is None:
        found, wrong, status = _asked(request, post, language)
    context = {"post": post, "language": language, "found": found, "wrong": wrong}
    if is_script(request):
        if wrong:
            return JsonResponse({"error": wrong}, status=status)
        return JsonResponse({"html": render_to_string(TEMPLATE, context, request)})
    context |= {"viewer": Viewer.of(request), "thread": post.thread}
    return render(request, "ess_forum/translated_post.html", context, status=status)


def _asked(
    request: HttpRequest, post: Post, language: str
) -> tuple[PostTranslation | None, str, int]:
    """Return the translation, or what is wrong and the status that says so."""
    if is_throttled(request, "translate_post"):
        return None, _("That was too often in a short time: try again in an hour."), 429
    try:
        return translate(Viewer.of(request), post, language), "", 200
    except ValidationError as error:
        return None, error.messages[0], 503 if error.code == "unavailable" else 422
