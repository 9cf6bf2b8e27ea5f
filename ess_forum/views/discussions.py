"""The discussion of a page of the site is started."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions import threads
from ..discussions import category_for, page_of, thread_of
from ..forms.discussions import DiscussionForm
from ..models import Post
from ..viewer import Viewer
from .composing import begin, compose


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discuss(request: HttpRequest, key: UUID) -> HttpResponse:
    """Start the thread that discusses a page, or go to it where there is one."""
    viewer, page = Viewer.of(request), page_of(key)
    thread = thread_of(viewer, key)
    if thread and request.method != "POST":
        return redirect(thread)
    category = category_for(viewer)
    if category is None:
        raise PermissionDenied
    form = begin(request, DiscussionForm, page=page, category=category)

    def act() -> Post:
        data = form.cleaned_data
        thread = threads.start_thread(
            viewer,
            category,
            data["title"],
            data["source"],
            language=data["language"],
            topics=data["topics"],
            page_key=page.translation_key,
            poll=form.poll,
        )
        return thread.posts.filter(author=viewer.me).latest("pk")

    template, context = "ess_forum/discuss.html", {"discussed_page": page, "category": category}
    return compose(request, form, "start_thread", act, template, context)
