"""The read API gives what the pages show."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_pages import models
from ess_pages.open_data.columns import COLUMNS
from ess_pages.open_data.road_tables import TABLES
from tests import factories

TYPES = {
    "home": ("HomePage", {"title", "summary", "body"}),
    "standard": ("StandardPage", {"title", "summary", "body", "image"}),
    "actors": ("ActorIndexPage", {"title", "body"}),
    "actor": ("ActorPage", {"sphere", "legal_form", "country", "wilaya", "locality", "website"}),
    "practice": ("PracticePage", {"problem", "approach", "results", "carriers", "wilaya"}),
    "meeting": (
        "MeetingPage",
        {"starts_on", "venue", "wilaya", "organisers", "programme", "workshops"},
    ),
    "report": ("MeetingReportPage", {"attendance", "guests", "resolutions", "photos", "documents"}),
    "recommendation": ("RecommendationPage", {"workshop", "status", "clauses"}),
}


def get(client, **parameters) -> list[dict]:
    response = client.get("/api/v2/pages/", {"fields": "*", **parameters})
    assert response.status_code == 200
    return response.json()["items"]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(("name", "kind", "fields"), [(n, *v) for n, v in TYPES.items()])
def test_type_is_listed_with_its_fields(client, tree, language, name, kind, fields):
    items = get(client, type=f"ess_pages.{kind}", locale=language)
    (item,) = [i for i in items if i["title"].endswith(tree[name].title)]
    assert fields <= set(item)
    assert item["meta"]["html_url"].startswith(f"http://testserver/{language}/")


def test_meeting_gives_its_workshops_with_their_rapporteurs(client, tree):
    (meeting,) = get(client, type="ess_pages.MeetingPage", locale="ar")
    (workshop,) = meeting["workshops"]
    assert workshop["title"] == "عربي: Atelier un"
    (rapporteur,) = workshop["rapporteurs"]
    assert rapporteur["name_fr"].startswith("Participante")


def test_clauses_keep_their_key_in_both_languages(client, tree):
    def keys(language):
        (item,) = get(client, type="ess_pages.RecommendationPage", locale=language)
        return [clause["translation_key"] for clause in item["clauses"]]

    assert keys("fr") == keys("ar")
    assert len(keys("fr")) == 2


def test_records_are_told_in_both_languages(client, tree):
    (actor,) = get(client, type="ess_pages.ActorPage", locale="ar")
    assert actor["wilaya"] == {"slug": "alger", "name_fr": "Alger", "name_ar": "الجزائر"}
    assert actor["sphere"]["name_fr"] == "Sphère publique"
    assert actor["sphere"]["slug"] == "public"


def test_unpublished_page_is_not_given(client, tree):
    tree["actor"].unpublish()
    assert get(client, type="ess_pages.ActorPage", locale="fr") == []


# Entries of the directories

NARROWED = [
    ({"wilaya": "alger"}, ["Atelier des tisserandes", "École ouverte"]),
    (
        {"wilaya": ["alger", "oran"], "sector": "health"},
        ["Atelier des tisserandes", "Banque solidaire"],
    ),
    ({"sphere": "private", "legal_form": "cooperative"}, ["Banque solidaire"]),
    ({"country": "fr"}, ["Union d’ailleurs"]),
    ({"abroad": "1"}, ["Union d’ailleurs"]),
    ({"language": "ar"}, ["Atelier des tisserandes", "Union d’ailleurs"]),
    ({"search": "النساجات"}, ["Atelier des tisserandes"]),
    ({"search": "!"}, []),
]


@pytest.mark.parametrize(("query", "titles"), NARROWED)
def test_actors_are_narrowed_by_the_facets_of_their_directory(client, entries, query, titles):
    items = get(client, type="ess_pages.ActorPage", locale="fr", order="title", **query)
    assert sorted(item["title"] for item in items) == sorted(titles)


def test_practices_are_narrowed_by_what_their_carriers_are(client, entries):
    items = get(client, type="ess_pages.PracticePage", locale="fr", sphere="private")
    (practice,) = items
    assert practice["score"] == 4.0
    assert [carrier["title"] for carrier in practice["carriers"]] == [
        "Atelier des tisserandes",
        "Union d’ailleurs",
        "Banque solidaire",
    ]


@pytest.mark.parametrize(
    "query", ["type=ess_pages.ActorPage&wilaya=atlantis", "type=ess_pages.HomePage&wilaya=alger"]
)
def test_value_or_facet_that_is_not_known_is_refused(client, entries, query):
    response = client.get(f"/api/v2/pages/?{query}")
    assert response.status_code == 400
    assert "wilaya" in response.json()["message"]


def test_search_that_no_database_takes_is_refused(client, entries):
    response = client.get("/api/v2/pages/?search=a%00")
    assert response.status_code == 400
    assert "search" in response.json()["message"]


def test_entry_has_the_same_key_in_files_and_api(client, entries):
    (actor,) = get(client, type="ess_pages.ActorPage", locale="ar", search="النساجات")
    assert actor["translation_key"] == str(entries["weavers"].translation_key)


def test_what_is_not_published_is_not_told_by_what_points_to_it(client, entries):
    for version in entries["union"].get_translations(inclusive=True):
        version.unpublish()
    (actor,) = get(client, type="ess_pages.ActorPage", locale="fr", search="tisserandes")
    assert [row["network"] for row in actor["networks"]] == [None, None]
    (practice,) = get(client, type="ess_pages.PracticePage", locale="fr", search="tri")
    assert [carrier["title"] for carrier in practice["carriers"]] == [
        "Atelier des tisserandes",
        "Banque solidaire",
    ]


def test_contacts_are_given_with_consent_only(client, entries):
    items = get(client, type="ess_pages.ActorPage", locale="fr", order="title")
    contacts = {item["title"]: item["contacts"] for item in items}
    assert contacts["Atelier des tisserandes"]["email"] == "nadia@example.org"
    assert contacts["Banque solidaire"] == {}


@pytest.mark.parametrize("name", ["actors", "practices"])
def test_queries_do_not_grow_with_the_entries(client, entries, name):
    kind = {"actors": "ActorPage", "practices": "PracticePage"}[name]
    factory = {
        "actors": factories.ActorPageFactory,
        "practices": factories.PracticePageFactory,
    }[name]

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(client, type=f"ess_pages.{kind}")
        return len(queries)

    count()
    few = count()
    weavers = models.ActorPage.objects.get(pk=entries["weavers"].pk)
    resource = models.Resource.objects.get()
    rows = {
        "actors": lambda: {
            "exchanges": [models.Exchange(kind="offer", resource=resource, title="Un prêt")],
            "networks": [models.NetworkMembership(network=weavers)],
            "sectors": list(weavers.sectors.all()),
            "wilaya": weavers.wilaya,
        },
        "practices": lambda: {
            "carriers": [models.PracticeCarrier(actor=weavers)],
            "scores": [
                models.PracticeScore(criterion=criterion, score=3, reason="Oui.")
                for criterion in models.Criterion.objects.all()
            ],
        },
    }[name]
    for number in range(6):
        factory(parent=entries[name], title=f"Fiche {number}", **rows())
    assert count() <= few


# Reference records


@pytest.mark.parametrize(
    "name",
    [
        "wilayas",
        "spheres",
        "legal_forms",
        "sectors",
        "topics",
        "target_groups",
        "resources",
        "criteria",
    ],
)
def test_records_are_listed_with_both_names(client, entries, name):
    items = client.get(f"/api/v2/{name}/").json()["items"]
    assert items
    assert all(item["slug"] and item["name_fr"] and item["name_ar"] for item in items)
    detail = client.get(urlsplit(items[0]["meta"]["detail_url"]).path).json()
    assert detail["slug"] == items[0]["slug"]


def test_wilaya_tells_its_code_its_day_its_mother_and_its_place(client, entries):
    wilayas = {item["slug"]: item for item in client.get("/api/v2/wilayas/").json()["items"]}
    assert wilayas["alger"]["code"] == "16"
    assert float(wilayas["alger"]["latitude"]) == 36.775
    assert wilayas["alger"]["mother"] is None
    assert wilayas["aflou"]["mother"] == {"slug": "oran"}
    assert wilayas["aflou"]["active_from"] > "2020"


def test_records_are_read_only(client, entries):
    assert client.post("/api/v2/wilayas/").status_code == 405


# The documentation

DOCUMENTED = re.findall(
    r"^(/\S+)$", (Path(__file__).parents[2] / "docs" / "api.md").read_text(), re.MULTILINE
)


def _make_recommendations() -> None:
    home = models.HomePage.objects.get(locale__language_code="fr")
    board = factories.RecommendationIndexPageFactory(parent=home, slug="recommandations")
    page = factories.RecommendationPageFactory(parent=board, clauses=["Un"])
    for each in (board, page):
        factories.translate(each, {"recommandations": "recommandations"})


@pytest.fixture(scope="module")
def _recommendations(make_content, _entries):
    return make_content(_make_recommendations, _entries)


@pytest.fixture
def recommendations(entries, _recommendations) -> None:
    """A board at the address of the examples, with a draft in both languages."""
    _recommendations.write()


@pytest.mark.parametrize("address", DOCUMENTED)
def test_documented_example_answers(client, recommendations, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200
    if "format=" in address:
        assert "attachment" in response["Content-Disposition"]
    if address.startswith("/api/v2/pages/?") and "offset" not in address:
        assert response.json()["items"]


def test_columns_are_documented():
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    assert [name for name in TABLES if f"| `{name}` |" not in text] == []
    for columns in (*COLUMNS.values(), *(table.columns for table in TABLES.values())):
        assert [column.name for column in columns if f"`{column.name}`" not in text] == []
