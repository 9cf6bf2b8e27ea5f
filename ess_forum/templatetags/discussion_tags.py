"""What the pages of a site ask the forum for."""

from typing import Any

from django import template

from ..discussions import category_for, thread_of
from ..models import ForumSettings
from ..viewer import Viewer

register = template.Library()


@register.inclusion_tag("ess_forum/includes/discussion.html", takes_context=True)
def discussion(context, page) -> dict[str, Any]:
    """Show the way to what is said of this page, in whatever language; or to begin it.

    Two queries for a visitor.
    """
    request = context.get("request")
    if request is None or not page.live or getattr(request, "is_preview", False):
        return {}
    viewer = Viewer.of(request)
    thread = thread_of(viewer, page.translation_key)
    may_start = thread is None and (
        category_for(viewer) is not None if viewer.user.is_authenticated else _may_be_started()
    )
    return {
        "request": request,
        "is_shown": thread is not None or may_start,
        "page_key": page.translation_key,
        "discussed": thread,
    }


def _may_be_started() -> bool:
    """Return whether members may discuss pages: a visitor is asked to log in."""
    return ForumSettings.load().discussion_category_id is not None
