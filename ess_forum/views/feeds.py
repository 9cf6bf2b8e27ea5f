"""What is new, for programs that read feeds: what everybody may see, and nothing else."""

from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import markup
from ..listing import listing
from ..models import Category, Post, Thread
from ..policy import allows
from ..viewer import Viewer
from ..visitor_cache import kept_for_visitors
from .lists import stamp_of_lists
from .threads import stamp_of_thread

SIZE = 30


class FullText(Atom1Feed):
    """A feed that gives what was written, not a summary of it."""

    def add_item_elements(self, handler, item) -> None:
        """Write an entry."""
        handler.addQuickElement("content", item["description"], {"type": "html"})
        super().add_item_elements(handler, {**item, "description": None})


class PostFeed(Feed):
    """Posts, each known by its permanent address."""

    feed_type = FullText

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        """Answer with the feed."""
        self.visitor = Viewer()  # whoever asks: a feed is for everybody
        self.host = f"{request.scheme}://{request.get_host()}"
        return super().__call__(request, *args, **kwargs)

    def link(self, about: Any) -> str:
        """Return the address of the page that says the same."""
        return about.get_absolute_url() if about else reverse("ess_forum:index")

    def feed_guid(self, about: Any) -> str:
        """Return what the feed is known by."""
        return f"{self.host}{self.link(about)}"

    def item_title(self, post: Post) -> str:
        """Return the title of its thread."""
        return post.thread.title

    def item_description(self, post: Post) -> str:
        """Return what was written, with addresses that lead here from anywhere."""
        prefix = reverse("ess_forum:index")
        return markup.shown(post.html).replace(f'="{prefix}', f'="{self.host}{prefix}')

    def item_link(self, post: Post) -> str:
        """Return its permanent address."""
        return post.get_absolute_url()

    def item_guid(self, post: Post) -> str:
        """Return what it is known by."""
        return f"{self.host}{post.get_absolute_url()}"

    def item_author_name(self, post: Post) -> str:
        """Return who wrote it."""
        return post.author.name

    def item_pubdate(self, post: Post) -> Any:
        """Return when everybody could read it first."""
        return post.published_at

    def item_categories(self, post: Post) -> list[str]:
        """Return the topics of its thread."""
        return [topic.name for topic in post.thread.topic_list]


class ThreadsFeed(PostFeed):
    """The first posts of the threads that something is new in."""

    def get_object(self, request: HttpRequest, pk: int | None = None) -> Category | None:
        """Return the category, or None for the whole forum. Raises Http404."""
        category = self.visitor.category(pk)
        if pk and category is None:
            raise Http404
        return category

    def title(self, category: Category | None) -> str:
        """Return the name of the category or of the forum."""
        return category.name if category else _("Forum")

    def items(self, category: Category | None) -> list[Post]:
        """Return the first posts of the threads with the latest post."""
        threads = Thread.objects.seen_by(self.visitor)
        if category:
            threads = threads.filter(category=category)
        by_key = {one.pk: one for one in listing(self.visitor, threads, size=SIZE).threads}
        firsts = Post.objects.visible().filter(thread__in=by_key, position=1)
        posts = {post.thread_id: post for post in firsts.select_related("author")}
        for key, post in posts.items():
            post.thread = by_key[key]
        return [posts[key] for key in by_key if key in posts]

    def item_updateddate(self, post: Post) -> Any:
        """Return when something was last written in the thread."""
        return post.thread.last_post_at


class ThreadFeed(PostFeed):
    """The last posts of a thread."""

    def get_object(self, request: HttpRequest, pk: int) -> Thread:
        """Return the thread. Raises Http404."""
        thread = get_object_or_404(Thread, pk=pk)
        if thread.merged_into_id or not allows(self.visitor, "see_thread", thread):
            raise Http404
        thread.topic_list = list(thread.topics.all())
        return thread

    def title(self, thread: Thread) -> str:
        """Return the title of the thread."""
        return thread.title

    def items(self, thread: Thread) -> list[Post]:
        """Return the last posts, the newest first."""
        posts = thread.posts.visible().select_related("author").order_by("-position")[:SIZE]
        for post in posts:
            post.thread = thread
        return list(posts)

    def item_updateddate(self, post: Post) -> Any:
        """Return when it was last changed."""
        return post.edited_at or post.published_at


@require_safe
@kept_for_visitors(stamp_of_lists)
def forum(request: HttpRequest):
    """Give the threads of the forum that something is new in."""
    return ThreadsFeed()(request)


@require_safe
@kept_for_visitors(stamp_of_lists)
def category(request: HttpRequest, pk: int):
    """Give the threads of a category that something is new in."""
    return ThreadsFeed()(request, pk=pk)


@require_safe
@kept_for_visitors(stamp_of_thread)
def thread(request: HttpRequest, pk: int):
    """Give the last posts of a thread."""
    return ThreadFeed()(request, pk=pk)
