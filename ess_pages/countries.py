"""Countries: ISO 3166-1 codes, named by Unicode CLDR (through Babel) in the reader's language."""

from functools import cache

from babel import Locale
from django.utils.functional import lazy
from django.utils.translation import get_language

HOME_COUNTRY = "DZ"
# fmt: off
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
# fmt: on
# As Algeria says it, where CLDR says otherwise.
OURS = {"fr": {"PS": "Palestine"}, "ar": {"PS": "فلسطين"}}


@cache
def _names(language: str) -> dict[str, str]:
    # CLDR also names regions of the world, by numbers, and codes that are not in ISO 3166-1.
    return {
        code: name
        for code, name in Locale.parse(language, sep="-").territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_ISO
    } | OURS.get(language, {})


def country_name(code: str) -> str:
    """Return the name, in the active language, of the country with this two-letter code.

    An unknown code comes back as it is.
    """
    return _names(get_language() or "fr").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) for every country; each name is read in the language of the moment."""
    lazy_name = lazy(country_name, str)
    names = _names("fr")
    return [(code, lazy_name(code)) for code in sorted(names, key=lambda code: names[code])]
