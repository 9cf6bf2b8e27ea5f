"""What the templates of the forum ask for."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from .. import kept_parts, markup
from ..forms.ordering import BulkForm
from ..models import Category, Subscription, Thread
from ..policy import allows
from ..sentences import sentence
from ..shown import ShownThread, shown_threads
from ..viewer import Viewer

register = template.Library()


@register.simple_tag(takes_context=True, name="allows")
def allows_viewer(context, verb: str, about=None) -> bool:
    """Return whether who reads the page may do `verb`, a key of the policy, to `about`."""
    return allows(Viewer.of(context["request"]), verb, about)


@register.simple_tag(takes_context=True)
def parts(context, name: str, those: Iterable[Any]) -> SafeString:
    """Return each of those from the template `includes/<name>.html`, which has it as `<name>`.

    The template sees nothing else of the page: what many readers see alike is made once.
    """
    template_name = f"ess_forum/includes/{name}.html"
    values = ({name: one} for one in those)
    return kept_parts.rendered(context["request"], template_name, values)


@register.simple_tag(takes_context=True)
def list_tabs(context, current: str = "") -> SafeString:
    """Return the ways to the lists of threads, the one that is called `current` marked."""
    viewer = Viewer.of(context["request"])
    news = viewer.me.unread_notifications if viewer.acts else 0
    values = {"current": current, "acts": viewer.acts, "news": news}
    template_name = "ess_forum/includes/list_tabs.html"
    return kept_parts.rendered(context["request"], template_name, [values])


@register.simple_tag
def rows(
    threads: Iterable[Any], in_category: Any = None, has_boxes: Any = None
) -> list[ShownThread]:
    """Return the threads of a list as it shows them (see `shown_threads`)."""
    return shown_threads(threads, in_category=bool(in_category), has_boxes=bool(has_boxes))


@register.simple_tag
def address_of(thread: Any) -> str:
    """Return where the reader of a list goes on in one of its threads."""
    return shown_threads([thread])[0].address


@register.simple_tag(takes_context=True)
def follows(context, about: Any) -> bool:
    """Return whether who reads the page follows a thread or a category."""
    viewer = Viewer.of(context["request"])
    if not viewer.acts:
        return False
    if isinstance(about, Category):
        seen = viewer.category(about.pk)
        return seen is not None and seen.is_followed  # type: ignore[attr-defined]
    if hasattr(about, "is_followed"):  # it was read with the thread
        return about.is_followed
    return Subscription.objects.filter(member=viewer.me.pk, thread=about.pk).exists()


@register.filter
def shown(html: str) -> SafeString:
    """Return the kept HTML of a post, with addresses in the active language."""
    return markup.shown(html)


@register.simple_tag(takes_context=True)
def bulk_form(context):
    """Return what a moderator fills in to do the same to several threads of a list."""
    return BulkForm(viewer=Viewer.of(context["request"]))


@register.simple_tag(takes_context=True)
def unread_notifications(context) -> int:
    """Return how many notifications the reader of the page has not read. No query of its own."""
    member = Viewer.of(context["request"]).member
    return member.unread_notifications if member else 0


@register.simple_tag
def told(notification) -> SafeString:
    """Return what a notification says to who reads it."""
    return sentence(notification)


@register.simple_tag
def participants_of(thread):
    """Return the members who take part in a private conversation now."""
    return thread.participants.filter(participations__left_at=None).order_by("participations__pk")


@register.simple_tag(takes_context=True)
def newest_threads(context, number: int):
    """Return the threads with the latest posts that the reader of the page sees. Two queries."""
    viewer = Viewer.of(context["request"])
    threads = Thread.objects.seen_by(viewer).select_related("last_poster")
    return threads.order_by("-last_post_at", "-pk")[:number]
