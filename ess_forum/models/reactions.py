"""Signs on a post."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .members import Member
from .posts import Post


class Reaction(models.Model):
    """A member's sign on a post, instead of a post that says as much."""

    class Emoji(models.TextChoices):
        """The signs that members choose from. An import may have brought in others."""

        LIKE = "👍", _("I like it")
        LOVE = "❤️", _("I love it")
        BRAVO = "👏", _("Well done")
        IDEA = "💡", _("Good idea")
        THANKS = "🙏", _("Thank you")
        JOIN = "🤝", _("Count me in")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reaction_set")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "member", "emoji"], name="ess_forum_reaction_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} {self.member}"
