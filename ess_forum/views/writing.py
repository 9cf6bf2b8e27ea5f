"""Threads are started, replied to; posts are edited, deleted, restored."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions import posts, threads
from ..forms.writing import EditForm, FirstPostForm, ReplyForm, ThreadForm
from ..markup import quoted
from ..models import Post, State, Thread
from ..policy import allows, require
from ..viewer import Viewer
from .composing import begin, compose
from .pages import whole_number
from .parts import seen_post
from .submission import is_too_often


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a thread in a category."""
    viewer = Viewer.of(request)
    category = viewer.category(pk)
    if category is None:
        raise Http404
    require(viewer, "start_thread", category)
    form = begin(request, ThreadForm, category=category)

    def act() -> Post:
        data = form.cleaned_data
        thread = threads.start_thread(
            viewer,
            category,
            data["title"],
            data["source"],
            language=data["language"],
            topics=data["topics"],
            poll=form.poll,
        )
        return thread.posts.earliest("pk")

    template = "ess_forum/start_thread.html"
    return compose(request, form, "start_thread", act, template, {"category": category})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply in a thread: to it, to one of its posts (`?to=`), with a quote of one (`?quote=`)."""
    viewer = Viewer.of(request)
    thread = get_object_or_404(Thread.objects.select_related("category"), pk=pk)
    if not allows(viewer, "see_thread", thread):
        raise Http404
    if request.method != "POST":
        require(viewer, "reply", thread)
    form = begin(request, ReplyForm, thread=thread)
    _answer(request, form, viewer, thread)

    def act() -> Post:
        data = form.cleaned_data
        return posts.reply(
            viewer, thread, data["source"], reply_to=data["reply_to"], poll=form.poll
        )

    def why_closed() -> str:
        is_closed = Thread.objects.filter(pk=thread.pk, is_closed=True).exists()
        if viewer.writes and is_closed:
            return _("The thread was closed meanwhile: nobody can reply any more.")
        return ""

    template = "ess_forum/reply.html"
    return compose(request, form, "reply", act, template, {"thread": thread}, why_closed=why_closed)


def _answer(request: HttpRequest, form: ReplyForm, viewer: Viewer, thread: Thread) -> None:
    """Begin with the post that the address names."""
    for name in ("to", "quote"):
        number = whole_number(request.GET.get(name, ""))
        if form.is_bound or not number:
            continue
        post = thread.posts.select_related("author").filter(pk=number).first()
        if post is None or post.state != State.VISIBLE:
            continue
        form.initial["reply_to"] = post.pk
        if name == "quote":
            form.quote(quoted(post.source, post.author.handle, post.pk))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a post, and with a first one what belongs to its thread."""
    viewer = Viewer.of(request)
    post = seen_post(request, pk)
    if request.method != "POST":
        require(viewer, "edit_post", post)
    form_class = FirstPostForm if post.is_first else EditForm
    form = begin(request, form_class, post=post, versions=post.revisions.count())

    def act() -> Post:
        data = form.cleaned_data
        first = {name: data[name] for name in ("title", "language", "topics") if name in data}
        try:
            return posts.edit(
                viewer, post, data["source"], reason=data["reason"], base=data["base"], **first
            )
        except ValidationError as error:
            if getattr(error, "code", "") == "conflict":
                form.show_present(Post.objects.get(pk=post.pk), post.revisions.count())
            raise

    def why_closed() -> str:
        if viewer.writes and post.author_id == viewer.me.pk:
            return _("This post cannot be edited any more.")
        return ""

    return compose(
        request,
        form,
        "edit_post",
        act,
        "ess_forum/edit_post.html",
        {"post": post, "thread": post.thread},
        why_closed=why_closed,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether one's post is to be deleted, and delete it."""
    viewer = Viewer.of(request)
    post = seen_post(request, pk)
    if request.method == "POST" and post.state == State.DELETED:  # a second click
        return redirect(_after_deletion(post))
    require(viewer, "delete_post", post)
    if request.method == "POST":
        if is_too_often(request, "delete_post"):
            return _too_often(request, post)
        posts.delete(viewer, post)
        messages.success(request, _("Your post is deleted. You can undo that."))
        return redirect(_after_deletion(post))
    return render(request, "ess_forum/delete_post.html", {"viewer": viewer, "post": post})


def _after_deletion(post: Post) -> str:
    """Return where a post is restored: in its thread, unless that went with it."""
    if post.is_first:
        return reverse("ess_forum:restore_post", args=[post.pk])
    return post.get_absolute_url()


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a deleted post is to be shown again, and show it."""
    viewer = Viewer.of(request)
    post = get_object_or_404(Post.objects.select_related("thread__category", "author__user"), pk=pk)
    if not (allows(viewer, "see_post", post) or allows(viewer, "restore_post", post)):
        raise Http404
    if request.method == "POST" and post.state == State.VISIBLE:  # a second click
        return redirect(post)
    require(viewer, "restore_post", post)
    if request.method == "POST":
        if is_too_often(request, "delete_post"):
            return _too_often(request, post)
        posts.restore(viewer, post)
        messages.success(request, _("The post is there again."))
        return redirect(post)
    return render(request, "ess_forum/restore_post.html", {"viewer": viewer, "post": post})


def _too_often(request: HttpRequest, post: Post) -> HttpResponse:
    """Ask again, where somebody deletes and restores too much."""
    context = {"viewer": Viewer.of(request), "post": post}
    name = "restore_post" if post.state == State.DELETED else "delete_post"
    return render(request, f"ess_forum/{name}.html", context, status=429)
