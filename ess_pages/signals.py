"""What follows when a page is published or made private."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published

from .models.base import ContentPage
from .translation import keep_in_step, keep_restrictions_in_step


@receiver(page_published)
def keep_translations_in_step(sender, instance, revision=None, **kwargs) -> None:
    """Carry a published change over to the translations of the page."""
    if isinstance(instance, ContentPage):
        keep_in_step(instance, user=revision and revision.user)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def keep_translations_as_private(sender, instance, **kwargs) -> None:
    """Carry a change of privacy over, once the groups that may read have been saved too."""
    page = instance.page.specific
    if isinstance(page, ContentPage):
        transaction.on_commit(lambda: keep_restrictions_in_step(page))
