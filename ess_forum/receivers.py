"""What the forum does when something else has changed."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from ess_ground import mails

from .actions import incoming, stopped_addresses
from .actions.cards import look_again
from .cards import THREAD_KEYS, thread_key
from .models import Attachment, Category, PagePreview, StoppedAddress, Thread

# What decides whether everyone sees a thread, and what its card says.
SHOWN_OF_THREAD = {"state", "category", "merged_into", "title"}


@receiver([page_published, page_unpublished])
def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Show the page anew where posts show it as a card, or no more."""
    look_again(PagePreview.objects.filter(page_key=instance.translation_key))


@receiver([page_slug_changed, post_page_move])
def page_moved(sender: type, instance: Page, **kwargs: Any) -> None:
    """Look again at what posts show of the page and those below it."""
    below = Page.objects.descendant_of(instance, inclusive=True)
    look_again(PagePreview.objects.filter(page_key__in=below.values("translation_key")))


@receiver([post_save, post_delete], sender=PageViewRestriction)
def page_restricted(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Look again at what posts show of a page, and those below it, that others see now."""
    page_moved(Page, instance.page)


@receiver(post_delete)
def page_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """Show no card of a page that is gone."""
    if sender is Page:
        page_changed(Page, instance)


@receiver(post_save, sender=Thread)
def thread_saved(
    sender: type, instance: Thread, created: bool, update_fields: Any, **kwargs: Any
) -> None:
    """Look again at what posts show of a thread that has been hidden, moved or renamed."""
    if not created and (update_fields is None or SHOWN_OF_THREAD & set(update_fields)):
        look_again(PagePreview.objects.filter(page_key=thread_key(instance.pk)))


@receiver(post_save, sender=Category)
def category_saved(sender: type, created: bool, **kwargs: Any) -> None:
    """Look again at what posts show of threads: others may see the category now."""
    if not created:
        look_again(PagePreview.objects.filter(page_key__range=THREAD_KEYS))


@receiver(post_delete, sender=Attachment)
def attachment_deleted(sender: type, instance: Attachment, **kwargs: Any) -> None:
    """Delete the file with its record, once that is certain."""
    transaction.on_commit(lambda: instance.file.delete(save=False))


@receiver(mails.delivering)
def hold_mail_back(sender: Any, to: str, **kwargs: Any) -> bool:
    """Let no mail of the plugins go to an address that bounced or complained."""
    return stopped_addresses.is_stopped(to)


@receiver(mails.refused)
def address_refused(sender: Any, to: str, detail: str, **kwargs: Any) -> None:
    """Send nothing more to an address that the mail server does not know."""
    stopped_addresses.stop(to, StoppedAddress.Reason.BOUNCE, detail)


# What anymail's `tracking` says, where the site sends its mails by it.
ANYMAIL = {
    "bounced": StoppedAddress.Reason.BOUNCE,
    "complained": StoppedAddress.Reason.COMPLAINT,
}


def mail_tracked(sender: Any, event: Any, **kwargs: Any) -> None:
    """Send nothing more to an address that a mail service says bounced or complained."""
    if event.event_type in ANYMAIL and event.recipient:
        detail = event.description or event.reject_reason or ""
        stopped_addresses.stop(event.recipient, ANYMAIL[event.event_type], detail)


def mail_received(sender: Any, event: Any, **kwargs: Any) -> None:
    """Take a mail that a mail service hands over, by anymail's `inbound`."""
    incoming.receive(event.message.as_bytes(), event.message.envelope_recipient or "")
