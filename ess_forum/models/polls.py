"""Questions with answers to choose from."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .members import Member
from .posts import Post


class Poll(models.Model):
    """A question that a post asks, with answers to choose from."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="poll")
    question = models.CharField(_("question"), max_length=200)
    max_choices = models.PositiveSmallIntegerField(_("answers that one may choose"), default=1)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    voter_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        """Whether votes are taken now."""
        return self.closes_at is None or self.closes_at > timezone.now()


class PollOption(models.Model):
    """An answer that a poll offers."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(pgettext_lazy("forum", "answer"), max_length=200)
    vote_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="ess_forum_polloption_once"),
        ]

    def __str__(self) -> str:
        return self.text


class PollVote(models.Model):
    """A member's choice of an answer."""

    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="poll_votes")
    voted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["option", "member"], name="ess_forum_pollvote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.option}"
