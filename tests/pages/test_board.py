"""The board of recommendations, what is open, and how programs read a recommendation."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from ess_pages.actions import texts
from ess_pages.models import Amendment, Consultation, Institution, Recommendation, Workshop
from ess_pages.models.clauses import Wording
from ess_pages.openings import openings
from ess_pages.views.search import find_pages
from tests import factories
from tests.road import TOMORROW, Walk, institution


@pytest.fixture
def tree(tree) -> dict:
    """The pages by name, for `board` to add to."""
    return dict(tree)


@pytest.fixture
def board(tree):
    """The section with three recommendations: a draft, an open one, one that was handed over."""
    section = tree["recommendations"]
    for title in ("Ouverte", "Remise"):
        page = factories.RecommendationPageFactory(parent=section, title=title, clauses=["Un"])
        tree[title] = page
    training, crafts = factories.TopicFactory(slug="training"), factories.TopicFactory(slug="law")
    for name, topics in (("recommendation", [training, crafts]), ("Ouverte", [training])):
        tree[name].topics.set(topics)
        tree[name].save()
    tree["walks"] = {title: Walk(tree[title]) for title in ("Ouverte", "Remise")}
    tree["walks"]["Ouverte"].open()
    handed = tree["walks"]["Remise"]
    Recommendation.objects.filter(pk=handed.text.pk).update(state="handed_over")
    handed.answer(handed.hand_over(institution()))
    return section


def read(client, url: str) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(soup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select(".ess-board .ess-row h4 a")]


def numbers(soup) -> list[int]:
    return [int(each.get_text()) for each in soup.select(".ess-board-states strong")]


# What the address asks for


def test_recommendations_stand_by_state_in_the_order_of_the_road(client, board, tree):
    soup = read(client, board.url)
    assert titles(soup) == [tree["recommendation"].title, "Ouverte", "Remise"]
    assert [group["aria-labelledby"] for group in soup.select(".ess-group")] == [
        "state-draft",
        "state-open",
        "state-handed_over",
    ]
    assert numbers(soup) == [3, 1, 1, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=open", ["Ouverte"]),
        ("?status=open&status=handed_over", ["Ouverte", "Remise"]),
        ("?topic=training&status=open", ["Ouverte"]),
        ("?topic=law&status=open", []),
        ("?status=%00&topic=none&workshop=zz&institution=x&page=99", None),
        ("?institution=999999", None),
    ],
)
def test_address_narrows_the_board_and_wrong_values_are_passed_over(client, board, query, found):
    whole = titles(read(client, board.url))
    assert titles(read(client, board.url + query)) == (whole if found is None else found)


def test_counts_stand_beside_and_follow_what_else_is_chosen(client, board):
    soup = read(client, board.url + "?topic=training")
    assert numbers(soup) == [2, 1, 1, 0, 0, 0, 0, 0, 0]
    options = {
        option["value"]: int(option.find_parent("label").small.get_text())
        for option in soup.select("input[name=topic]")
    }
    assert options == {"training": 2, "law": 1}
    links = [link["href"] for link in soup.select(".ess-board-states a")]
    assert links[2] == "?status=open&topic=training"
    assert soup.select_one("meta[name=robots]")["content"] == "noindex, follow"


def test_workshop_and_institution_narrow_too(client, board, tree):
    workshop = Workshop.objects.filter(recommendations=tree["recommendation"]).get()
    code = workshop.translation_key.hex[:8]
    assert titles(read(client, f"{board.url}?workshop={code}")) == [tree["recommendation"].title]
    arabic = board.get_translations().get()
    assert len(titles(read(client, f"{arabic.url}?workshop={code}"))) == 1
    received = Institution.objects.get().pk
    assert titles(read(client, f"{board.url}?institution={received}")) == ["Remise"]


def test_arabic_board_shows_what_only_the_french_has(client, board, tree):
    arabic = board.get_translations().get()
    soup = read(client, arabic.url)
    french = soup.select(".ess-row h4 a[lang=fr]")
    assert [link.get_text(strip=True) for link in french] == ["Ouverte", "Remise"]
    assert len(titles(soup)) == 3
    assert tree["recommendation"].title not in titles(soup)  # there it is in Arabic


def test_draft_page_and_private_section_are_not_shown(client, board, tree):
    from wagtail.models import PageViewRestriction

    tree["Ouverte"].unpublish()
    assert "Ouverte" not in titles(read(client, board.url))
    PageViewRestriction.objects.create(page=tree["Remise"], restriction_type="login")
    assert "Remise" not in titles(read(client, board.url))


def test_switch_of_language_keeps_what_is_chosen(client, board):
    soup = read(client, board.url + "?status=open&bad=1")
    link = soup.select_one("header a[hreflang=ar]")
    assert link["href"].endswith("?status=open")


# Figures


def test_chart_and_table_say_the_same(client, board, tree):
    walk = tree["walks"]["Ouverte"]
    walk.accept(walk.propose(factories.UserFactory()))
    for language in ("fr", "ar"):
        page = board.get_translations(inclusive=True).get(locale__language_code=language)
        soup = read(client, page.url)
        charts = [chart for chart in soup.select(".ess-chart") if chart.select(".ess-bars")]
        assert [chart["aria-labelledby"] for chart in charts] == [
            "chart-clauses",
            "chart-amendments",
            "chart-stages",
        ]
        for chart in charts:
            bars = [
                (bar.span.get_text(strip=True), bar.b.get_text(strip=True))
                for bar in chart.select(".ess-bars li")
            ]
            rows = [
                (row.th.get_text(strip=True), row.td.get_text(strip=True))
                for row in chart.select("tbody tr")
            ]
            assert bars == rows != []
        drawn = [rect["width"] for rect in charts[0].select("rect")]
        assert drawn == ["100.0", "33.3", "0.0"]  # three clauses drafted, one of them changed
        assert not soup.select("[style]")


def test_figures_are_of_what_the_address_asks_for(client, board):
    def total(query):
        return read(client, board.url + query).select_one(".ess-board-figures dd").get_text()

    assert (total(""), total("?status=open")) == ("4", "1")


def test_institutions_are_named_with_how_they_answered(client, board):
    row = read(client, board.url).select_one("[aria-labelledby=chart-institutions] tbody tr")
    cells = [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
    assert cells == ["Ministère", "1", "0", "1", "7,0", "–"]


# Queries


def count_queries(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("query", ["", "?status=open&topic=training"])
def test_queries_do_not_grow_with_the_board(client, board, tree, query):
    tree["Ouverte"].workshop = tree["recommendation"].workshop
    tree["Ouverte"].save()
    few = count_queries(client, board.url + query)
    member = factories.UserFactory()
    for number in range(5):
        page = factories.RecommendationPageFactory(
            parent=board,
            workshop=tree["recommendation"].workshop,
            clauses=["Un", "Deux"],
        )
        page.topics.set(tree["Ouverte"].topics.all())
        page.save()
        walk = Walk(page, tree["walks"]["Ouverte"].rapporteur).open()
        walk.accept(walk.propose(member))
        walk.propose(member, Amendment.Kind.ADD)
        walk.answer(walk.hand_over(institution(f"I{number}"), reference=f"R{number}"))
    assert count_queries(client, board.url + query) == few


# What is open now


def test_front_page_shows_what_is_open_and_nothing_else(client, board, tree):
    tree["Ouverte"].refresh_from_db()
    asked = tree["walks"]["Remise"].consult(timezone.now() + TOMORROW / 2)
    (section,) = read(client, "/fr/").select(".ess-openings")
    links = [link["href"] for link in section.select("a")]
    assert links == [
        tree["Remise"].url,
        f"/fr/consultations/{asked.pk}/",
        tree["Ouverte"].url,
    ]
    Consultation.objects.filter(pk=asked.pk).update(closed_at=timezone.now(), has_passed=True)
    Recommendation.objects.filter(pk=tree["walks"]["Ouverte"].text.pk).update(
        closes_at=timezone.now()
    )
    assert not read(client, "/fr/").select(".ess-openings")


def test_opening_is_shown_in_the_readers_language_or_else_in_the_other(client, board, tree):
    with override("ar"):
        (opening,) = openings()
    assert opening.page.pk == tree["Ouverte"].pk
    factories.translate(tree["Ouverte"])
    with override("ar"):
        (opening,) = openings()
    assert opening.page.locale.language_code == "ar"


def test_openings_are_limited_to_those_that_close_first(board, tree, django_assert_num_queries):
    walk = tree["walks"]["Ouverte"]
    for number in range(4):
        page = factories.RecommendationPageFactory(parent=board, clauses=["Un"])
        Walk(page, walk.rapporteur).open(until=datetime.timedelta(hours=number + 1))
    with django_assert_num_queries(4):
        found = openings(limit=2)
    hours = [round((each.closes_at - timezone.now()).total_seconds() / 3600) for each in found]
    assert hours == [1, 2]


def test_opening_of_a_page_that_is_not_published_is_not_told(board, tree):
    tree["Ouverte"].unpublish()
    assert openings() == []


# The page of a recommendation, as programs and the search read it


def test_schema_org_tells_the_state_the_parts_and_when_the_text_changed(tree):
    page = tree["recommendation"]
    page.save_revision().publish()
    walk = Walk(page).open()
    version = walk.accept(walk.propose(factories.UserFactory()))
    page = type(page).objects.get(pk=page.pk)
    with override("fr"):
        data = page.schema_org()
        assert data["creativeWorkStatus"] == page.recommendation.get_state_display()
    assert [part["position"] for part in data["hasPart"]] == [1, 2]
    assert data["hasPart"][0]["name"] == "Autre"
    assert data["hasPart"][0]["inLanguage"] == "fr"
    assert data["hasPart"][0]["@id"].endswith(f"#{version.clause.anchor}")
    assert data["dateModified"] == version.at.isoformat()
    assert data["datePublished"] == page.first_published_at.isoformat()
    assert data["version"] == version.number


@pytest.mark.parametrize(
    ("language", "word", "words"),
    [("fr", "mutuelles", "Une mutuelle."), ("ar", "إقتصاد", "الاقتصاد هنا.")],
)
def test_search_finds_the_words_of_a_clause_after_it_changed(
    run_tasks, tree, language, word, words
):
    walk = Walk(tree["recommendation"])
    with override(language):
        assert not find_pages(word)
    with TestCase.captureOnCommitCallbacks(execute=True):
        texts.edit_clause(
            walk.rapporteur, walk.clause(), {language: Wording("Titre", words)}, walk.last()
        )
    with override(language):
        (page,) = find_pages(word)
    assert page.translation_key == tree["recommendation"].translation_key
    assert page.locale.language_code == language


# The read API


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "open"}, ["Ouverte"]),
        ({"status": ["open", "handed_over"], "topic": "training"}, ["Ouverte"]),
    ],
)
def test_api_narrows_recommendations_by_the_facets_of_the_board(client, board, query, found):
    parameters = {"type": "ess_pages.RecommendationPage", "locale": "fr", **query}
    items = client.get("/api/v2/pages/", parameters).json()["items"]
    assert [item["title"] for item in items] == found


def test_api_refuses_a_state_that_there_is_not(client, board):
    address = "/api/v2/pages/?type=ess_pages.RecommendationPage&status=lost"
    assert client.get(address).status_code == 400


def test_api_takes_no_more_queries_for_more_recommendations(client, board, tree):
    address = "/api/v2/pages/?type=ess_pages.RecommendationPage&fields=*"
    few = count_queries(client, address)
    for _number in range(4):
        factories.RecommendationPageFactory(
            parent=board, workshop=tree["recommendation"].workshop, clauses=["Un", "Deux"]
        )
    assert count_queries(client, address) == few
