"""Threads that discuss a page of the site: one for all languages of the page."""

from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language
from wagtail.models import Page

from .models import Category, Thread
from .policy import allows
from .viewer import Viewer


def page_of(key: UUID) -> Page:
    """Return the page with this translation key that everybody may read.

    In the active language, or else in any. Raises Http404.
    """
    pages = Page.objects.filter(translation_key=key).live().public().select_related("locale")
    found = sorted(pages, key=lambda page: page.locale.language_code != get_language())
    if not found:
        raise Http404
    return found[0]


def thread_of(viewer: Viewer, key: UUID) -> Thread | None:
    """Return the thread that discusses this page, if the viewer sees it. Two queries."""
    thread = Thread.objects.filter(page_key=key).select_related("last_poster").first()
    return thread if thread and allows(viewer, "see_thread", thread) else None


def category_for(viewer: Viewer) -> Category | None:
    """Return the category in which the viewer may start the discussion of a page."""
    category = viewer.category(viewer.limits.discussion_category_id)
    return category if category and allows(viewer, "start_thread", category) else None
