"""A member tells the moderators of a post."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions import flags as verbs
from ..forms.flags import FlagForm
from ..models import Flag, Post
from ..policy import allows, require
from ..viewer import Viewer
from .submission import attempt, status_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what is wrong with a post, and take the answer."""
    viewer = Viewer.of(request)
    post = get_object_or_404(Post.objects.select_related("thread__category", "author"), pk=pk)
    said = _("Thank you: the moderators have been told.")
    if Flag.objects.filter(post=post, reporter=viewer.me, state=Flag.State.OPEN).exists():
        messages.success(request, said)
        return redirect(post if allows(viewer, "see_post", post) else "ess_forum:index")
    if not allows(viewer, "see_post", post):
        raise Http404
    require(viewer, "flag_post", post)
    form = FlagForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(
        request, form, "flag_post", lambda: verbs.flag_post(viewer, post, **form.cleaned_data)
    ):
        messages.success(request, said)
        # Enough flags hide the post: then its reader is led to its thread.
        post.refresh_from_db(fields=["state"])
        return redirect(post if allows(viewer, "see_post", post) else post.thread)
    context = {"viewer": viewer, "post": post, "thread": post.thread, "form": form}
    return render(request, "ess_forum/flag.html", context, status=status_of(form))
