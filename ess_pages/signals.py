"""What follows when a page is published, refused, deleted or made private."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, workflow_cancelled, workflow_rejected

from .actions.cancellations import tell_whether_cancelled
from .actions.confirmations import confirm_what_was_written
from .actions.meeting_news import note_what_is_new
from .actions.proposals import accept_proposals, decline_proposals, decline_proposals_of
from .actions.registrations import fill_places
from .actions.representatives import let_edit
from .models import ActorPage, MeetingPage
from .models.base import ContentPage
from .models.directory import DirectoryPage
from .translation import keep_in_step, keep_restrictions_in_step


@receiver(page_published)
def keep_translations_in_step(sender, instance, revision=None, **kwargs) -> None:
    """Carry a published change over to the translations of the page."""
    if isinstance(instance, ContentPage):
        keep_in_step(instance, user=revision and revision.user)


@receiver(page_published, sender=MeetingPage)
def give_free_places(sender, instance, **kwargs) -> None:
    """Give new places to those who wait for them, once the meeting's pages are free to be held."""
    transaction.on_commit(lambda: fill_places(instance))


@receiver(page_published, sender=MeetingPage)
def tell_those_who_come(sender, instance, **kwargs) -> None:
    """Tell that the meeting is cancelled, or not after all, once it is so in every language."""
    transaction.on_commit(lambda: tell_whether_cancelled(instance))


@receiver(page_published, sender=MeetingPage)
def tell_what_is_new(sender, instance, revision=None, **kwargs) -> None:
    """Tell that a meeting is announced, is at another time or place, or is cancelled."""
    note_what_is_new(instance, revision)


@receiver(page_published)
def settle_what_was_proposed(sender, instance, revision=None, **kwargs) -> None:
    """Tell members that what they proposed is published; who represents an entry confirms it so."""
    if isinstance(instance, DirectoryPage) and revision:
        accept_proposals(instance, revision)
        confirm_what_was_written(instance, revision.user)


@receiver([workflow_rejected, workflow_cancelled])
def settle_what_was_refused(sender, instance, user=None, **kwargs) -> None:
    """Tell members that what they proposed is not published, and why."""
    decline_proposals(instance, user)


@receiver(pre_delete, sender=Page)
def settle_what_is_deleted(sender, instance, **kwargs) -> None:
    """Tell members that what they proposed is deleted."""
    decline_proposals_of(instance)


@receiver(post_save, sender=ActorPage)
def let_representatives_edit(sender, instance, created, raw=False, **kwargs) -> None:
    """Let the representatives of an actor edit it in one more language."""
    if created and not raw:  # an actor that is imported has none
        let_edit(instance)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def keep_translations_as_private(sender, instance, **kwargs) -> None:
    """Carry a change of privacy over, once the groups that may read have been saved too."""
    page = instance.page.specific
    if isinstance(page, ContentPage):
        transaction.on_commit(lambda: keep_restrictions_in_step(page))
