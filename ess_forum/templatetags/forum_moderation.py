"""What the templates of the forum ask about moderation."""

from django import template
from django.utils import timezone

from .. import decisions
from ..models import Notification, Sanction
from ..viewer import Viewer

register = template.Library()


@register.simple_tag
def told_of(notification: Notification) -> dict:
    """Return what a notification of a moderators' decision says."""
    return decisions.told_of(notification)


@register.simple_tag(takes_context=True)
def measures_in_force(context) -> list[Sanction]:
    """Return the measures that keep the reader of the page out or silent: most often, none.

    No query for a member against whom there is none.
    """
    member = Viewer.of(context["request"]).member
    now = timezone.now()
    if member is None or not (member.is_silenced(now) or member.is_suspended(now)):
        return []
    return list(member.sanctions.in_force().exclude(kind=Sanction.Kind.WARNING))
