"""Work that nobody waits for."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task

from .models import Post, State

# How long a message to a browser waits before it is tried again.
PUSHED_AGAIN_AFTER = tuple(timedelta(minutes=number) for number in (1, 5, 30, 2 * 60))


@task()
def tell_followers(post_id: int, told: list[int]) -> None:
    """Tell those who follow a thread or its category of a post, unless it is gone meanwhile."""
    from .actions import notifications

    post = (
        Post.objects.select_related("thread", "author")
        .filter(pk=post_id, state=State.VISIBLE)
        .first()
    )
    if post:
        notifications.tell_followers(post, told)


@task()
def render_cards_anew(keys: list[str]) -> None:
    """Write the posts anew that show a card of these pages, by translation key, or threads."""
    from .actions import cards

    cards.render_anew(keys)


@task()
def deliver_webhook(delivery_id: int) -> None:
    """Tell a webhook of something, and once more later where it does not take it.

    Where the queue knows no later, `manage.py forum_webhooks` makes the next attempt.
    """
    from .actions import webhooks

    delivery = webhooks.deliver(delivery_id)
    again = delivery.next_attempt_at if delivery else None
    if again and deliver_webhook.get_backend().supports_defer:
        deliver_webhook.using(run_after=again).enqueue(delivery_id)


@task()
def deliver_push(subscription_id: int, notice: dict[str, Any], attempt: int = 0) -> None:
    """Send a message to a browser, and once more later where its push service does not answer."""
    from .actions import pushes

    if pushes.deliver(subscription_id, notice):
        return
    if attempt >= len(PUSHED_AGAIN_AFTER) or not deliver_push.get_backend().supports_defer:
        raise pushes.PushError("the push service does not answer")
    later = timezone.now() + PUSHED_AGAIN_AFTER[attempt]
    deliver_push.using(run_after=later).enqueue(subscription_id, notice, attempt + 1)
