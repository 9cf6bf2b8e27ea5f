"""The menus around every page are made once for all, until a page or a setting changes.

Where each process has a cache of its own, another may show the former menus for a minute.
"""

from uuid import uuid4

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

KEY, SECONDS = "ess-site-chrome", 60


def version() -> str:
    """Return what the kept menus are keyed by."""
    return str(cache.get_or_set(KEY, lambda: uuid4().hex, SECONDS))


@receiver([page_published, page_unpublished, page_slug_changed, post_page_move])
@receiver([post_save, post_delete], sender=PageViewRestriction)
@receiver(post_save, sender="ess_site.NetworkSettings")
def forget_menus(sender, **kwargs) -> None:
    """Have the menus made anew."""
    cache.delete(KEY)
