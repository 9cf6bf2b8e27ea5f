"""What stands around every page."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from tests import factories

LANGUAGES = ["fr", "ar"]


def chrome(language: str) -> str:
    """What stands around a view that is no page."""
    request = RequestFactory().get(f"/{language}/forum/")
    with override(language):
        return Template('{% extends "base.html" %}').render(Context({"request": request}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_are_read_once_for_all_views(tree, language, django_assert_num_queries):
    first = chrome(language)
    with django_assert_num_queries(0):
        assert chrome(language) == first


def test_menus_are_those_of_the_language(tree):
    french, arabic = chrome("fr"), chrome("ar")
    assert 'href="/fr/' in french
    assert 'href="/ar/' in arabic


def test_menu_shows_a_page_as_soon_as_it_is_published(home):
    assert "Nouveautés" not in chrome("fr")
    page = factories.StandardPageFactory(parent=home, title="Nouveautés", show_in_menus=True)
    page.save_revision().publish()
    assert "Nouveautés" in chrome("fr")
    page.unpublish()
    assert "Nouveautés" not in chrome("fr")


def test_menu_leads_to_the_forum(home):
    assert 'href="/fr/forum/"' in chrome("fr")
    assert 'href="/ar/forum/"' in chrome("ar")
