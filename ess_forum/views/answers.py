"""The answer that solves a thread."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..actions import answers
from ..viewer import Viewer
from .parts import answer, part_of, seen_post


@login_required
@require_POST
def accept_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reply as the answer of its thread (`accept`), or take that back (`take_back`)."""
    post = seen_post(request, pk)
    viewer, accepts = Viewer.of(request), "accept" in request.POST

    def act() -> None:
        if accepts:
            post.thread = answers.accept(viewer, post)
        elif post.thread.answer_id == post.pk:
            post.thread = answers.take_back(viewer, post.thread)

    done = _("The thread is solved.") if accepts else _("The thread is not solved any more.")
    return answer(request, "accept_answer", act, part_of(request, post, "answer"), done)
