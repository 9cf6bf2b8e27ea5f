"""Countries in both languages."""

import pytest
from django.utils.translation import override

from ess_pages.countries import country_choices, country_name


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("fr", "DZ", "Algérie"),
        ("ar", "DZ", "الجزائر"),
        ("fr", "FR", "France"),
        ("ar", "TN", "تونس"),
        ("ar", "PS", "فلسطين"),
    ],
)
def test_country_is_named_in_the_active_language(language, code, name):
    with override(language):
        assert country_name(code) == name


def test_unknown_code_is_shown_as_it_is():
    assert country_name("QQ") == "QQ"


def test_choices_are_read_in_the_language_of_the_moment():
    choices = dict(country_choices())
    with override("fr"):
        assert str(choices["DE"]) == "Allemagne"
    with override("ar"):
        assert str(choices["DE"]) == "ألمانيا"
    assert not {"EU", "XK", "IC"} & set(choices)
