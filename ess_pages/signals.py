"""What follows when a page is published."""

from django.dispatch import receiver
from wagtail.signals import page_published

from .models.base import ContentPage
from .translation import keep_in_step


@receiver(page_published)
def keep_translations_in_step(sender, instance, **kwargs) -> None:
    """Carry a published change over to the translations of the page."""
    if isinstance(instance, ContentPage):
        keep_in_step(instance, user=kwargs.get("revision") and kwargs["revision"].user)
