"""What members are in the middle of writing."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .members import Member


class Draft(models.Model):
    """What a member is writing, kept on the server while it is being written.

    `place` says what it is to become: `thread:<category>`, `reply:<thread>`, `edit:<post>`,
    `conversation` or `discussion:<page key>`; `data` holds the fields of the form, each a list.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    # Grows each time that it is kept: what was sent earlier and comes later changes nothing.
    number = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["member", "place"], name="ess_forum_draft_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.place}"
