"""What a member has read, follows and keeps."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .categories import Category
from .members import Member
from .posts import Post
from .threads import Thread


class ReadMark(models.Model):
    """How far a member has read a thread: one row for a thread, whatever its length.

    `position` is the furthest post that the member has seen, `skipped` the positions before it,
    as ranges, that the member has not (see `ess_forum.positions`).
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="marks")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="marks")
    position = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [
            models.UniqueConstraint(fields=["member", "thread"], name="ess_forum_readmark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.thread} · {self.position}"


class Subscription(models.Model):
    """A member follows a thread or a category."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="subscriptions")
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, null=True, related_name="subscriptions"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, related_name="subscriptions"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["member", "thread"], name="ess_forum_follow_thread"),
            models.UniqueConstraint(
                fields=["member", "category"], name="ess_forum_follow_category"
            ),
            models.CheckConstraint(
                condition=Q(thread__isnull=True) ^ Q(category__isnull=True),
                name="ess_forum_follow_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.thread or self.category}"


class Bookmark(models.Model):
    """A post that a member keeps at hand."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [
            models.UniqueConstraint(fields=["member", "post"], name="ess_forum_bookmark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.post}"
