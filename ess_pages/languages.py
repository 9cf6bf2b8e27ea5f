"""The languages that content is written in."""

from wagtail.coreutils import get_content_languages


def language_choices() -> list[tuple[str, str]]:
    """Return the code and name of each language of the site's content.

    A function, so that no migration holds the languages of one site.
    """
    return list(get_content_languages().items())
