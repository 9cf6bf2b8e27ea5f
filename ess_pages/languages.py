"""The languages that content is written in, and their habits."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant


def language_choices() -> list[tuple[str, str]]:
    """Return the code and name of each language of the site's content.

    A function, so that no migration holds the languages of one site.
    """
    return list(get_content_languages().items())


def language_of(user) -> str:
    """Return the content language that an account prefers, or else the site's own.

    One query, unless `wagtail_userprofile` has been selected with the account.
    """
    profile = getattr(user, "wagtail_userprofile", None)
    preferred = profile.preferred_language if profile else ""
    if preferred in get_content_languages():
        return preferred
    return get_supported_content_language_variant(settings.LANGUAGE_CODE)


def listed(items: Iterable) -> str:
    """Return these in a row, with the comma of the active language between them."""
    # Translators: what stands between the items of a list.
    return _(", ").join(map(str, items))
