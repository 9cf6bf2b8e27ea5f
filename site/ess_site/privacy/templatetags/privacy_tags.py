"""How long something is kept, in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
YEAR = 365


@register.filter
def days(number: int | None) -> str:
    """Return a number of days in words: whole years as years, None as for how long it is meant."""
    if number is None:
        return _("as long as you have an account")
    if number % YEAR == 0 and number:
        years = number // YEAR
        return ngettext("{number} year", "{number} years", years).format(number=years)
    return ngettext("{number} day", "{number} days", number).format(number=number)
