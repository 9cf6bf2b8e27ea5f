"""The page of offers and needs."""

import datetime

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Page

from ess_pages.models import Exchange, HomePage
from tests import factories


def _make_exchanges() -> dict[str, Page]:
    home = HomePage.objects.get(locale__language_code="fr")
    page = factories.ExchangeIndexPageFactory(parent=home, title="Offres et besoins")
    actors = factories.ActorIndexPageFactory(parent=home)
    factories.translate(actors)
    wilaya = factories.WilayaFactory()
    health, farming = (factories.SectorFactory(slug=slug) for slug in ("sante", "agriculture"))
    gender = factories.TopicFactory(slug="genre")
    rooms, training = (factories.ResourceFactory(slug=slug) for slug in ("locaux", "formation"))
    rows = [
        ("Une salle", "offer", rooms, [health], None, wilaya),
        ("Un atelier", "need", rooms, [farming], gender, None),
        ("Un cours", "offer", training, [health, farming], None, None),
    ]
    for title, kind, resource, sectors, topic, place in rows:
        factories.ActorPageFactory(
            parent=actors,
            sectors=sectors,
            wilaya=place,
            exchanges=[Exchange(kind=kind, resource=resource, title=title, topic=topic)],
        )
    factories.translate(page)
    return {"page": page}


@pytest.fixture(scope="module")
def _exchanges(make_content, _home):
    return make_content(_make_exchanges, _home)


@pytest.fixture
def exchanges(home, _exchanges) -> Page:
    """The page, in French and in Arabic, and three actors that offer and seek."""
    _exchanges.write()
    return _exchanges.pages()["page"]


def titles(response) -> list[str]:
    """Return the titles of the offers and needs shown."""
    soup = BeautifulSoup(response.content, "html.parser")
    return [heading.get_text(strip=True) for heading in soup.select(".ess-exchange h3")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Une salle", "Un atelier", "Un cours"}),
        ("kind=need", {"Un atelier"}),
        ("resource=locaux", {"Une salle", "Un atelier"}),
        ("sector=sante", {"Une salle", "Un cours"}),
        ("sector=sante&kind=offer&resource=formation", {"Un cours"}),
        ("topic=genre", {"Un atelier"}),
        ("wilaya=alger", {"Une salle"}),
        ("kind=offer&topic=genre", set()),
        ("page=999", {"Une salle", "Un atelier", "Un cours"}),
    ],
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_filters_narrow_the_list(client, exchanges, query, expected, language):
    page = exchanges.get_translations(inclusive=True).get(locale__language_code=language)
    response = client.get(f"{page.url}?{query}")
    assert set(titles(response)) == expected
    assert len(titles(response)) == len(expected)


def test_unknown_value_is_told_and_breaks_nothing(client, exchanges):
    response = client.get(f"{exchanges.url}?sector=nowhere&kind=%00&wilaya=99")
    assert response.status_code == 200
    assert response.context["filter"].form.errors.keys() == {"sector", "kind", "wilaya"}


def test_what_is_over_or_not_published_is_not_listed(client, exchanges):
    Exchange.objects.filter(title="Une salle").update(expires_on=datetime.date(2020, 1, 1))
    Exchange.objects.get(title="Un cours").actor.specific.unpublish()
    assert titles(client.get(exchanges.url)) == ["Un atelier"]


def test_queries_do_not_grow_with_the_list(client, exchanges, django_assert_max_num_queries):
    actor = Exchange.objects.get(title="Un cours").actor
    client.get(exchanges.url)
    with django_assert_max_num_queries(60) as few:
        client.get(exchanges.url)
    number_of_few = len(few)
    for number in range(20):
        actor.exchanges.add(
            Exchange(kind="offer", resource=factories.ResourceFactory(), title=f"Cours {number}")
        )
    actor.save_revision().publish()
    client.get(exchanges.url)  # the menus are made anew once, after what was published
    with django_assert_max_num_queries(number_of_few):
        assert len(titles(client.get(exchanges.url))) == 23
