"""Members follow threads and categories, or stop."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..actions import reading
from ..models import Category, Thread
from ..viewer import Viewer
from .parts import Part, answer, thread_for


@login_required
@require_POST
def follow_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a thread, or stop."""
    thread = thread_for(Viewer.of(request), pk, "follow_thread")
    part = Part(
        template="follow_thread",
        context=lambda: {"thread": thread},
        address=thread.get_absolute_url(),
    )
    return _follow(request, thread, part)


@login_required
@require_POST
def follow_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a category, or stop."""
    category = Viewer.of(request).category(pk)
    if category is None:
        raise Http404
    part = Part(
        template="follow_category",
        context=lambda: {"category": category},
        address=reverse("ess_forum:category", args=[category.pk, category.slug]),
    )
    return _follow(request, category, part)


def _follow(request: HttpRequest, about: Thread | Category, part: Part) -> HttpResponse:
    follows = request.POST.get("follows") == "1"

    def act() -> None:
        reading.follow(Viewer.of(request), about, follows=follows)
        about.is_followed = follows  # type: ignore[union-attr] # as it was read with it

    done = _("You will be told of what is new here.") if follows else _("You follow this no more.")
    return answer(request, "follow", act, part, done)
