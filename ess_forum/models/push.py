"""The browsers in which a member is told of what happens."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .members import Member


class PushSubscription(models.Model):
    """A browser that takes messages, at the address of its push service, with its two keys."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("browser that takes messages")
        verbose_name_plural = _("browsers that take messages")

    def __str__(self) -> str:
        return f"{self.member} · {self.pk}"
