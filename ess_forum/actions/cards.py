"""Posts are written anew when what their cards show has changed."""

from collections.abc import Iterable

from django.db.models import QuerySet

from .. import markup, tasks
from ..models import PagePreview, Post
from . import counters, posts
from .transactions import action


def look_again(previews: QuerySet[PagePreview]) -> None:
    """Have the posts written anew that show these pages or threads as cards."""
    keys = sorted({str(key) for key in previews.values_list("page_key", flat=True)})
    if keys:
        tasks.render_cards_anew.enqueue(keys)


def render_anew(keys: Iterable[str]) -> None:
    """Write the posts anew that have a card of these pages or threads, by their keys."""
    found = Post.objects.filter(page_previews__page_key__in=keys).distinct()
    for pk in found.order_by("pk").values_list("pk", flat=True):
        _render(pk)


@action
def _render(pk: int) -> None:
    post = Post.objects.filter(pk=pk).first()
    if post is None:  # deleted meanwhile
        return
    thread, post = counters.lock_post(post)
    posts.save_text(post, markup.Document(post.source))
    counters.thread_changed(thread)
