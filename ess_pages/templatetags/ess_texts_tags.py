"""What the templates of a recommendation's text ask for."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ess_ground import differences

register = template.Library()


@register.simple_tag
def difference(before: str, after: str) -> SafeString:
    """Return two texts as one: what the first alone has as `<del>`, what the second has as `<ins>`.

    It belongs into an element that has the direction of the texts.
    """
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<{0}>{1}</{0}>", part.change, part.text) if part.change else part.text,)
            for part in differences.difference(before, after)
        ),
    )


@register.filter
def wording(version, language: str):
    """Return what a version of a clause says in a language; None of none."""
    return version and version.wording(language)
