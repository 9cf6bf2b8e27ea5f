"""Discussions, in a category or between a few members."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from .. import positions
from .bilingual import language_choices
from .categories import Category
from .members import Member


class State(models.IntegerChoices):
    """Who sees a thread or a post."""

    VISIBLE = 0, _("visible")
    PENDING = 1, _("waiting for approval")
    HIDDEN = 2, _("hidden by moderators")
    DELETED = 3, _("deleted by its author")


class ForumTopic(TagBase):
    """A subject that threads are about."""

    class Meta:
        verbose_name = pgettext_lazy("forum", "topic")
        verbose_name_plural = pgettext_lazy("forum", "topics")


class ThreadTopic(ItemBase):
    """A topic of a thread."""

    tag = models.ForeignKey(ForumTopic, on_delete=models.CASCADE, related_name="thread_topics")
    content_object = models.ForeignKey("Thread", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "content_object"], name="ess_forum_threadtopic_once"
            ),
        ]


class ThreadQuerySet(models.QuerySet):
    """Threads, to be listed."""

    def visible(self) -> "ThreadQuerySet":
        """Return those that are neither hidden, nor deleted, nor waiting, nor merged away."""
        return self.filter(state=State.VISIBLE, merged_into=None)

    def seen_by(self, viewer) -> "ThreadQuerySet":
        """Return the visible ones in the categories that this viewer sees."""
        # Most are seen by most: the database is to go along the index of the latest, in order, and
        # not to gather each category by its own index, whose threads it would all have to sort.
        seen = self.visible().alias(place=F("category_id") + 0)
        return seen.filter(place__in=[category.pk for category in viewer.categories])

    def conversations_of(self, member: Member) -> "ThreadQuerySet":
        """Return the private conversations that this member has not left."""
        return self.visible().filter(
            category=None, participations__member=member, participations__left_at=None
        )

    def with_mark_of(self, member: Member | None) -> "ThreadQuerySet":
        """Return them with how far this member has read: `read_position` and `read_skipped`.

        In a thread that the member has never opened, what was published before the member last
        caught up counts as read. Without a member, they are returned as they are.
        """
        return self if member is None else self.with_mark(member.pk, member.caught_up_at)

    def with_mark(self, member: Any, caught_up_at: Any) -> "ThreadQuerySet":
        """Return them as `with_mark_of` does, for the member with this number."""
        earlier = (
            apps.get_model("ess_forum", "Post")
            .objects.filter(thread=OuterRef("pk"), published_at__lte=caught_up_at)
            .order_by("-published_at", "-position")
            .values("position")[:1]
        )
        return self.annotate(
            mark=FilteredRelation("marks", condition=Q(marks__member=member)),
            read_position=Coalesce(F("mark__position"), Subquery(earlier), Value(0)),
            read_skipped=F("mark__skipped"),
        )

    def unread_by(self, member: Member) -> "ThreadQuerySet":
        """Return those with a visible post that this member has not read."""
        return self.with_mark_of(member).filter(
            Q(mark__isnull=True, last_post_at__gt=member.caught_up_at)
            | Q(mark__position__lt=F("last_visible_position"))
            | (Q(mark__isnull=False) & ~Q(mark__skipped=[])),
        )


class Thread(models.Model):
    """A discussion.

    It belongs to a category, or to none: then it is a private conversation between its
    participants. Its posts are numbered by `position` from 1, without reuse. `gaps` are the
    positions, as ranges, that visible posts do not have (see `ess_forum.positions`).
    """

    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        related_name="threads",
        verbose_name=_("category"),
    )
    participants = models.ManyToManyField(
        Member, through="Participant", related_name="conversations"
    )
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    topics = TaggableManager(
        through=ThreadTopic, blank=True, verbose_name=pgettext_lazy("forum", "topics")
    )
    author = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="threads",
        verbose_name=pgettext_lazy("forum", "author"),
    )
    state = models.PositiveSmallIntegerField(
        _("state"), choices=State.choices, default=State.VISIBLE
    )
    # Indexed where it says something: of an index of all, SQLite would think that it finds few.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_featured = models.BooleanField(_("featured"), default=False)
    is_closed = models.BooleanField(_("closed"), default=False)
    answer = models.ForeignKey(
        "Post",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("forum", "answer"),
    )
    # The Wagtail page, in any language, that the thread discusses.
    page_key = models.UUIDField(_("page"), null=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("started at"), default=timezone.now)
    last_post_at = models.DateTimeField(_("last post at"), default=timezone.now)
    last_poster = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    # The last position given, and the last that a visible post has.
    last_position = models.PositiveIntegerField(default=0)
    last_visible_position = models.PositiveIntegerField(default=0)
    gaps = models.JSONField(default=list)
    # Visible posts beside the first.
    reply_count = models.PositiveIntegerField(_("replies"), default=0)
    # Grows with each change that a reader sees: what is cached is keyed by it.
    version = models.PositiveBigIntegerField(default=0)

    # From `with_mark_of`.
    read_position: int
    read_skipped: list[list[int]] | None

    # From `ess_forum.listing`.
    last_poster_name: str
    language_name: str
    topic_list: list[ForumTopic]
    unread_count: int
    unread_page: int

    objects: ClassVar[Any] = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            models.Index(
                fields=["category", "-is_pinned", "-last_post_at", "-id"],
                condition=Q(state=State.VISIBLE, merged_into=None),
                name="ess_forum_thread_category",
            ),
            models.Index(
                fields=["-last_post_at", "-id"],
                condition=Q(state=State.VISIBLE, merged_into=None),
                name="ess_forum_thread_latest",
            ),
            models.Index(fields=["author", "-last_post_at", "-id"], name="ess_forum_thread_author"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="ess_forum_thread_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return its address in the active language."""
        return reverse("ess_forum:thread", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        """What its address says of it."""
        return slugify(self.title, allow_unicode=True)[:80].strip("-") or "-"

    @property
    def is_private(self) -> bool:
        """Whether it is a conversation between its participants alone."""
        return self.category_id is None

    def unread(self) -> list[list[int]]:
        """Return the positions that are unread, as ranges. Needs `with_mark_of`."""
        beyond = range(self.read_position + 1, self.last_visible_position + 1)
        unread = positions.union(
            self.read_skipped or [], [[beyond[0], beyond[-1]]] if beyond else []
        )
        return positions.difference(unread, self.gaps)

    def visible_count(self) -> int:
        """Return how many posts are visible."""
        return self.last_position - positions.count(self.gaps)


class Participant(models.Model):
    """A member who takes part in a private conversation."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="participations")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="participations")
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "member"], name="ess_forum_participant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.thread}"
