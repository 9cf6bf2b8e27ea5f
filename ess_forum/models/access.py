"""How programs reach the forum, and how the forum reaches them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .members import Member


class ApiToken(models.Model):
    """Lets a program act as a member. Only the digest of the token is kept."""

    class Scope(models.TextChoices):
        """What the program may do."""

        READ = "read", _("read")
        WRITE = "write", _("read and write")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(
        _("what it may do"), max_length=5, choices=Scope.choices, default=Scope.READ
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class Webhook(models.Model):
    """An address that is told, with a signature, of what everyone may see in the forum."""

    class Event(models.TextChoices):
        """What it may be told of."""

        THREAD_STARTED = "thread.started", _("a thread was started")
        POST_PUBLISHED = "post.published", _("a post was published")
        POST_EDITED = "post.edited", _("a post was edited")
        POST_REMOVED = "post.removed", _("a post was removed")

    url = models.URLField(_("address"))
    secret = models.CharField(_("secret"), max_length=100)
    events = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """A message to a webhook: tried until it is taken, or given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Webhook.Event.choices)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")

    def __str__(self) -> str:
        return f"{self.event} · {self.webhook}"


class ImportedRecord(models.Model):
    """What a row of another forum has become here: an import that stops goes on from there."""

    source = models.CharField(max_length=80)  # a name for the other forum
    kind = models.CharField(max_length=20)  # "user", "category", "thread", "post", "attachment"
    old_id = models.CharField(max_length=80)
    new_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "old_id"], name="ess_forum_importedrecord_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.kind} {self.old_id}"
