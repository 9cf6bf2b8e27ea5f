"""Posts are found by the stems of their words, in either language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ess_ground import found
from ess_ground.words import stems

from .markup import plain
from .models import Category, Post, Thread
from .viewer import Viewer

PAGE_SIZE = 20
# Who has not found it by then asks with other words.
PAGES = 25
# A word with its accents and vowel signs.
WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u064b-\u065f\u0670]*)+")
EXCERPT = 240
BEFORE_HIT = 60
# Beyond these days, not every time zone has a midnight.
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True)
class Search:
    """What is searched for: words, or filters, or both."""

    words: str = ""
    author: str = ""  # a handle, folded
    category: Category | None = None
    since: date | None = None
    until: date | None = None
    language: str = ""
    solved: bool | None = None
    by_date: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return replace(self, words=self.words.strip(), by_date=False) == Search()


@dataclass(frozen=True)
class Hits:
    """A page of what was found; `next` is the number of the page after it."""

    posts: list[Post]
    next: int | None


def search(viewer: Viewer, asked: Search, page: int = 1) -> Hits:
    """Return the posts that this viewer sees and that have what is asked for.

    Each has `excerpt`, with its hits marked. Three queries, the viewer's own aside.
    """
    start = (min(max(page, 1), PAGES) - 1) * PAGE_SIZE
    wanted = stems(asked.words)
    if asked.is_empty or (asked.words.strip() and not wanted):
        return Hits([], None)
    keys = _keys(_within(viewer, asked), wanted, asked.by_date)[start : start + PAGE_SIZE + 1]
    numbers = list(keys)
    rows = Post.objects.select_related("thread__category", "author")
    by_key = rows.in_bulk(numbers[:PAGE_SIZE])
    posts = [by_key[key] for key in numbers if key in by_key]
    for post in posts:
        post.excerpt = excerpt(plain(post.html), wanted)
        post.marked_title = marked(post.thread.title, wanted)
    number = start // PAGE_SIZE + 1
    return Hits(posts, number + 1 if len(numbers) > PAGE_SIZE and number < PAGES else None)


def _within(viewer: Viewer, asked: Search) -> QuerySet[Post]:
    """Return the posts among which words are looked for."""
    threads = Thread.objects.seen_by(viewer)
    if asked.category:
        threads = threads.filter(category__in=_with_those_within(viewer, asked.category))
    if asked.solved is not None:
        threads = threads.filter(answer__isnull=not asked.solved)
    posts = Post.objects.visible().filter(thread__in=threads.order_by().values("pk"))
    if asked.author:
        posts = posts.filter(author__handle=asked.author)
    if asked.language:
        posts = posts.filter(language=asked.language)
    if asked.since:
        posts = posts.filter(published_at__gte=_midnight(asked.since))
    if asked.until:
        posts = posts.filter(published_at__lt=_midnight(asked.until) + timedelta(days=1))
    return posts


def _with_those_within(viewer: Viewer, category: Category) -> set[int]:
    keys = {category.pk}
    for each in viewer.categories:  # each comes after the one that it is within
        if each.parent_id in keys:
            keys.add(each.pk)
    return keys


def _midnight(day: date) -> datetime:
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return timezone.make_aware(datetime.combine(day, time.min))


def _keys(posts: QuerySet[Post], wanted: str, by_date: bool) -> QuerySet:
    if not wanted:
        return posts.order_by("-published_at", "-pk").values_list("pk", flat=True)
    # From the index to the posts: the other way round, SQLite takes seconds for 12,000 posts.
    if by_date:
        published = Post.objects.filter(pk=OuterRef("key")).values("published_at")[:1]
        rows = found.keys(Post, wanted).annotate(at=Subquery(published)).order_by("-at", "-key")
    else:
        rows = found.ranked(Post, wanted)
    return rows.filter(key__in=posts.values("pk")).values_list("key", flat=True)


def excerpt(text: str, wanted: str) -> SafeString:
    """Return the words around the first hit as HTML, hits marked; else the beginning."""
    first = next(_hits(text, wanted), None)
    start = max(first.start() - BEFORE_HIT, 0) if first else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = start + EXCERPT
    if end < len(text):
        end = max(text.rfind(" ", start, end), first.end() if first else start + 1)
    shown = marked(text[start:end], wanted)
    return mark_safe(  # noqa: S308 - `marked` escapes
        f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"
    )


def marked(text: str, wanted: str) -> SafeString:
    """Return a text as HTML with `<mark>` around the words that have one of these stems."""
    parts, end = [], 0
    for hit in _hits(text, wanted):
        parts += [escape(text[end : hit.start()]), f"<mark>{escape(hit[0])}</mark>"]
        end = hit.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 - each part is escaped


def _hits(text: str, wanted: str) -> Iterator[re.Match[str]]:
    stems_wanted = set(wanted.split())
    return (word for word in WORD.finditer(text) if stems(word[0]) in stems_wanted)
