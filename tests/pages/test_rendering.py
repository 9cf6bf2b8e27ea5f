"""Every page type, as visitors, search engines and programs read it, in both languages."""

import json
import re

import pytest
import wagtail_factories
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client, RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from django.views.defaults import server_error

from ess_pages import models
from tests import factories

NAMES = [
    "home",
    "standard",
    "actors",
    "actor",
    "practices",
    "practice",
    "meetings",
    "meeting",
    "report",
    "recommendations",
    "recommendation",
]
SCHEMA = {
    "home": "WebSite",
    "standard": "WebPage",
    "actors": "CollectionPage",
    "actor": "Organization",
    "practice": "HowTo",
    "meeting": "Event",
    "report": "Report",
    "recommendation": "CreativeWork",
}


@pytest.fixture
def read(client: Client, tree):
    """A function that gets a page of the tree in a language, as parsed HTML."""

    def read(name: str, language: str = "fr") -> BeautifulSoup:
        page = tree[name].get_translations(inclusive=True).get(locale__language_code=language)
        response = client.get(page.url)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return read


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("name", NAMES)
def test_page_says_its_language_direction_and_translations(read, name, language, direction):
    html = read(name, language)
    assert (html.html["lang"], html.html["dir"]) == (language, direction)
    assert len(html.find_all("h1")) == 1
    alternates = {link["hreflang"] for link in html.select("link[rel=alternate][hreflang]")}
    assert alternates == {"fr", "ar", "x-default"}
    assert html.select_one("link[rel=canonical]")["href"].startswith(
        f"http://testserver/{language}/"
    )


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", NAMES)
def test_page_can_be_shared(read, name, language):
    html = read(name, language)
    title = html.h1.get_text(strip=True)
    assert title in html.select_one("meta[property='og:title']")["content"]
    assert html.select_one("meta[property='og:description']")["content"]
    assert html.select_one("meta[property='og:url']")["content"].startswith("http://testserver/")
    assert html.select_one("meta[property='og:locale']")["content"] == f"{language}_DZ"


def test_page_that_has_no_summary_has_no_empty_description(client, home):
    page = factories.StandardPageFactory(parent=home, summary="")
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    assert not html.select("meta[name=description], meta[property='og:description']")


@pytest.mark.parametrize(("name", "kind"), SCHEMA.items())
def test_page_describes_itself_in_schema_org(read, name, kind):
    data = json.loads(read(name, "ar").find("script", type="application/ld+json").string)
    assert "https://schema.org" in data["@context"]
    assert data["@type"] == kind
    assert data["inLanguage"] == "ar"
    assert None not in data.values()


def test_schema_org_tells_the_facts_of_a_meeting_and_an_actor(read):
    def data(name):
        return json.loads(read(name).find("script", type="application/ld+json").string)

    assert data("meeting")["startDate"] == "2016-03-15"
    assert data("meeting")["location"]["address"]["addressRegion"] == "Alger"
    assert data("meeting")["organizer"][0]["name"] == "Agence"
    assert data("actor")["address"]["addressCountry"] == "DZ"
    assert [part["position"] for part in data("recommendation")["hasPart"]] == [1, 2]


def test_meeting_whose_day_is_not_known_gives_no_date_to_programs(tree):
    tree["meeting"].date_note = "Fin 2015"
    assert tree["meeting"].schema_org()["startDate"] is None


def test_text_of_a_page_cannot_end_the_script_that_describes_it(client, home):
    page = factories.StandardPageFactory(parent=home, title="</script><b>gras & co")
    html = client.get(page.url).content.decode()
    assert "</script><b>" not in html
    script = BeautifulSoup(html, "html.parser").find("script", type="application/ld+json")
    assert json.loads(script.string)["name"] == page.title


def test_clauses_are_numbered_and_have_an_address_shared_by_both_languages(read):
    french, arabic = read("recommendation", "fr"), read("recommendation", "ar")
    anchors = [clause["id"] for clause in french.select("[id^=clause-]")]
    assert len(anchors) == 2
    assert [clause["id"] for clause in arabic.select("[id^=clause-]")] == anchors


@pytest.mark.parametrize(("language", "note"), [("fr", "لم تُترجم"), ("ar", "pas encore traduite")])
def test_switch_says_when_a_page_is_not_translated(client, home, arabic, language, note):
    page = factories.StandardPageFactory(parent=home)
    if language == "ar":
        page = factories.StandardPageFactory(parent=home.get_translation(arabic), locale=arabic)
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    other = "ar" if language == "fr" else "fr"
    link = html.select_one(f"header a[hreflang={other}]")
    assert link["href"] == f"/{other}/"
    assert re.search(note, link.get_text())
    assert not html.select(f"link[rel=alternate][hreflang={other}]")


def test_untranslated_neighbour_is_shown_in_its_language_and_marked(client, tree):
    tree["actor"].get_translations().get().unpublish()
    arabic = tree["practice"].get_translations().get()
    html = BeautifulSoup(client.get(arabic.url).content, "html.parser")
    link = html.select_one("main a[lang=fr]")
    assert link.get_text(strip=True) == "Agence"
    assert link["href"] == tree["actor"].url


def test_no_page_carries_inline_script_or_style(read):
    for name in NAMES:
        html = read(name)
        scripts = [script for script in html.find_all("script") if not script.get("src")]
        assert [script["type"] for script in scripts] == ["application/ld+json"]
        assert not html.find_all("style")
        assert not html.select("[style]")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_forbid_what_comes_from_elsewhere(client, home, language):
    policy = client.get(f"/{language}/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_missing_page_answers_404_in_the_language_of_its_address(client, home, language):
    response = client.get(f"/{language}/rien/")
    assert response.status_code == 404
    html = BeautifulSoup(response.content, "html.parser")
    assert html.html["lang"] == language


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_error_page_needs_neither_database_nor_request(language, direction):
    with override(language):
        response = server_error(RequestFactory().get("/"))
    html = BeautifulSoup(response.content, "html.parser")
    assert (html.html["lang"], html.html["dir"]) == (language, direction)
    assert html.h1.get_text(strip=True)


@pytest.mark.parametrize("name", NAMES)
def test_page_can_be_previewed_with_parts_that_are_not_saved_yet(tree, name):
    page = tree[name]
    parts = {
        "meeting": ("workshops", models.Workshop(title="Nouveau")),
        "practice": ("carriers", models.PracticeCarrier(actor=tree["actor"])),
        "report": ("resolutions", models.Resolution(title="Nouvelle", text="<p>…</p>")),
    }
    if name in parts:
        relation, part = parts[name]
        setattr(page, relation, [part])
    response = page.make_preview_request()
    assert response.status_code == 200


def test_call_to_action_leads_to_the_page_of_the_readers_language(client, tree):
    page = tree["standard"]
    action = {
        "heading": "Et vous ?",
        "text": "",
        "button": "Lire",
        "url": "",
        "page": tree["actor"],
    }
    page.body = [("call_to_action", action)]
    page.save_revision().publish()
    arabic = factories.translate(page)
    html = BeautifulSoup(client.get(arabic.url).content, "html.parser")
    button = html.find("a", string=re.compile("Lire"))
    assert button["href"] == tree["actor"].get_translations().get().url


def test_recommendations_are_listed_by_workshop(tree):
    meeting = factories.MeetingPageFactory(
        parent=tree["meetings"],
        starts_on="2016-06-15",
        workshops=[models.Workshop(title=f"Atelier {n}", sort_order=n) for n in (1, 2)],
    )
    for workshop in reversed(meeting.workshops.all()):
        factories.RecommendationPageFactory(parent=tree["recommendations"], workshop=workshop)
    factories.RecommendationPageFactory(parent=tree["recommendations"])
    listed = [page.workshop and page.workshop.title for page in tree["recommendations"].entries()]
    assert listed == ["Atelier 1", "Atelier 2", "Atelier un", None]


def test_search_asks_no_more_for_more_results(run_tasks, client, tree):
    def search():
        client.get("/fr/search/?q=initiative")  # what publishing has emptied is cached again
        with CaptureQueriesContext(connection) as queries:
            response = client.get("/fr/search/?q=initiative")
        return len(queries), response.context["results"].paginator.count

    counts = []
    for number in (2, 5):
        with TestCase.captureOnCommitCallbacks(execute=True):
            for _page in range(number):
                factories.StandardPageFactory(parent=tree["home"], summary="Une initiative.")
        counts.append(search())
    assert counts[1] == (counts[0][0], counts[0][1] + 5)


def fill(tree, number: int) -> None:
    """Add entries with images, organisers, clauses… to every section."""
    image = wagtail_factories.ImageFactory()
    for n in range(number):
        actor = factories.ActorPageFactory(
            parent=tree["actors"], wilaya=factories.WilayaFactory(), image=image
        )
        factories.PracticePageFactory(
            parent=tree["practices"], image=image, carriers=[models.PracticeCarrier(actor=actor)]
        )
        tree["practice"].carriers.add(models.PracticeCarrier(actor=actor))
        tree["meeting"].organisers.add(models.MeetingOrganiser(actor=actor))
        tree["meeting"].programme.add(models.ProgrammeItem(title=f"Point {n}"))
        tree["report"].resolutions.add(models.Resolution(title=f"Résolution {n}", text="<p>…</p>"))
        tree["report"].guests.add(
            models.Guest(participant=factories.ParticipantFactory(organisation=actor))
        )
        factories.write_clauses(tree["recommendation"].recommendation, f"Clause {n}")
        factories.MeetingPageFactory(parent=tree["meetings"], image=image)
        factories.RecommendationPageFactory(
            parent=tree["recommendations"],
            workshop=tree["meeting"].workshops.first(),
            clauses=["Un"],
        )
        factories.StandardPageFactory(parent=tree["standard"], image=image)
    for name in ("practice", "meeting", "report"):
        tree[name].save_revision().publish()


@pytest.fixture(scope="session")
def few(make_content, _tree):
    """Two more entries in every section."""
    return make_content(lambda: fill(_tree.pages(), 2), _tree)


@pytest.fixture(scope="session")
def many(make_content, few, _tree):
    """Six more."""
    return make_content(lambda: fill(_tree.pages(), 6), few)


@pytest.mark.parametrize("name", NAMES)
def test_queries_do_not_grow_with_the_content(
    client, tree, few, many, name, django_assert_num_queries
):
    few.write()
    client.get(tree[name].url)  # renditions are made once
    with CaptureQueriesContext(connection) as queries:
        client.get(tree[name].url)
    number = len(queries)
    many.write()
    client.get(tree[name].url)
    with django_assert_num_queries(number):
        client.get(tree[name].url)
