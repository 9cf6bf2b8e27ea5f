"""Links between pages hold in every language."""

import pytest
from django.utils.translation import override

from ess_pages.links import in_language
from ess_pages.models import ActorPage
from tests import factories


@pytest.fixture
def actors(home):
    section = factories.ActorIndexPageFactory(parent=home)
    factories.translate(section)
    return [factories.ActorPageFactory(parent=section, title=f"Acteur {n}") for n in range(5)]


def titles(items):
    return [item.title for item in in_language(ActorPage.objects.live(), items)]


def test_reader_of_arabic_gets_the_arabic_page_or_else_the_french_one(actors):
    factories.translate(actors[1])
    with override("ar"):
        assert titles([actors[1], actors[0]]) == ["عربي: Acteur 1", "Acteur 0"]
    with override("fr"):
        assert titles([actors[1], actors[0]]) == ["Acteur 1", "Acteur 0"]


def test_unpublished_page_is_left_out(actors):
    actors[0].unpublish()
    with override("ar"):
        assert titles(actors[:2]) == ["Acteur 1"]


def test_page_deleted_in_french_is_still_found_in_arabic(actors):
    factories.translate(actors[0])
    actors[0].unpublish()
    with override("fr"):
        assert titles(actors[:1]) == ["عربي: Acteur 0"]


@pytest.mark.parametrize("number", [1, 5])
def test_any_number_of_links_costs_one_query(actors, number, django_assert_num_queries):
    with override("ar"), django_assert_num_queries(1):
        assert len(titles(actors[:number])) == number


def test_nothing_to_link_costs_nothing(home, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert titles([None]) == []
