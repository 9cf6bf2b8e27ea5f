"""Moderators keep threads in order: from the page of a thread, or from a list."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import ordering as verbs
from ..forms.ordering import (
    MAX_BULK,
    BulkForm,
    MergeForm,
    MoveForm,
    ReasonForm,
    RenameForm,
    SplitForm,
)
from ..models import Post, State, Thread
from ..policy import require
from ..viewer import Viewer
from .moderation import take
from .moved import back
from .pages import latest, whole_number, whole_numbers
from .parts import thread_for
from .submission import status_of

PAGE_SIZE = 50


def _page(
    request: HttpRequest, name: str, thread: Thread, form: forms.Form, **more: Any
) -> HttpResponse:
    context = {"viewer": Viewer.of(request), "thread": thread, "form": form, **more}
    return render(request, f"ess_forum/{name}.html", context, status=status_of(form))


def _done(request: HttpRequest, text: str, thread: Thread) -> HttpResponse:
    messages.success(request, text)
    return redirect(thread)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a thread another title, language and topics."""
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "rename_thread")
    if request.method == "POST":
        form = RenameForm(request.POST)
        if take(request, form, lambda: verbs.rename(viewer, thread, **form.cleaned_data)):
            thread.refresh_from_db(fields=["title"])
            return _done(request, _("The thread is renamed."), thread)
    else:
        topics = list(thread.topics.names())
        form = RenameForm(
            initial={"title": thread.title, "language": thread.language, "topics": topics}
        )
    return _page(request, "rename_thread", thread, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a thread to another category."""
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "move_thread")
    data = request.POST if request.method == "POST" else None
    form = MoveForm(data, viewer=viewer, initial={"category": thread.category_id})
    if data is not None and take(
        request, form, lambda: verbs.move(viewer, [thread], **form.cleaned_data)
    ):
        return _done(request, _("The thread is moved."), thread)
    return _page(request, "move_thread", thread, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Append the posts of a thread to another one."""
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "merge_threads")
    if thread.merged_into and request.method != "POST":
        return redirect(thread.merged_into)
    data = request.POST if request.method == "POST" else None
    form = MergeForm(data, viewer=viewer)
    merged = data is not None and take(
        request, form, lambda: verbs.merge(viewer, thread, **form.cleaned_data)
    )
    if merged:
        return _done(request, _("The threads are one now."), merged)
    return _page(request, "merge_threads", thread, form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Move posts of a thread into a new thread, or into another one.

    The posts are listed page by page; what is ticked on one page is kept on the next.
    """
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "split_thread")
    chosen = whole_numbers(request.POST.getlist("post"))
    turns = "turn" in request.POST
    form = SplitForm(
        request.POST if request.method == "POST" and not turns else None,
        thread=thread,
        viewer=viewer,
        # What was typed is kept while pages are turned.
        initial={"category": thread.category_id, **request.POST.dict()},
    )
    if form.is_bound and (there := _split(request, form, viewer, chosen)):
        return _done(request, _("The posts are in this thread now."), there)
    return _page(request, "split_thread", thread, form, **_rows(request, thread, chosen))


def _split(request: HttpRequest, form: SplitForm, viewer: Viewer, chosen: set[int]) -> Any:
    def act() -> Thread:
        data = form.cleaned_data
        return verbs.split(viewer, form.thread, chosen | data.pop("numbers"), **data)

    return take(request, form, act)


def _rows(request: HttpRequest, thread: Thread, chosen: set[int]) -> dict[str, Any]:
    """Return a page of the posts of a thread, and what is ticked on other pages."""
    sent = request.POST.get("turn") or request.POST.get("start") or request.GET.get("start") or ""
    start = whole_number(sent) or 1
    posts = Post.objects.filter(thread=thread, position__isnull=False).select_related("author")
    rows = list(posts.filter(position__gte=start).order_by("position")[: PAGE_SIZE + 1])
    earlier = list(
        posts.filter(position__lt=start)
        .order_by("-position")
        .values_list("position", flat=True)[:PAGE_SIZE]
    )
    shown = rows[:PAGE_SIZE]
    return {
        "posts": shown,
        "start": start,
        "chosen": chosen,
        "elsewhere": sorted(chosen - {post.pk for post in shown}),
        "next_start": rows[PAGE_SIZE].position if len(rows) > PAGE_SIZE else None,
        "previous_start": earlier[-1] if earlier else None,
    }


@login_required
@require_POST
def set_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Close, pin or feature a thread, or undo that."""
    viewer = Viewer.of(request)
    verb, is_on = request.POST.get("verb", ""), request.POST.get("is_on") == "1"
    if verb not in verbs.SIGNS:
        raise Http404
    thread = thread_for(viewer, pk, verb)
    said = {
        "close_thread": (_("The thread is open again."), _("The thread is closed.")),
        "pin_thread": (_("The thread is not pinned any more."), _("The thread is pinned.")),
        "feature_thread": (_("The thread is not featured any more."), _("The thread is featured.")),
    }
    form = forms.Form({})
    if take(request, form, lambda: verbs.set_sign(viewer, verb, [thread], is_on=is_on)):
        return _done(request, said[verb][is_on], thread)
    return _refused(request, form, thread)


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a thread from all but moderators."""
    said = _("The thread is hidden: only moderators see it.")
    return _with_reason(request, pk, "hide_thread", verbs.hide, said)


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a thread again that was hidden or deleted."""
    said = _("The thread is shown again.")
    return _with_reason(request, pk, "restore_thread", verbs.restore, said)


def _with_reason(
    request: HttpRequest, pk: int, verb: str, act: Callable[..., None], said: str
) -> HttpResponse:
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, verb)
    form = ReasonForm(request.POST)
    if take(request, form, lambda: act(viewer, [thread], **form.cleaned_data)):
        return _done(request, said, thread)
    return _refused(request, form, thread)


def _refused(request: HttpRequest, form: forms.Form, thread: Thread) -> HttpResponse:
    return _page(request, "order_refused", thread, form)


# Several at once


@login_required
@never_cache
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do the same to all the threads that are ticked in a list, or to none."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    keys = sorted(whole_numbers(request.POST.getlist("thread")))[: MAX_BULK + 1]
    threads = list(
        Thread.objects.filter(pk__in=keys, category__isnull=False)
        .select_related("category", "author")
        .order_by("created_at", "pk")
    )
    form = BulkForm(request.POST, viewer=viewer, threads=threads)
    if take(request, form, lambda: _act(viewer, form)):
        number = len(threads)
        said = ngettext("{number} thread is done.", "{number} threads are done.", number)
        messages.success(request, said.format(number=number))
        return redirect(back(request, "index"))
    context = {"viewer": viewer, "form": form, "threads": threads, "next": back(request, "index")}
    return render(request, "ess_forum/bulk_order.html", context, status=status_of(form))


def _act(viewer: Viewer, form: BulkForm) -> None:
    data = form.cleaned_data
    verbs.bulk(viewer, data["act"], form.threads, category=data["category"], reason=data["reason"])


@login_required
@never_cache
@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    """List the threads that are hidden or deleted, which moderators may show again."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    threads = Thread.objects.filter(
        state__in=(State.HIDDEN, State.DELETED), category__isnull=False, merged_into=None
    ).select_related("category", "author")
    page = latest(request, threads, PAGE_SIZE)
    context = {
        "viewer": viewer,
        "threads": page.rows,
        "next_before": page.next,
        "form": BulkForm(viewer=viewer, initial={"act": "restore"}),
    }
    return render(request, "ess_forum/hidden_threads.html", context)
