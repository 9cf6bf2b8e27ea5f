"""What the templates of entries of the directory ask for."""

import datetime

from django import template
from django.db.models import Max

from ..models import Confirmation
from ..models.directory import DirectoryPage
from ..policy import allows

register = template.Library()


@register.filter
def isolated(text: str) -> str:
    """Return a text of either language to stand in a sentence of the other: it turns nothing round.

    Where elements can stand, `bdi` says the same.
    """
    return f"\u2068{text}\u2069"


@register.simple_tag
def last_confirmed(entry: DirectoryPage) -> datetime.datetime | None:
    """Return when somebody who speaks for the entry last said that it is right."""
    known = Confirmation.objects.about(entry).order_by()
    return known.aggregate(last=Max("confirmed_at"))["last"]


@register.simple_tag(takes_context=True)
def entry_rights(context, entry: DirectoryPage) -> dict[str, bool]:
    """Return what the visitor may do with the entry beyond what everybody may."""
    user = context["request"].user
    if not user.is_authenticated:
        return {}
    return {
        "edit": entry.permissions_for_user(user).can_edit(),
        "confirm": allows(user, "confirm_entry", entry),
    }
