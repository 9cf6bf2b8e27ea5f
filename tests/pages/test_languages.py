"""What is written the way of each language."""

import pytest
from django.utils.translation import override

from ess_pages.languages import listed


@pytest.mark.parametrize(("language", "text"), [("fr", "Alger, 16"), ("ar", "Alger، 16")])
def test_list_has_the_comma_of_the_language(language, text):
    with override(language):
        assert listed(["Alger", 16]) == text
