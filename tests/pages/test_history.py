"""How a text came to be: anybody reads its versions and what differs between two of them."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import PageViewRestriction

from ess_pages.actions import amendments as verbs
from ess_pages.actions import road, texts
from ess_pages.comparison import compare
from ess_pages.history import History
from ess_pages.models import Recommendation
from ess_pages.models.clauses import Wording
from tests import factories

from .test_texts import clause, last, member, open_text, propose, rapporteur, text  # noqa: F401

both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def get(client, name, *args, query=None, interface="fr"):
    """Ask for a page about a text or a clause."""
    with override(interface):
        return client.get(reverse(f"ess_pages:{name}", args=args), query or {})


def soup(answer):
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def changed(text, rapporteur):  # noqa: F811
    """A text of three clauses to which everything has been done: see the test below."""
    one, two = (version.clause for version in text.text())
    words = {"fr": Wording("Clause 1", "Un texte."), "ar": Wording("بند", "نص جديد.")}
    texts.edit_clause(rapporteur, one, words, last(text))
    texts.write_clause(rapporteur, text, {"fr": Wording("Trois", "Neuf.")}, two)
    three = text.text()[2].clause
    texts.write_clause(rapporteur, text, {"fr": Wording("Quatre", "Neuf.")}, three)
    texts.move_clause(rapporteur, one, three, last(text))
    texts.strike_clause(rapporteur, two, last(text), "Double.")
    return text


class TestCompare:
    def test_each_clause_says_what_happened_to_it(self, changed):
        rows = compare(History(changed), 2, last(changed))
        told = [
            (bool(row.before), bool(row.after), row.is_changed, row.place_before, row.place_after)
            for row in rows
        ]
        # The struck clause stands behind the one that it stood behind.
        assert told == [
            (False, True, False, None, 1),
            (True, True, True, 1, 2),
            (True, False, False, 2, None),
            (False, True, False, None, 3),
        ]

    def test_only_what_changes_its_place_among_the_others_is_moved(self, text, rapporteur):  # noqa: F811
        factories.write_clauses(text, "Clause 3", "Clause 4")
        number = last(text)
        texts.move_clause(rapporteur, clause(text, 4), None, number)
        rows = compare(History(text), number, last(text))
        assert [row.is_moved for row in rows] == [True, False, False, False]
        assert [row.is_same for row in rows] == [False, True, True, True]

    def test_no_clause_is_left_out_and_none_is_twice(self, changed):
        history = History(changed)
        for first in range(1, history.number + 1):
            for second in range(first, history.number + 1):
                keys = [row.clause.pk for row in compare(history, first, second)]
                assert len(keys) == len(set(keys))
                assert set(keys) == set(history.order(first)) | set(history.order(second))

    def test_one_version_is_the_same_as_itself(self, changed):
        rows = compare(History(changed), 4, 4)
        assert rows
        assert all(row.is_same for row in rows)


@both_languages
def test_history_of_a_clause_credits_and_gives_the_reasons(
    client,
    open_text,  # noqa: F811
    rapporteur,  # noqa: F811
    member,  # noqa: F811
    language,
):
    factories.ParticipantFactory(user=member, name_fr="Amel", name_ar="أمال")
    amendment = propose(member, open_text, about=clause(open_text), reason="Trop vague.")
    verbs.accept_amendment(rapporteur, amendment, "Juste.", last(open_text))
    key = clause(open_text).translation_key
    page = soup(get(client, "clause_history", key, interface=language))
    newest, first = page.select(".ess-versions > li")
    assert (newest["value"], first["value"]) == (str(last(open_text)), "1")
    assert "Trop vague." in newest.get_text()
    assert {"fr": "Amel", "ar": "أمال"}[language] in newest.get_text()
    with override(language):
        assert newest.select(f"a[href='{reverse('ess_pages:amendment', args=[amendment.pk])}']")
    assert not first.select("a[href*='/amendments/']")


@pytest.mark.parametrize(
    ("language", "direction", "gone", "come"),
    [("fr", "ltr", "Clause 1", "Un"), ("ar", "rtl", "Clause 1", "جديد")],
)
@pytest.mark.parametrize("interface", ["fr", "ar"])
def test_two_versions_are_compared_word_by_word_in_either_language(
    client, changed, interface, language, direction, gone, come
):
    key = History(changed).versions[0].clause.translation_key
    with override(interface):
        url = reverse("ess_pages:clause_history", args=[key])
    answer = client.get(url, {"from": 1, "to": 3, "language": language})
    shown = soup(answer).select_one(".ess-difference")
    assert (shown["lang"], shown["dir"]) == (language, direction)
    assert gone in " ".join(part.get_text() for part in shown.select("del"))
    assert come in " ".join(part.get_text() for part in shown.select("ins"))


ODD = [
    {"from": "9999", "to": "1"},
    {"from": "-3", "to": "0"},
    {"from": "x", "to": "٣"},
    {"from": "1", "to": "1"},
    {"from": "9" * 5000, "to": "", "language": "xx"},
    {"from": "1 OR 1", "to": "\x00"},
]


@pytest.mark.parametrize("query", ODD)
@pytest.mark.parametrize("name", ["clause_history", "compare"])
@both_languages
def test_odd_versions_meet_a_page(client, changed, name, query, language):
    about = clause(changed).translation_key if name == "clause_history" else changed.pk
    answer = get(client, name, about, query=query, interface=language)
    assert answer.status_code == 200
    assert soup(answer).select(".ess-difference")


@pytest.mark.parametrize("number", [0, 999, 10**30])
def test_version_that_never_was_is_not_found(client, changed, number):
    assert get(client, "text_version", changed.pk, number).status_code == 404


def test_earlier_version_is_asked_for_either_way_round(client, changed):
    answers = [
        soup(get(client, "compare", changed.pk, query={"from": first, "to": second}))
        for first, second in ((2, 7), (7, 2))
    ]
    first, second = ([str(one) for one in page.select(".ess-difference")] for page in answers)
    assert first == second


@both_languages
def test_text_is_compared_clause_by_clause(client, changed, language):
    query = {"from": 2, "to": last(changed)}
    answer = get(client, "compare", changed.pk, query=query, interface=language)
    rows = soup(answer).select(".ess-desk-clause")
    assert len(rows) == 4
    added, altered, struck, _last = rows
    assert struck.select("del")
    assert not struck.select("ins")
    assert bool(added.select("ins")) == (language == "fr")  # it has no Arabic yet
    assert altered.select("del")
    assert altered.select("ins")


def test_text_is_compared_from_the_day_it_was_opened(client, open_text, rapporteur):  # noqa: F811
    opened = last(open_text)
    road.start_settling(rapporteur, open_text)
    texts.edit_clause(rapporteur, clause(open_text), {"fr": Wording("A", "B.")}, opened)
    page = soup(get(client, "compare", open_text.pk))
    assert page.select_one("[name=from] [selected]")["value"] == str(opened)
    assert page.select_one("[name=to] [selected]")["value"] == str(last(open_text))
    assert len(page.select("[name=from] optgroup")[0].select("option")) == 3


@both_languages
def test_text_is_read_as_it_was(client, changed, language):
    page = soup(get(client, "text_version", changed.pk, 2, interface=language))
    clauses = page.select(".ess-desk-clause")
    assert [c.select_one("[lang=fr]").get_text(" ", strip=True) for c in clauses] == [
        "Clause 1 Texte de Clause 1.",
        "Clause 2 Texte de Clause 2.",
    ]
    assert [c.select_one(".ess-words[lang=ar]")["dir"] for c in clauses] == ["rtl", "rtl"]


def test_struck_clause_keeps_its_history(client, changed):
    key = History(changed).versions[1].clause.translation_key
    answer = get(client, "clause_history", key)
    assert answer.status_code == 200
    assert soup(answer).select(".ess-behind")


@pytest.fixture
def addresses(text):  # noqa: F811
    return [
        reverse("ess_pages:clause_history", args=[clause(text).translation_key]),
        reverse("ess_pages:compare", args=[text.pk]),
        reverse("ess_pages:text_version", args=[text.pk, 1]),
    ]


@pytest.mark.parametrize("role", ["visitor", "member", "rapporteur"])
def test_draft_page_is_read_by_its_rapporteurs_alone(
    client,
    text,  # noqa: F811
    addresses,
    role,
    member,  # noqa: F811
    rapporteur,  # noqa: F811
):
    if role != "visitor":
        client.force_login({"member": member, "rapporteur": rapporteur}[role])
    for url in addresses:
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 405
    for page in text.language_pages.all():
        page.unpublish()
    for url in addresses:
        assert client.get(url).status_code == (200 if role == "rapporteur" else 404)


def test_private_page_keeps_its_versions_private(client, text, addresses):  # noqa: F811
    for page in text.language_pages.all():
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    for url in addresses:
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", ["clause_history", "compare"])
def test_long_history_asks_as_few_queries(client, open_text, rapporteur, member, name):  # noqa: F811
    one = clause(open_text)
    args = [one.translation_key if name == "clause_history" else open_text.pk]

    def amend(number):
        amendment = propose(member, open_text, about=one, text=f"Texte {number}.")
        verbs.accept_amendment(rapporteur, amendment, "Oui.", last(open_text))

    amend(0)
    get(client, name, *args)
    with CaptureQueriesContext(connection) as few:
        get(client, name, *args)
    for number in range(1, 10):
        amend(number)
    Recommendation.objects.update(closes_at=None)
    factories.write_clauses(open_text, *(f"Clause {number}" for number in range(3, 9)))
    with CaptureQueriesContext(connection) as many:
        get(client, name, *args)
    assert len(many) == len(few)
