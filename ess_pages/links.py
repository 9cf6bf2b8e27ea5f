"""Links between pages that hold in every language."""

from collections.abc import Iterable
from typing import TypeVar

from wagtail.models import Locale, TranslatableMixin

Translatable = TypeVar("Translatable", bound=TranslatableMixin)


def in_language(queryset, items: Iterable[Translatable]) -> list[Translatable]:
    """Return each item in the active language, or else as it is: one query, same order.

    `queryset` selects what may be shown (for pages: the live ones) and what is loaded with it;
    `items` are translatable objects of its model, in any language, None among them allowed.
    An item that the queryset has in no language is left out.
    """
    keys = [item.translation_key for item in items if item is not None]
    locale = Locale.get_active()
    found: dict = {}
    for candidate in queryset.filter(translation_key__in=keys).order_by("pk") if keys else []:
        if candidate.locale_id == locale.pk or candidate.translation_key not in found:
            found[candidate.translation_key] = candidate
    return [found[key] for key in keys if key in found]
