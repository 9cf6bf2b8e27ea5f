"""The directories of actors and practices: search, facets, orders, list and map."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode
from django.utils.translation import override
from wagtail.models import PageViewRestriction

from ess_pages import models
from ess_pages.directory.listing import Listing
from tests import factories

ALL = ["Atelier des tisserandes", "Banque solidaire", "École ouverte", "Union d’ailleurs"]
CLUB = "نادي الواحة"


class Read:
    """What a page of a directory shows."""

    def __init__(self, response):
        assert response.status_code == 200
        self.listing: Listing = response.context["listing"]
        self.html = BeautifulSoup(response.content, "html.parser")

    @property
    def titles(self) -> list[str]:
        return [link.get_text() for link in self.html.select(".ess-card h3 a")]

    def counts(self, facet: str) -> dict[str, int]:
        boxes = self.html.select(f".ess-facet input[name={facet}]")
        return {box["value"]: int(box.find_next("small").get_text()) for box in boxes}


@pytest.fixture
def read(client, entries) -> Callable[..., Read]:
    """A function that reads a directory as an address asks for it."""

    def read(query: str = "", name: str = "actors", language: str = "fr") -> Read:
        page = entries[name].get_translations(inclusive=True).get(locale__language_code=language)
        return Read(client.get(page.url + query))

    return read


# Entries


def test_each_entry_is_listed_once_in_the_language_of_the_reader_or_as_it_is(read):
    assert read().titles == [*ALL, CLUB]
    assert set(read(language="ar").titles) == {
        "اتحاد المهجر",
        "ورشة النساجات",
        "Banque solidaire",
        "École ouverte",
        CLUB,
    }


def test_entry_in_the_other_language_says_so(read):
    (link,) = [a for a in read().html.select(".ess-card h3 a") if a.get_text() == CLUB]
    assert (link["lang"], link["dir"]) == ("ar", "rtl")


def test_unpublished_and_private_entries_are_not_listed(read, entries):
    entries["bank"].unpublish()
    PageViewRestriction.objects.create(page=entries["school"], restriction_type="login")
    page = read()
    assert page.titles == ["Atelier des tisserandes", "Union d’ailleurs", CLUB]
    assert page.counts("wilaya") == {"alger": 1, "oran": 1}


# Facets

NARROWED = [
    ("?wilaya=alger", ["Atelier des tisserandes", "École ouverte"]),
    ("?wilaya=oran", ["Banque solidaire", CLUB]),
    ("?wilaya=alger&wilaya=oran", ["Atelier des tisserandes", "Banque solidaire", ALL[2], CLUB]),
    ("?wilaya=alger&sector=crafts", ["Atelier des tisserandes"]),
    ("?sphere=civil-society", ["Atelier des tisserandes", "École ouverte", "Union d’ailleurs"]),
    ("?sector=crafts&sector=health", [ALL[0], ALL[1], ALL[3]]),
    ("?legal_form=cooperative", ["Banque solidaire"]),
    ("?target_group=women", ["Atelier des tisserandes"]),
    ("?topic=training", ["Atelier des tisserandes"]),
    ("?language=ar", ["Atelier des tisserandes", "Union d’ailleurs", CLUB]),
    ("?language=fr", ALL),
    ("?language=fr&language=ar", [*ALL, CLUB]),
    ("?abroad=1", ["Union d’ailleurs"]),
    ("?abroad=0", [*ALL[:3], CLUB]),
    ("?abroad=0&abroad=1", [*ALL, CLUB]),
    ("?country=fr", ["Union d’ailleurs"]),
    ("?country=fr&wilaya=alger", []),
]


@pytest.mark.parametrize(("query", "titles"), NARROWED)
def test_facet_narrows_the_list(read, query, titles):
    page = read(query)
    assert page.titles == titles
    assert page.listing.count == len(titles)


def test_values_of_a_facet_are_counted_beside_what_else_is_chosen(read):
    page = read("?wilaya=alger&sector=crafts")
    assert page.counts("wilaya") == {"alger": 1}  # of those in crafts
    assert page.counts("sector") == {"crafts": 1, "health": 1}  # of those in Alger
    assert page.counts("sphere") == {}  # one value tells nothing apart
    assert read("?wilaya=alger").counts("wilaya") == {"alger": 2, "oran": 2}


def test_entry_counts_once_for_each_of_its_values(read):
    page = read()
    assert page.counts("sector") == {"crafts": 2, "health": 2}
    assert page.counts("sphere") == {"public": 1, "civil-society": 3, "private": 1}
    assert page.counts("language") == {"fr": 4, "ar": 3}
    assert page.counts("abroad") == {"0": 4, "1": 1}
    assert read(language="ar").counts("language") == {"fr": 4, "ar": 3}


def test_chosen_value_stays_visible_with_zero(read):
    page = read("?wilaya=alger&legal_form=cooperative")
    assert page.titles == []
    assert page.counts("wilaya") == {"alger": 0, "oran": 1}
    assert page.counts("legal_form") == {"association": 1, "cooperative": 0}


def test_wilaya_that_is_yet_to_come_is_shown_once_it_has_an_entry(read, entries):
    assert "aflou" not in read().counts("wilaya")
    entries["bank"].wilaya = models.Wilaya.objects.get(slug="aflou")
    entries["bank"].save_revision().publish()
    assert read().counts("wilaya")["aflou"] == 1


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_facets_are_named_in_the_language_of_the_reader(read, language):
    names = [label.get_text() for label in read(language=language).html.select(".ess-facet label")]
    assert any(("Alger", "الجزائر")[language == "ar"] in name for name in names)


def test_practice_is_of_the_spheres_and_legal_forms_of_its_carriers(read):
    page = read("?sphere=civil-society", "practices")
    assert page.titles == ["Tri de quartier"]
    # Two of its carriers are of civil society: it counts once.
    assert page.counts("sphere") == {"civil-society": 1, "private": 1}
    assert page.counts("legal_form") == {"association": 1, "cooperative": 1}


def test_carrier_that_is_not_published_says_nothing_of_a_practice(read, entries):
    entries["bank"].unpublish()
    assert read("?sphere=private", "practices").titles == []


# Search

FOUND = [
    ("tisserande", ["Atelier des tisserandes"]),
    ("ateliers", ["Atelier des tisserandes"]),
    ("النساجات", ["Atelier des tisserandes"]),  # by its name in the other language
    ("الواحه", [CLUB]),
    ("alger", ["Atelier des tisserandes", "École ouverte"]),  # by what it relates to
    ("الجزائر", ["Atelier des tisserandes", "École ouverte"]),
    ("tapis alger", ["Atelier des tisserandes"]),
    ("tapis oran", []),
    ("!", []),
]


@pytest.mark.parametrize(("words", "titles"), FOUND)
def test_search_finds_entries_by_their_words(read, words, titles):
    assert read(f"?{urlencode({'q': words})}").titles == titles


def test_search_and_facets_narrow_one_another(read):
    page = read("?q=alger&sector=crafts")
    assert page.titles == ["Atelier des tisserandes"]
    assert page.counts("sector") == {"crafts": 1, "health": 1}


def test_entry_that_has_the_words_in_its_name_comes_first(client, entries, run_tasks):
    with TestCase.captureOnCommitCallbacks(execute=True):
        for title, summary in (
            ("Amis du tri", "Une mutuelle."),
            ("La mutuelle du sud", ""),
            ("Mutuelle du nord", ""),
        ):
            factories.ActorPageFactory(parent=entries["actors"], title=title, summary=summary)
    page = Read(client.get(entries["actors"].url + "?q=mutuelles"))
    assert page.titles == ["La mutuelle du sud", "Mutuelle du nord", "Amis du tri"]
    page = Read(client.get(entries["actors"].url + "?q=mutuelle"))
    assert page.titles == ["Mutuelle du nord", "La mutuelle du sud", "Amis du tri"]


# Orders


def test_orders(read, entries):
    assert read("?sort=new").titles[0] == CLUB
    entries["school"].save_revision().publish()
    assert read("?sort=updated").titles[0] == "École ouverte"
    assert read("?q=alger&sort=name").titles == ["Atelier des tisserandes", "École ouverte"]


def test_practices_are_sorted_by_the_mean_of_their_scores(read):
    page = read("?sort=score", "practices")
    assert page.titles == ["Tri de quartier", "Bibliothèque", "Cantine"]
    assert models.PracticePage.objects.get(title="Tri de quartier").score == 4.0
    badges = [card.select(".ess-badge") for card in page.html.select(".ess-card")]
    assert ["4 sur 5" in str(badge) for badge in badges] == [True, False, False]
    assert "score" not in read().listing.orders


def test_entries_abroad_are_listed_by_country(read, entries):
    for title, country in (("Zénith", "BE"), ("Aube", "TN"), ("Brise", "FR")):
        factories.ActorPageFactory(parent=entries["actors"], title=title, country=country)
    page = read("?abroad=1")
    sections = {
        section.h2.get_text(): [a.get_text() for a in section.select("h3 a")]
        for section in page.html.select(".ess-directory-country")
    }
    assert sections == {
        "Belgique": ["Zénith"],
        "France": ["Brise", "Union d’ailleurs"],
        "Tunisie": ["Aube"],
    }
    assert page.titles == ["Zénith", "Brise", "Union d’ailleurs", "Aube"]


# The map


def test_map_shows_how_many_there_are_in_each_wilaya_and_country(read):
    page = read("?view=map&sphere=civil-society")
    places = {place.wilaya.slug: place.count for place in page.listing.map.rows}
    assert places == {"alger": 2, "oran": 0}
    links = {
        a.get_text(): a["href"] for a in page.html.select(".ess-map-table a, .ess-countries a")
    }
    assert links == {
        "Alger": "?wilaya=alger&sphere=civil-society",
        "France": "?country=fr&sphere=civil-society",
    }
    assert page.html.select(".ess-cards") == []


def test_list_and_map_lead_to_one_another(read):
    assert read("?wilaya=alger").html.select_one(".ess-views a:not([aria-current])")["href"] == (
        "?wilaya=alger&view=map"
    )
    page = read("?wilaya=alger&view=map")
    assert page.html.select_one(".ess-views a:not([aria-current])")["href"] == "?wilaya=alger"


# Addresses


def test_filter_can_be_taken_away_and_all_be_cleared(read):
    page = read("?q=alger&wilaya=alger&wilaya=oran&sort=name&page=2")
    chips = {
        chip.bdi.get_text(): chip["href"] for chip in page.html.select(".ess-chips a:has(bdi)")
    }
    assert chips == {
        "alger": "?wilaya=alger&wilaya=oran",
        "Alger": "?q=alger&wilaya=oran&sort=name",
        "Oran": "?q=alger&wilaya=alger&sort=name",
    }
    assert page.html.select_one(".ess-chips-all")["href"] == "?"


def test_language_switch_keeps_what_is_asked_for(read):
    page = read("?utm=x&view=map&wilaya=alger&page=3")
    (other,) = page.html.select(".ess-languages [hreflang=ar]")
    assert other["href"].startswith("/ar/")
    assert other["href"].endswith("/?wilaya=alger&view=map")


def test_state_has_one_canonical_address_and_only_the_whole_list_is_indexed(read):
    page = read("?sort=name&wilaya=oran&wilaya=alger&nothing=1&page=99")
    (canonical,) = page.html.select("link[rel=canonical]")
    assert canonical["href"] == "http://testserver/fr/acteurs/?wilaya=alger&wilaya=oran"
    assert "noindex" in page.html.select_one("meta[name=robots]")["content"]
    page = read()
    assert page.html.select_one("link[rel=canonical]")["href"] == "http://testserver/fr/acteurs/"
    assert page.html.select("meta[name=robots]") == []


def test_pages_of_the_list_keep_what_is_asked_for(read, monkeypatch):
    monkeypatch.setattr(models.ActorIndexPage, "page_size", 2)
    assert read("?abroad=0&page=-1").listing.page.number == 1
    page = read("?abroad=0&page=2")
    assert page.titles == ["École ouverte", CLUB]
    assert page.html.select_one("[rel=prev]")["href"] == "?abroad=0&page=1"
    assert page.html.select_one("link[rel=canonical]")["href"].endswith("?abroad=0&page=2")


NONSENSE = [
    "?wilaya=atlantis&sphere=&sector=%00&country=zz&language=xx&abroad=2",
    "?q=%00",
    "?q=" + "a" * 5000,
    "?q=%22%20OR%20*%20NEAR(",
    "?q=%ED%A0%80",
    "?page=-1",
    "?page=moon",
    "?page=" + "9" * 5000,
    "?sort=&view=&format=exe",
    "?sort=sort&sort=name&view=globe&view=map",
    "?" + "&".join(["wilaya=alger"] * 500),
]


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("name", ["actors", "practices"])
def test_nonsense_is_answered_with_a_list(read, query, name):
    assert read(query, name).listing is not None


def test_what_is_not_known_is_passed_over(read):
    assert read("?wilaya=atlantis&wilaya=oran").titles == ["Banque solidaire", CLUB]
    assert read("?wilaya=atlantis").titles == [*ALL, CLUB]


# Few and many


def test_empty_directory_has_neither_form_nor_files(client, home):
    index = factories.ActorIndexPageFactory(parent=home, title="Acteurs")
    html = BeautifulSoup(client.get(index.url).content, "html.parser")
    assert html.select(".ess-empty")
    assert html.select(".ess-filters, .ess-downloads, .ess-views") == []


QUERIES = ("", "?q=atelier&wilaya=alger&sector=crafts", "?view=map", "?abroad=1", "?sort=score")


def test_queries_do_not_grow_with_the_entries(read, entries):
    asked = [(query, name) for query in QUERIES for name in ("actors", "practices")]
    few = {each: _count_queries(read, *each) for each in asked}
    with TestCase.captureOnCommitCallbacks(execute=True):
        for number in range(12):
            factories.ActorPageFactory(
                parent=entries["actors"],
                title=f"Atelier {number}",
                wilaya=entries["weavers"].wilaya if number % 2 else None,
                country="DZ" if number % 2 else "IT",
                sectors=[models.Sector.objects.get(slug="crafts")],
            )
            factories.PracticePageFactory(parent=entries["practices"], title=f"Atelier {number}")
    many = {each: _count_queries(read, *each) for each in asked}
    assert [each for each in asked if many[each] > few[each]] == []


def _count_queries(action, *args) -> int:
    action(*args)
    with CaptureQueriesContext(connection) as queries:
        action(*args)
    return len(queries)


# The page of an actor


@pytest.fixture
def page_of(client, entries):
    """A function that reads the page of an entry."""

    def page_of(name: str, language: str = "fr") -> BeautifulSoup:
        page = entries[name].get_translations(inclusive=True).get(locale__language_code=language)
        return BeautifulSoup(client.get(page.url).content, "html.parser")

    return page_of


def test_actor_says_all_that_it_says(page_of):
    text = page_of("weavers").main.get_text(" ", strip=True)
    for fact in (
        "Société civile",
        "Association",
        "1998",
        "Bab El Oued",
        "Alger",
        "12",
        "Artisanat",
        "Formation",
        "Femmes",
        "Tapis",
        "Nadia",
        "nadia@example.org",
        "+213 21 00 00 00",
        "Union d’ailleurs",
        "Réseau libre",
        "Vidéos",
        "Un métier à tisser",
        "De la laine",
    ):
        assert fact in text
    assert "Un camion" not in text  # over since yesterday


def test_actor_leads_to_those_that_are_alike(page_of):
    links = {a.get_text(): a["href"] for a in page_of("weavers").select(".ess-facts a")}
    assert links["Artisanat"] == "/fr/acteurs/?sector=crafts"
    assert links["Alger"] == "/fr/acteurs/?wilaya=alger"
    assert page_of("union").select('.ess-facts a[href="/fr/acteurs/?country=fr"]')


def test_actor_shows_its_networks_in_the_language_of_the_page(page_of):
    assert page_of("weavers", "ar").find("a", string="اتحاد المهجر")


def test_contacts_are_shown_with_consent_only(page_of):
    assert "secret@example.org" not in str(page_of("bank"))


def test_network_that_is_not_published_is_not_named(page_of, entries):
    entries["union"].unpublish()
    assert "Union d’ailleurs" not in str(page_of("weavers"))


def test_actor_describes_itself_in_essglobal_too(entries):
    with override("fr"):
        data = models.ActorPage.objects.get(pk=entries["weavers"].pk).schema_org()
    assert data["@context"][1] == {"essglobal": "http://purl.org/essglobal/vocab/"}
    assert data["essglobal:legalForm"]["@id"].endswith("/legal-form/L4")
    assert data["essglobal:economicSector"][0] == {
        "@id": "http://purl.org/essglobal/standard/activities/a03",
        "name": "Artisanat",
    }
    assert (data["essglobal:totalWomen"], data["essglobal:totalMen"]) == (9, 3)
    assert [network["name"] for network in data["memberOf"]] == ["Union d’ailleurs", "Réseau libre"]
    assert [offer["name"] for offer in data["makesOffer"]] == ["Un métier à tisser"]
    assert [need["name"] for need in data["seeks"]] == ["De la laine"]
