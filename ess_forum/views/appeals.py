"""Members see what was decided about them, and appeal: those who are kept out, too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..actions import appeals as verbs
from ..forms.moderation import AppealForm
from ..models import Appeal, Post, Sanction, State
from ..policy import allows
from ..viewer import Viewer
from .submission import attempt, status_of

# Of hidden posts, the latest.
PAGE_SIZE = 50


@login_required
@never_cache
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """Show a member the measures against them, their hidden posts, and what became of appeals."""
    viewer = Viewer.of(request)
    posts = Post.objects.filter(author=viewer.me, state=State.HIDDEN).select_related("thread")
    posts = posts.order_by("-pk")[:PAGE_SIZE]
    appeals = list(Appeal.objects.filter(member=viewer.me))
    by_sanction = {appeal.sanction_id: appeal for appeal in appeals if appeal.sanction_id}
    by_post = {appeal.post_id: appeal for appeal in appeals if appeal.post_id}
    context = {
        "viewer": viewer,
        "sanctions": [(one, by_sanction.get(one.pk)) for one in viewer.me.sanctions.all()],
        "posts": [(post, by_post.get(post.pk)) for post in posts],
    }
    return render(request, "ess_forum/sanction.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_sanction(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an appeal against a measure."""
    return _appeal(request, get_object_or_404(Sanction.objects.select_related("member"), pk=pk))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an appeal against the hiding of a post."""
    return _appeal(request, get_object_or_404(Post.objects.select_related("thread"), pk=pk))


def _appeal(request: HttpRequest, about: Sanction | Post) -> HttpResponse:
    viewer = Viewer.of(request)
    if not allows(viewer, "appeal", about):
        raise Http404  # what was decided about others is theirs
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(
        request, form, "appeal", lambda: verbs.appeal(viewer, about, **form.cleaned_data)
    ):
        messages.success(request, _("Your appeal is with the moderators: you will be told."))
        return redirect("ess_forum:measures")
    context = {"viewer": viewer, "form": form}
    context["post" if isinstance(about, Post) else "sanction"] = about
    return render(request, "ess_forum/appeal.html", context, status=status_of(form))
