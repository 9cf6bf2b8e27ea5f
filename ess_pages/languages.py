"""The languages that content is written in, and their habits."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from wagtail.coreutils import get_content_languages


def language_choices() -> list[tuple[str, str]]:
    """Return the code and name of each language of the site's content.

    A function, so that no migration holds the languages of one site.
    """
    return list(get_content_languages().items())


def listed(items: Iterable) -> str:
    """Return these in a row, with the comma of the active language between them."""
    # Translators: what stands between the items of a list.
    return _(", ").join(map(str, items))
