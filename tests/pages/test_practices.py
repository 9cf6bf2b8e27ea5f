"""What a practice says, and how it is scored."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from ess_pages.models import PracticeFigure, PracticeScore
from tests import factories


@pytest.fixture
def practice(home):
    """A practice that says everything, scored by two criteria, in French and in Arabic."""
    use = factories.CriterionFactory(slug="utilite", weight=3)
    again = factories.CriterionFactory(slug="reproductible", weight=1)
    section = factories.PracticeIndexPageFactory(parent=home)
    page = factories.PracticePageFactory(
        parent=section,
        results="<p>Des résultats.</p>",
        figures=[PracticeFigure(value="120", label="familles")],
        requirements="<p>Un local.</p>",
        costs="<p>Peu.</p>",
        partners="<p>La commune.</p>",
        evidence="<p>Une étude.</p>",
        scores=[
            PracticeScore(criterion=again, score=2, reason="Demande un local."),
            PracticeScore(criterion=use, score=5, reason="Sert tout le quartier."),
        ],
    )
    factories.translate(section)
    factories.translate(page)
    page.refresh_from_db()
    return page


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([(1, 4)], 4.0),
        ([(3, 5), (1, 2)], 4.2),  # (15 + 2) / 4 = 4.25, to one decimal
        ([(10, 0), (1, 5)], 0.5),
    ],
)
def test_score_is_the_weighted_mean(home, rows, expected):
    section = factories.PracticeIndexPageFactory(parent=home)
    scores = [
        PracticeScore(
            criterion=factories.CriterionFactory(weight=weight), score=score, reason="Voici."
        )
        for weight, score in rows
    ]
    assert factories.PracticePageFactory(parent=section, scores=scores).score == expected


def test_score_beyond_five_is_refused(practice):
    practice.scores.add(
        PracticeScore(criterion=factories.CriterionFactory(), score=6, reason="Trop.")
    )
    with pytest.raises(ValidationError):
        practice.scores.all()[2].full_clean(exclude=["practice", "locale"])


@pytest.mark.parametrize(
    ("language", "reason", "criterion"),
    [
        ("fr", "Sert tout le quartier.", "Utilite"),
        ("ar", "عربي: Sert tout le quartier.", "عربي utilite"),
    ],
)
def test_page_says_all_and_why_it_was_chosen(client, practice, language, reason, criterion):
    page = practice.get_translations(inclusive=True).get(locale__language_code=language)
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    text = soup.main.get_text(" ", strip=True)
    for said in ("Des résultats.", "120", "familles", "Un local.", "Peu.", "La commune."):
        assert said in text
    scores = soup.select_one(".ess-scores").get_text(" ", strip=True)
    assert reason in scores
    assert criterion in scores


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_criteria_are_published(client, practice, language):
    page = practice.get_translations(inclusive=True).get(locale__language_code=language)
    soup = BeautifulSoup(client.get(page.get_parent().url).content, "html.parser")
    asked = {"fr": "Ce que demande le critère.", "ar": "ما يطلبه المعيار."}[language]
    rows = soup.select(".ess-criteria tbody tr")
    assert len(rows) == 2
    assert all(asked in row.get_text() for row in rows)


def test_queries_do_not_grow_with_scores(client, practice, django_assert_max_num_queries):
    client.get(practice.url)
    with django_assert_max_num_queries(60) as few:
        client.get(practice.url)
    number_of_few = len(few)
    for _number in range(6):
        practice.scores.add(
            PracticeScore(criterion=factories.CriterionFactory(), score=3, reason="Moyen.")
        )
    practice.save_revision().publish()
    client.get(practice.url)  # the menus are made anew once, after what was published
    with django_assert_max_num_queries(number_of_few):
        client.get(practice.url)
