"""Other sites are told of what everybody may see here, until they take it or it is given up."""

import hashlib
import hmac
import json
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from urllib3.exceptions import HTTPError
from wagtail.models import Site

from .. import outbound, tasks
from ..models import Post, Webhook, WebhookDelivery
from ..policy import allows
from ..viewer import Viewer
from .transactions import action

Event = Webhook.Event

# How long after each attempt that failed the next one is made. After the last it is given up.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# Codes in `last_error`, beside what the network says: see `admin.webhooks`.
GONE = "gone"


def announce(event: Webhook.Event, post: Post) -> None:
    """Note, in the transaction of an action, that webhooks are to be told of its post.

    What not everybody sees is not told. The deliveries are in the database with what they are
    about: a crash loses neither.
    """
    hooks = [hook for hook in Webhook.objects.filter(is_active=True) if event in hook.events]
    if not hooks or not _was_public(post):
        return
    now = timezone.now()
    about = {"thread": post.thread_id, "post": post.pk, "is_first": post.is_first}
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=hook, event=event, payload=about, next_attempt_at=now)
        for hook in hooks
    )
    for delivery in deliveries:
        transaction.on_commit(partial(tasks.deliver_webhook.enqueue, delivery.pk))


def _was_public(post: Post) -> bool:
    """Return whether everybody sees where the post is, whatever became of it just now."""
    return Viewer().category(post.thread.category_id) is not None


def deliver(pk: int) -> WebhookDelivery | None:
    """Make the next attempt at a delivery, where one is due, and return it as it is then.

    Whoever comes first makes it: nobody else does until it is due again.
    """
    delivery = _claim(pk)
    if delivery is None:
        return None
    body = _body(delivery)
    if body is None:
        return _note(delivery, error=GONE, again=False)
    try:
        status = outbound.send(delivery.webhook.url, body, _headers(delivery, body))
    except (OSError, HTTPError) as error:
        return _note(delivery, error=str(error) or type(error).__name__)
    return _note(delivery, status=status)


@action
def _claim(pk: int) -> WebhookDelivery | None:
    now = timezone.now()
    due = WebhookDelivery.objects.filter(
        pk=pk, delivered_at=None, next_attempt_at__lte=now, webhook__is_active=True
    )
    delivery = due.select_related("webhook").first()
    if delivery is None:
        return None
    # Should this process end before it knows, the next attempt is made when it would be.
    again = now + DELAYS[min(delivery.attempts, len(DELAYS) - 1)]
    taken = due.filter(attempts=delivery.attempts).update(
        attempts=F("attempts") + 1, next_attempt_at=again
    )
    if not taken:
        return None
    delivery.attempts += 1
    delivery.next_attempt_at = again
    return delivery


@action
def _note(
    delivery: WebhookDelivery, *, status: int | None = None, error: str = "", again: bool = True
) -> WebhookDelivery:
    """Keep what came of an attempt."""
    is_taken = status is not None and 200 <= status < 300
    delivery.last_status, delivery.last_error = status, error[:300]
    delivery.delivered_at = timezone.now() if is_taken else None
    if is_taken or not again or delivery.attempts > len(DELAYS):
        delivery.next_attempt_at = None
    delivery.save(update_fields=["last_status", "last_error", "delivered_at", "next_attempt_at"])
    return delivery


@action
def retry(pk: int) -> None:
    """Try a delivery again that was given up, or sooner than it is due. One that is taken stays."""
    WebhookDelivery.objects.filter(pk=pk, delivered_at=None).update(
        next_attempt_at=timezone.now(), attempts=0
    )
    transaction.on_commit(partial(tasks.deliver_webhook.enqueue, pk))


def deliver_due() -> int:
    """Make every attempt that is due, whatever became of its task. Return how many were made."""
    due = WebhookDelivery.objects.filter(
        delivered_at=None, next_attempt_at__lte=timezone.now(), webhook__is_active=True
    )
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(deliver(pk) is not None for pk in keys)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message: only who has the secret can make it."""
    words = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()


def _headers(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    timestamp = str(int(timezone.now().timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "ess-forum",
        "X-Forum-Event": delivery.event,
        "X-Forum-Delivery": str(delivery.pk),
        "X-Forum-Timestamp": timestamp,
        "X-Forum-Signature": signature(delivery.webhook.secret, timestamp, body),
    }


def _body(delivery: WebhookDelivery) -> bytes | None:
    """Return the message as things are now; None where not everybody sees the post any more.

    So what was hidden meanwhile is told to nobody, however late the attempt.
    """
    from ..api.schemas import PostOut, ThreadOut

    about = delivery.payload
    said: dict = {"event": delivery.event}
    if delivery.event == Event.POST_REMOVED:
        return _json(said | about)
    post = Post.objects.select_related(
        "author", "thread__author", "thread__last_poster", "thread__category"
    ).filter(pk=about["post"])
    found = post.first()
    if found is None or not allows(Viewer(), "see_post", found):
        return None
    with translation.override(found.thread.language):
        context = {"root": Site.objects.get(is_default_site=True).root_url}
        said["thread"] = ThreadOut.model_validate(found.thread, context=context).model_dump(
            mode="json", exclude={"unread"}
        )
        said["post"] = PostOut.model_validate(found, context=context).model_dump(mode="json")
    return _json(said)


def _json(said: dict) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
