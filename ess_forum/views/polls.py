"""Polls: votes, and questions that are put in other words."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..actions import polls as verbs
from ..forms.polls import PollForm, VoteForm
from ..models import Poll
from ..policy import require
from ..viewer import Viewer
from .parts import answer, part_of, seen_post
from .submission import attempt, status_of


def _poll(request: HttpRequest, pk: int) -> Poll:
    """Return the poll of a post that the viewer sees. Raises Http404."""
    post = seen_post(request, pk)
    poll = get_object_or_404(Poll.objects.prefetch_related("options"), post=post)
    poll.post = post
    return poll


@login_required
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose answers of a poll (`vote`), or withdraw one's vote (`withdraw`)."""
    poll, viewer = _poll(request, pk), Viewer.of(request)
    require(viewer, "vote_poll", poll.post)
    withdraws = "withdraw" in request.POST
    form = VoteForm({} if withdraws else request.POST, poll=poll)

    def act() -> None:
        if not form.is_valid():
            raise ValidationError(form.errors.as_data()["options"])
        verbs.vote(viewer, poll, form.cleaned_data["options"])

    done = _("Your vote is withdrawn.") if withdraws else _("Your vote is counted.")
    return answer(request, "vote_poll", act, part_of(request, poll.post, "poll"), done)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a poll that nobody has voted in."""
    poll, viewer = _poll(request, pk), Viewer.of(request)
    require(viewer, "edit_post", poll.post)
    if poll.voter_count and request.method != "POST":
        messages.error(request, _("Somebody has voted already: the poll can no longer be changed."))
        return redirect(poll.post)
    form = PollForm(request.POST or None, poll=poll)

    def act() -> Poll:
        draft = form.poll
        if draft is None:
            raise Http404
        return verbs.change(viewer, poll, draft)

    if form.is_valid() and attempt(request, form, "edit_post", act):
        messages.success(request, _("The poll is changed."))
        return redirect(poll.post)
    context = {"viewer": viewer, "thread": poll.post.thread, "post": poll.post, "form": form}
    return render(request, "ess_forum/change_poll.html", context, status=status_of(form))
