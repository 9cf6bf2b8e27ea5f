"""What members write, and what hangs on it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index

from ess_ground import words

from .members import Member
from .threads import State, Thread


class PostQuerySet(models.QuerySet):
    """Posts, to be read."""

    def visible(self) -> "PostQuerySet":
        """Return those that are neither hidden, nor deleted, nor waiting for approval."""
        return self.filter(state=State.VISIBLE)


class Post(index.Indexed, models.Model):
    """What a member wrote in a thread, in Markdown; `html` is made from it and safe to show.

    A post takes its position when it is published: one that waits for approval has none.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    position = models.PositiveIntegerField(null=True, editable=False)
    author = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="posts",
        verbose_name=pgettext_lazy("forum", "author"),
    )
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    # What most of its words are written in, whatever the language of the thread.
    language = models.CharField(_("language"), max_length=10)
    reply_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    quoted = models.ManyToManyField("self", symmetrical=False, related_name="quoted_by")
    mentioned = models.ManyToManyField(Member, related_name="mentions")
    state = models.PositiveSmallIntegerField(
        _("state"), choices=State.choices, default=State.VISIBLE
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True)
    edited_at = models.DateTimeField(_("edited at"), null=True)
    # How many members have reacted, by emoji.
    reactions = models.JSONField(default=dict)
    # What a second post of the same words has too (see `ess_forum.actions.posts`).
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)

    search_fields = [index.SearchField("stems")]

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("forum", "post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["thread", "position"], name="ess_forum_post_position"),
            models.CheckConstraint(
                condition=Q(position__isnull=False) | ~Q(state=State.VISIBLE),
                name="ess_forum_post_visible_has_position",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="ess_forum_post_author"),
            models.Index(fields=["thread", "published_at"], name="ess_forum_post_published"),
            models.Index(
                fields=["created_at"], condition=Q(state=State.PENDING), name="ess_forum_post_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author} · {self.thread} · {self.position or '…'}"

    def get_absolute_url(self) -> str:
        """Return its permanent address, which leads to wherever it is now."""
        return reverse("ess_forum:post", args=[self.pk])

    @property
    def stems(self) -> str:
        """The words by which it is found; those of the title of its thread with the first post."""
        title = self.thread.title if self.position == 1 else ""
        return words.stems(f"{title} {self.source}")

    @property
    def is_first(self) -> bool:
        """Whether it opens its thread, or will once it is published."""
        if self.position is None:
            return self.thread.last_position == 0
        return self.position == 1


class PostRevision(models.Model):
    """What a post said before an edit. Numbered from 1; the last is older than the post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    title = models.CharField(max_length=200, blank=True)  # of the thread, with its first post
    edited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("version of a post")
        verbose_name_plural = _("versions of posts")
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="ess_forum_revision_number"),
        ]

    def __str__(self) -> str:
        return f"{self.post} · {self.number}"


class PostTranslation(models.Model):
    """A post in another language, made by a machine from the words with this digest."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10)
    source_digest = models.CharField(max_length=64)
    html = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("machine translation")
        verbose_name_plural = _("machine translations")
        constraints = [
            models.UniqueConstraint(fields=["post", "language"], name="ess_forum_translation"),
        ]

    def __str__(self) -> str:
        return f"{self.post} · {self.language}"


class PagePreview(models.Model):
    """A page that a post shows as a card: written anew when the page changes."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="page_previews")
    page_key = models.UUIDField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "page_key"], name="ess_forum_preview"),
        ]

    def __str__(self) -> str:
        return f"{self.post} · {self.page_key}"
