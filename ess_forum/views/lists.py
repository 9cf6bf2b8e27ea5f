"""Lists of threads."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ess_ground.prepared import prepared
from ess_ground.words import asked

from ..actions import reading
from ..listing import CursorError, Listing, listing
from ..models import Audience, Bookmark, Category, ForumTopic, State, Subscription, Thread
from ..models.threads import ThreadQuerySet, language_choices
from ..policy import allows
from ..viewer import Viewer
from ..visitor_cache import kept_for_visitors
from .moved import moved
from .submission import is_too_often

# How many threads the front page shows below the categories.
NEWEST = 15


def stamp_of_lists(request: HttpRequest, *args: Any, **kwargs: Any) -> list[tuple]:
    """Return what differs whenever a list of threads does.

    The version of a category grows with whatever a list shows of it, its names included.
    """
    return _versions()


@prepared
def _versions():
    places = Category.objects.order_by("pk")
    return places.values_list("pk", "parent", "position", "see", "version")


# What everybody may read


@require_safe
@kept_for_visitors(stamp_of_lists)
def index(request: HttpRequest) -> HttpResponse:
    """Show the categories, and what is new."""
    viewer = Viewer.of(request)
    threads = listing(viewer, Thread.objects.seen_by(viewer), size=NEWEST)
    context = {"viewer": viewer, "categories": viewer.categories, "listing": threads}
    return render(request, "ess_forum/index.html", context)


@require_safe
@kept_for_visitors(stamp_of_lists)
def category(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show the threads of a category: the pinned ones, then those with the latest post."""
    viewer = Viewer.of(request)
    category = _category(viewer, pk)
    if slug != category.slug:
        return moved(request, category.get_absolute_url())
    context = {
        "category": category,
        "path": viewer.path(category)[:-1],
        "categories": [child for child in viewer.categories if child.parent_id == pk],
        "may_start": _may_start(viewer, category),
    }
    threads = Thread.objects.visible().filter(category=category)
    return _chosen(request, "category", threads, pinned_first=True, **context)


@require_safe
@kept_for_visitors(stamp_of_lists)
def latest(request: HttpRequest) -> HttpResponse:
    """List all threads, those with the latest post first."""
    threads = Thread.objects.seen_by(Viewer.of(request))
    return _chosen(request, "list", threads, heading=_("Latest"), current="latest")


@require_safe
@kept_for_visitors(stamp_of_lists)
def unanswered(request: HttpRequest) -> HttpResponse:
    """List the threads that nobody has replied in."""
    threads = Thread.objects.seen_by(Viewer.of(request)).filter(reply_count=0)
    return _chosen(request, "list", threads, heading=_("Unanswered"), current="unanswered")


def _may_start(viewer: Viewer, category: Category) -> bool:
    """Whether to show the way to a new thread: to a visitor who has only to sign in, too."""
    is_for_members = category.start == Audience.MEMBERS and not viewer.user.is_authenticated
    return is_for_members or allows(viewer, "start_thread", category)


def _category(viewer: Viewer, pk: int) -> Category:
    category = viewer.category(pk)
    if category is None:
        raise Http404
    return category


def _chosen(
    request: HttpRequest,
    template: str,
    threads: ThreadQuerySet,
    *,
    pinned_first: bool = False,
    **context: Any,
) -> HttpResponse:
    """Show a list that can be narrowed to a language and a topic."""
    language = request.GET.get("language", "")
    languages = dict(language_choices())
    if language in languages:
        threads = threads.filter(language=language)
    if slug := asked(request.GET.get("topic", "")):
        threads = threads.filter(topics__slug=slug)
    page = page_of(request, threads, pinned_first=pinned_first)
    context |= {"thread_languages": languages, "language": language, "topic": _topic(page, slug)}
    return show(request, template, page, **context)


def _topic(page: Listing, slug: str) -> ForumTopic | None:
    """Return the topic that a list is narrowed to: all of its threads have it, if there is one."""
    if not slug:
        return None
    topics = page.threads[0].topic_list if page.threads else []
    found = (topic for topic in topics if topic.slug == slug)
    return next(found, ForumTopic(slug=slug, name=slug))


def page_of(
    request: HttpRequest, threads: ThreadQuerySet, *, pinned_first: bool = False
) -> Listing:
    """Return the page of these threads that the address asks for. Raises Http404."""
    cursor = request.GET.get("before", "")
    try:
        return listing(Viewer.of(request), threads, cursor, pinned_first=pinned_first)
    except CursorError as error:
        raise Http404 from error


def show(request: HttpRequest, template: str, page: Listing, **context: Any) -> HttpResponse:
    """Show a page of a list of threads, with the ways to the others."""
    kept = request.GET.copy()
    kept.pop("before", None)
    context |= {"viewer": Viewer.of(request), "listing": page, "kept": kept.urlencode()}
    return render(request, f"ess_forum/{template}.html", context)


# A member's own


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Let the member choose where to start a thread."""
    viewer = Viewer.of(request)
    open_here = [each for each in viewer.categories if allows(viewer, "start_thread", each)]
    context = {"viewer": viewer, "categories": open_here}
    return render(request, "ess_forum/choose_category.html", context)


@login_required
@never_cache
@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """List the threads with posts that the member has not read."""
    viewer = Viewer.of(request)
    threads = Thread.objects.seen_by(viewer).unread_by(viewer.me)
    page = page_of(request, threads)
    return show(request, "list", page, heading=_("Unread"), current="unread")


@login_required
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List the threads that the member has started, those that wait for approval among them."""
    viewer = Viewer.of(request)
    threads = Thread.objects.filter(
        author=viewer.me,
        category__in=[category.pk for category in viewer.categories],
        state__in=(State.VISIBLE, State.PENDING),
        merged_into=None,
    )
    return show(request, "list", page_of(request, threads), heading=_("My threads"), current="mine")


@login_required
@never_cache
@require_safe
def bookmarked(request: HttpRequest) -> HttpResponse:
    """List the threads with posts that the member keeps at hand."""
    viewer = Viewer.of(request)
    kept = Bookmark.objects.filter(member=viewer.me)
    threads = Thread.objects.seen_by(viewer).filter(pk__in=kept.values("post__thread"))
    page = page_of(request, threads)
    by_thread: dict[int, list[Bookmark]] = {}
    shown = kept.filter(post__thread__in=page.threads, post__state=State.VISIBLE)
    for bookmark in shown.select_related("post__author").order_by("post__position"):
        by_thread.setdefault(bookmark.post.thread_id, []).append(bookmark)
    for thread in page.threads:
        thread.bookmarks = by_thread.get(thread.pk, [])  # type: ignore[attr-defined]
    return show(request, "list", page, heading=_("Bookmarks"), current="bookmarked")


@login_required
@never_cache
@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """List the threads that the member follows, and those of the categories that they follow."""
    viewer = Viewer.of(request)
    follows = Subscription.objects.filter(member=viewer.me)
    threads = Thread.objects.seen_by(viewer).filter(
        Q(pk__in=follows.filter(thread__isnull=False).values("thread"))
        | Q(category__in=follows.filter(category__isnull=False).values("category"))
    )
    return show(
        request, "list", page_of(request, threads), heading=_("Followed"), current="followed"
    )


@login_required
@require_POST
def take_as_read(request: HttpRequest) -> HttpResponse:
    """Take all that is published as read."""
    viewer = Viewer.of(request)
    if not is_too_often(request, "take_as_read"):
        reading.catch_up(viewer)
        messages.success(request, _("Everything is taken as read."))
    return redirect("ess_forum:unread")


@login_required
@require_POST
def take_category_as_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the threads of a category as read."""
    viewer = Viewer.of(request)
    category = _category(viewer, pk)
    if not is_too_often(request, "take_as_read"):
        reading.catch_up_category(viewer, category)
        messages.success(request, _("The threads of this category are taken as read."))
    return redirect(category)
