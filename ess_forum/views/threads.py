"""A thread, page by page, and the permanent address of a post."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Page

from ess_ground.prepared import prepared

from .. import paging, positions
from ..actions import notifications, reading
from ..discussions import page_of
from ..listing import topics_of
from ..models import Block, Post, State, Subscription, Thread
from ..paging import Place
from ..policy import allows, require
from ..shown import ShownPost, shown_posts
from ..viewer import Viewer
from ..visitor_cache import kept_for_visitors
from .moved import moved
from .pages import whole_number

# What moderators see of a page at most: a page of visible posts, and what is hidden between them.
AT_MOST = 200
# What is read of each.
READ = (
    "thread",
    "position",
    "state",
    "language",
    "html",
    "created_at",
    "edited_at",
    "reactions",
    "author__name",
    "author__handle",
    "reply_to__state",
    "reply_to__author__name",
)


def stamp_of_thread(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> tuple:
    """Return what differs whenever a page of a thread does. Raises Http404."""
    viewer = Viewer.of(request)
    thread = seen_thread(viewer, pk)
    places = [(place.pk, place.name_fr, place.name_ar) for place in viewer.categories]
    return pk, thread.version, thread.title, places


@require_safe
@kept_for_visitors(stamp_of_thread)
def thread(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show a page of a thread, and note that the member has read it."""
    viewer = Viewer.of(request)
    thread = seen_thread(viewer, pk)
    if thread.merged_into:
        return redirect(thread.merged_into, permanent=True)
    if slug != thread.slug:
        return moved(request, thread.get_absolute_url())
    place = paging.place(thread, whole_number(request.GET.get("page", "1")))
    if place is None:
        raise Http404
    thread.topic_list = topics_of([thread]).get(thread.pk, [])
    unread = thread.unread() if viewer.acts else []
    if viewer.acts and request.method == "GET":
        notifications.read_shown(viewer, thread, place.first, place.last)
    context = {
        "viewer": viewer,
        "thread": thread,
        "category": thread.category,
        "path": viewer.path(thread.category) if thread.category else [],
        "posts": _posts(viewer, thread, place, unread),
        "place": place,
        "page_count": paging.page_count(thread),
        "address": thread.get_absolute_url(),
        "canonical": request.build_absolute_uri(paging.address(thread, place.number)),
        "discussed_page": _discussed(thread),
        "unread_count": positions.count(unread),
        "unread_address": paging.address_of_unread(thread) if unread else "",
    }
    response = render(request, "ess_forum/thread.html", context)
    if viewer.acts and request.method == "GET":
        _see(viewer, thread, place, unread)
    return response


def seen_thread(viewer: Viewer, pk: int) -> Thread:
    """Return a thread that this viewer sees, with how far they have read: read once.

    Raises Http404.
    """
    if pk not in viewer.threads:
        viewer.threads[pk] = _found(viewer, pk)
    return viewer.threads[pk]


def _found(viewer: Viewer, pk: int) -> Thread:
    me = viewer.me if viewer.acts else None
    found = _threads_for(me.pk, me.caught_up_at, pk) if me else _threads(pk)
    thread = next(iter(found), None)
    if thread is None or not allows(viewer, "see_thread", thread.merged_into or thread):
        raise Http404
    if not thread.is_private:
        thread.category = viewer.category(thread.category_id)
    return thread


@prepared
def _threads(pk: Any):
    threads = Thread.objects.filter(pk=pk).select_related("answer__author")
    return threads.defer("answer__source", "answer__html")


@prepared
def _threads_for(member: Any, caught_up_at: Any, pk: Any):
    follows = Subscription.objects.filter(thread=OuterRef("pk"), member=member)
    threads = Thread.objects.filter(pk=pk).with_mark(member, caught_up_at)
    threads = threads.annotate(is_followed=Exists(follows)).select_related("answer__author")
    return threads.defer("answer__source", "answer__html")


def _discussed(thread: Thread) -> Page | None:
    """Return the page that a thread is about, if everybody may read it."""
    try:
        return page_of(thread.page_key) if thread.page_key else None
    except Http404:
        return None


def _posts(
    viewer: Viewer, thread: Thread, place: Place, unread: positions.Ranges
) -> list[ShownPost]:
    """Return what the viewer sees of a page."""
    found = _page(
        thread.pk,
        place.first,
        place.last,
        waiting=[State.PENDING] if place.is_last else [],
        states=list(State) if viewer.is_moderator else [State.VISIBLE],
        me=[viewer.me.pk] if viewer.acts else [],
    )
    found.sort(key=lambda post: (post.position is None, post.position or post.pk))
    for post in found:
        post.thread = thread
    return shown_posts(viewer, found, unread)


@prepared
def _page(thread: Any, first: Any, last: Any, waiting: Any, states: Any, me: Any):
    """Return the posts of a page: in these states or one's own, and those that wait at its end."""
    here = Q(position__gte=first, position__lte=last) | Q(position=None, state__in=waiting)
    seen = Q(state__in=states) | Q(author__in=me)
    blocked = Block.objects.filter(member__in=me, blocked=OuterRef("author"))
    posts = Post.objects.filter(here & seen, thread=thread).annotate(is_blocked=Exists(blocked))
    # Visible posts come first, so that none of them is beyond the limit.
    order = ("state", F("position").asc(nulls_last=True), "pk")
    return posts.select_related("author", "reply_to__author").only(*READ).order_by(*order)[:AT_MOST]


def _see(viewer: Viewer, thread: Thread, place: Place, unread: positions.Ranges) -> None:
    here = [[place.first, place.last]]
    if positions.difference(unread, here) != unread:
        reading.see(viewer.me, thread, place.first, min(place.last, thread.last_visible_position))


@login_required
@never_cache
@require_safe
def first_unread(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the first post of a thread that the member has not read."""
    viewer = Viewer.of(request)
    thread = seen_thread(viewer, pk)
    require(viewer, "follow_thread", thread)  # who is kept out has no place in it either
    return redirect(paging.address_of_unread(thread))


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to where the post is now."""
    post = get_object_or_404(Post.objects.select_related("thread"), pk=pk)
    if not allows(Viewer.of(request), "see_post", post):
        raise Http404
    page = paging.page_of(post.thread, post.position)
    return redirect(paging.address(post.thread, page, f"#post-{post.pk}"))
