"""The search of the site, in both languages."""

import pytest
from django.test import TestCase
from django.utils.translation import override

from ess_ground.words import stems
from ess_pages.views.search import find_pages
from tests import factories

pytestmark = pytest.mark.usefixtures("run_tasks")

SAME = [
    ("economie", "Économie"),
    ("économies", "économie"),
    ("cooperative", "coopératives"),
    ("oeuvre", "œuvre"),
    ("l’économie sociale", "économie sociale"),
    ("الاقتصاد", "اقتصاد"),
    ("إقتصاد", "اقتصاد"),
    ("مدرسه", "مدرسة"),
    ("مؤسسة", "مُؤَسَّسَة"),
    ("تعاونيات", "تعاونية"),
    ("التعاونية", "تعاونية"),
    ("والتعاونيات", "للتعاونيات"),
    ("الورشات", "ورشة"),
    ("التكوين", "تكوين"),
    ("الوطنية", "وطني"),
    ("الحرفيون", "حرفيات"),
    ("مستقبل", "مستقبـــل"),
    ("2025", "٢٠٢٥"),
    ("علي", "على"),
]


@pytest.mark.parametrize(("query", "content"), SAME)
def test_words_meet_whatever_way_they_are_written(query, content):
    assert stems(query) == stems(content) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("coopérative", "collective"), ("اقتصاد", "اجتماعي"), ("مدرسة", "مزرعة"), ("16", "15")],
)
def test_different_words_stay_apart(one, other):
    assert stems(one) != stems(other)


@pytest.fixture
def found(home):
    """A function that publishes a page with this text and returns what a query finds."""

    def found(query: str, content: str) -> list[str]:
        with TestCase.captureOnCommitCallbacks(execute=True):
            factories.StandardPageFactory(
                parent=home, title="Trouvée", body=[("text", f"<p>{content}</p>")]
            )
            factories.StandardPageFactory(parent=home, title="Autre", summary="Sans rapport.")
        with override("fr"):
            return [page.title for page in find_pages(query)]

    return found


@pytest.mark.parametrize(("query", "content"), SAME)
def test_query_finds_the_page_that_holds_the_word(found, query, content):
    assert found(query, f"avant {content} après") == ["Trouvée"]


def test_query_finds_what_a_page_relates_to(tree):
    with TestCase.captureOnCommitCallbacks(execute=True):
        tree["recommendation"].save_revision().publish()
        tree["actor"].save_revision().publish()
    with override("fr"):
        assert "Clause 1" in [v.heading_fr for p in find_pages("clause") for v in p.text]
        assert tree["actor"].title in [page.title for page in find_pages("alger")]


def test_reader_finds_pages_of_the_own_language_only(tree):
    with TestCase.captureOnCommitCallbacks(execute=True):
        for page in (tree["report"], tree["report"].get_translations().get().specific):
            page.save_revision().publish()
    for code in ("fr", "ar"):
        with override(code):
            assert {page.locale.language_code for page in find_pages("compte rendu")} == {code}


def test_title_comes_before_text(home):
    with TestCase.captureOnCommitCallbacks(execute=True):
        factories.StandardPageFactory(parent=home, title="Autre", summary="Une mutuelle ici.")
        factories.StandardPageFactory(parent=home, title="La mutuelle", summary="Rien.")
    with override("fr"):
        assert [page.title for page in find_pages("mutuelles")] == ["La mutuelle", "Autre"]


def test_unpublished_page_is_not_found(home):
    with TestCase.captureOnCommitCallbacks(execute=True):
        factories.StandardPageFactory(parent=home, title="Secret", live=False)
    with override("fr"):
        assert list(find_pages("secret")) == []


@pytest.mark.parametrize(
    "query", ["", "   ", "!", "l’", "\0", '"', "* OR", "a" * 5000, "-", "(", "'"]
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nonsense_is_answered_with_a_page(client, home, language, query):
    response = client.get(f"/{language}/search/", {"q": query, "page": "moon"})
    assert response.status_code == 200


def test_form_is_not_posted(client, home):
    assert client.post("/fr/search/").status_code == 405
