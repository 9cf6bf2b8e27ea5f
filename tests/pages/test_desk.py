"""The desk: rapporteurs write the text, decide amendments and take steps; nobody else does."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from ess_pages.actions import amendments as verbs
from ess_pages.actions import road, texts
from ess_pages.models import Amendment, ClauseVersion, Recommendation
from ess_pages.models.clauses import Wording
from ess_pages.throttle import RATES
from ess_pages.translation import publish_complete_translations
from tests import factories

from .test_resolutions import editor  # noqa: F401
from .test_texts import clause, last, member, open_text, propose, rapporteur, text  # noqa: F401

State, Kind = Recommendation.State, Amendment.Kind
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def address(name, about, language="fr"):
    """The address of a view about a recommendation, an amendment (their number) or a clause."""
    with override(language):
        return reverse(f"ess_pages:{name}", args=[getattr(about, "translation_key", about)])


def soup(answer):
    return BeautifulSoup(answer.content, "html.parser")


def words(**changes):
    """What the form for a clause holds: the first clause of the tree, with these changes."""
    return {
        "heading_fr": "Clause 1",
        "text_fr": "Texte de Clause 1.",
        "heading_ar": "عربي Clause 1",
        "text_ar": "نص Clause 1.",
        **changes,
    }


# Who may come, to which address, and how.

DESK = ["desk", "open_amendments", "start_settling", "add_clause"]
CLAUSE = ["edit_clause", "move_clause", "strike_clause", "restore_clause", "differ"]


@pytest.fixture
def addresses(open_text, member):  # noqa: F811
    amendment = propose(member, open_text, about=clause(open_text))
    return (
        {name: address(name, open_text.pk) for name in [*DESK, "withdraw_recommendation"]}
        | {name: address(name, open_text.pk) for name in ["rapporteurs", "dismiss_rapporteur"]}
        | {name: address(name, clause(open_text)) for name in [*CLAUSE, "agree"]}
        | {"decide_amendment": address("decide_amendment", amendment.pk)}
    )


@pytest.fixture
def people(rapporteur, member, editor, admin_user):  # noqa: F811
    return {"rapporteur": rapporteur, "member": member, "editor": editor}


WRITERS = {name: {"rapporteur", "editor"} for name in [*DESK, *CLAUSE, "agree", "decide_amendment"]}
PUBLISHERS = {"rapporteurs", "dismiss_rapporteur", "withdraw_recommendation"}
ALLOWED = WRITERS | {name: {"editor"} for name in PUBLISHERS}
POST_ONLY = {"agree", "dismiss_rapporteur"}


@pytest.mark.parametrize("role", ["visitor", "member", "rapporteur", "editor"])
def test_desk_is_for_rapporteurs_and_editors(client, addresses, people, role):
    if role in people:
        client.force_login(people[role])
    for name, url in addresses.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(url)
            if (method == "get" and name in POST_ONLY) or (method, name) == ("post", "desk"):
                expected = {405}
            elif role == "visitor":
                expected = {302}
                assert answer.status_code == 302, name
                assert "/login/" in answer.url
            elif role not in ALLOWED[name]:
                expected = {403}
            elif method == "get":
                expected = {200}
            else:
                # A step that needs no words is taken; a form without its words is shown again.
                expected = {302, 409, 422}
            assert answer.status_code in expected, (name, method)


@pytest.mark.parametrize("name", ["edit_clause", "desk", "decide_amendment"])
def test_what_is_not_there_is_not_found(client, admin_user, tree, name):
    client.force_login(admin_user)
    about = "00000000-0000-0000-0000-000000000000" if name == "edit_clause" else 987654
    assert client.get(address(name, about)).status_code == 404


@pytest.mark.parametrize("name", ["desk", "edit_clause", "decide_amendment"])
def test_forms_are_guarded_against_forgery(addresses, rapporteur, name):  # noqa: F811
    client = Client(enforce_csrf_checks=True)
    client.force_login(rapporteur)
    assert client.post(addresses[name]).status_code in {403, 405}


# The desk


@both_languages
def test_desk_shows_both_languages_and_what_is_behind(client, text, rapporteur, language):  # noqa: F811
    texts.edit_clause(rapporteur, clause(text), {"fr": Wording("Un", "Mieux.")}, last(text))
    texts.write_clause(rapporteur, text, {"ar": Wording("ثلاثة", "نص ثالث.")}, clause(text, 2))
    client.force_login(rapporteur)
    page = soup(client.get(address("desk", text.pk, language)))
    assert page.html["dir"] == ("rtl" if language == "ar" else "ltr")
    first, second, third = page.select(".ess-desk-clause")
    for row in (first, second, third):
        assert [w["lang"] for w in row.select(".ess-words")] == ["fr", "ar"]
        assert [w["dir"] for w in row.select(".ess-words")] == ["ltr", "rtl"]
    assert [len(row.select(".ess-behind")) for row in (first, second, third)] == [1, 0, 1]
    assert "Mieux." in first.get_text()
    # One clause in each language keeps the text from validation.
    assert len(page.select(".ess-behind-line")) == 2


def test_desk_asks_as_few_queries_for_many_clauses(client, text, rapporteur, member):  # noqa: F811
    road.open_amendments(rapporteur, text, timezone.now() + datetime.timedelta(days=1))
    text.refresh_from_db()
    propose(member, text, about=clause(text))
    client.force_login(rapporteur)
    url = address("desk", text.pk)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    factories.write_clauses(text, *(f"Clause {number}" for number in range(3, 15)))
    for version in text.text():
        propose(member, text, about=version.clause)
        propose(factories.UserFactory(), text, Kind.STRIKE, version.clause)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.DRAFT, {"open", "withdraw"}),
        (State.OPEN, {"settle", "withdraw"}),
        (State.SETTLING, {"open", "withdraw"}),
        (State.VALIDATED, {"withdraw"}),
        (State.WITHDRAWN, set()),
    ],
)
def test_desk_offers_the_steps_that_can_be_taken(client, text, editor, state, steps):  # noqa: F811
    Recommendation.objects.update(state=state)
    client.force_login(editor)
    page = soup(client.get(address("desk", text.pk)))
    links = {a["href"].rstrip("/").rsplit("/", 1)[1] for a in page.select(".ess-desk-state a")}
    assert links & {"open", "settle", "withdraw"} == steps
    assert bool(page.select("li a[href$='/edit/'].ess-quiet-button")) == (
        state in ("draft", "open", "settling")
    )
    assert bool(page.select("a[href$='/strike/']")) == (state in ("draft", "settling"))


def test_rapporteur_is_not_offered_what_editors_do(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    page = soup(client.get(address("desk", text.pk)))
    assert not page.select("a[href$='/withdraw/'], a[href$='/rapporteurs/']")


def test_desk_leads_to_what_waits_and_names_conflicts(client, open_text, rapporteur, member):  # noqa: F811
    early = propose(member, open_text, about=clause(open_text))
    late = propose(factories.UserFactory(), open_text, about=clause(open_text), text="Tard.")
    added = propose(member, open_text, Kind.ADD)
    verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
    client.force_login(rapporteur)
    page = soup(client.get(address("desk", open_text.pk)))
    links = {a["href"]: a.parent for a in page.select(".ess-waiting a")}
    assert set(links) == {address("decide_amendment", one.pk) for one in (late, added)}
    assert links[address("decide_amendment", late.pk)].select(".ess-behind")
    assert not links[address("decide_amendment", added.pk)].select(".ess-behind")


# Writing clauses


@both_languages
def test_both_languages_are_written_in_one_form(client, text, rapporteur, language):  # noqa: F811
    client.force_login(rapporteur)
    url = address("edit_clause", clause(text), language)
    form = soup(client.get(url)).select_one(".ess-words-form")
    assert form.select_one("[name=text_fr]")["dir"] == "ltr"
    assert form.select_one("[name=text_ar]")["dir"] == "rtl"
    sent = words(text_fr="Un.\r\nDeux.", text_ar="واحد.", seen=last(text))
    answer = client.post(url, sent)
    assert answer.status_code == 302
    assert answer.url.endswith(f"/desk/#{clause(text).anchor}")
    version = text.text()[0]
    assert (version.text_fr, version.text_ar, version.behind) == ("Un.\nDeux.", "واحد.", [])


def test_one_language_alone_leaves_the_other_behind_unless_both_agree(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    url = address("edit_clause", clause(text))
    client.post(url, words(text_fr="Mieux.", seen=last(text)))
    assert text.text()[0].behind == ["ar"]
    client.post(url, words(text_fr="Mieux.", seen=last(text), agrees="on"))
    assert text.text()[0].behind == []


def test_second_rapporteur_loses_nothing(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    seen, url = last(text), address("edit_clause", clause(text))
    texts.edit_clause(rapporteur, clause(text), {"ar": Wording("آخر", "نص آخر.")}, seen)
    answer = client.post(url, words(text_fr="Le mien.", seen=seen))
    assert answer.status_code == 409
    page = soup(answer)
    # What the first has written is shown as a difference, and is in the form.
    assert "آخر" in page.select_one(".ess-since ins").get_text()
    assert page.select_one("[name=text_ar]").get_text().strip() == "نص آخر."
    assert page.select_one("[name=text_fr]").get_text().strip() == "Le mien."
    assert text.text()[0].text_fr == "Texte de Clause 1."
    again = {
        field["name"]: field.get("value") or field.get_text().strip()
        for field in page.select(".ess-words-form [name]:not([type=checkbox])")
    }
    assert client.post(url, again).status_code == 302
    version = text.text()[0]
    assert (version.text_fr, version.text_ar) == ("Le mien.", "نص آخر.")


def test_typed_words_stay_where_both_have_changed_the_same_language(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    seen, url = last(text), address("edit_clause", clause(text))
    texts.edit_clause(rapporteur, clause(text), {"fr": Wording("Clause 1", "Le leur.")}, seen)
    page = soup(client.post(url, words(text_fr="Le mien.", seen=seen)))
    assert page.select_one("[name=text_fr]").get_text().strip() == "Le mien."
    assert page.select_one("[name=seen]")["value"] == str(last(text))
    assert "leur" in page.select_one(".ess-since").get_text()


def test_double_click_writes_once(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    one, seen = clause(text), last(text)
    sent = [
        ("edit_clause", one, words(text_fr="Mieux.", text_ar="أحسن.", seen=seen)),
        ("move_clause", one, {"after": clause(text, 2).pk, "seen": seen + 1}),
        ("differ", one, {"language": "ar", "reason": "Autre.", "seen": seen + 2}),
        ("add_clause", text.pk, words(seen=seen + 3)),
        ("agree", one, {"seen": seen + 4}),
        ("strike_clause", one, {"reason": "Double.", "seen": seen + 5}),
        ("restore_clause", one, {"after": ""}),
    ]
    for number, (name, about, data) in enumerate(sent, start=seen + 1):
        for _click in range(2):
            assert client.post(address(name, about), data).status_code == 302, name
        assert last(text) == number, name
    assert len(text.text()) == 3


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("move_clause", {"after": "2"}),
        ("strike_clause", {"reason": "Je l’ai écrit."}),
        ("differ", {"language": "ar", "reason": "Je l’ai écrit."}),
    ],
)
def test_clause_that_has_moved_on_is_shown_before_anything_is_done(
    client,
    text,  # noqa: F811
    rapporteur,  # noqa: F811
    name,
    data,
):
    client.force_login(rapporteur)
    seen, one = last(text), clause(text)
    if "after" in data:
        data = {"after": clause(text, 2).pk}
    texts.edit_clause(rapporteur, one, words_pair("Autre"), seen)
    number = last(text)
    answer = client.post(address(name, one), {**data, "seen": seen})
    assert (answer.status_code, last(text)) == (409, number)
    page = soup(answer)
    assert page.select_one(".ess-since ins")
    if "reason" in data:
        assert page.select_one("[name=reason]").get_text().strip() == "Je l’ai écrit."
    data |= {"seen": page.select_one("[name=seen]")["value"]}
    assert client.post(address(name, one), data).status_code == 302
    assert last(text) == number + 1


def words_pair(heading):
    return {"fr": Wording(heading, "Texte."), "ar": Wording(heading, "نص.")}


def test_clause_struck_meanwhile_keeps_the_words_typed(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    seen, one = last(text), clause(text)
    texts.strike_clause(rapporteur, one, seen, "Double.")
    answer = client.post(address("edit_clause", one), words(text_fr="Le mien.", seen=seen))
    page = soup(answer)
    assert answer.status_code == 409
    assert page.select_one("[name=text_fr]").get_text().strip() == "Le mien."
    assert page.select(f"a[href='{address('restore_clause', one)}']")


@pytest.mark.parametrize("seen", ["", "abc", "-1", "9" * 5000])
def test_odd_version_writes_nothing_over_what_was_not_seen(client, text, rapporteur, seen):  # noqa: F811
    client.force_login(rapporteur)
    answer = client.post(address("edit_clause", clause(text)), words(text_fr="X.", seen=seen))
    assert answer.status_code in (302, 409)


@pytest.mark.parametrize("name", ["strike_clause", "differ"])
def test_reason_is_asked_for(client, text, rapporteur, name):  # noqa: F811
    client.force_login(rapporteur)
    data = {"seen": last(text), "language": "ar", "reason": " "}
    answer = client.post(address(name, clause(text)), data)
    assert answer.status_code == 422
    assert soup(answer).select(".errorlist")
    assert text.text()[0].behind == []


def test_open_text_is_only_brought_up_to_date(client, open_text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    url = address("edit_clause", clause(open_text))
    answer = client.post(url, words(text_fr="Mieux.", seen=last(open_text)))
    assert answer.status_code == 422
    assert soup(answer).select_one("[name=text_fr]").get_text().strip() == "Mieux."
    texts.find_differing(rapporteur, clause(open_text), "ar", last(open_text), "Un mot.")
    answer = client.post(url, words(text_ar="أحسن.", seen=last(open_text)))
    assert answer.status_code == 302
    assert open_text.text()[0].behind == []


def test_writing_too_often_is_put_off(client, text, rapporteur, monkeypatch):  # noqa: F811
    monkeypatch.setitem(RATES, "write_text", "1/hour")
    client.force_login(rapporteur)
    url = address("edit_clause", clause(text))
    client.post(url, words(text_fr="Un.", seen=last(text)))
    answer = client.post(url, words(text_fr="Deux.", seen=last(text)))
    assert answer.status_code == 429
    assert soup(answer).select_one("[name=text_fr]").get_text().strip() == "Deux."
    assert text.text()[0].text_fr == "Un."


# Steps and rapporteurs


@both_languages
def test_text_is_opened_until_a_time_closed_and_opened_again(client, text, rapporteur, language):  # noqa: F811
    client.force_login(rapporteur)
    until = timezone.localtime() + datetime.timedelta(days=3)
    data = {"closes_at": f"{until:%Y-%m-%dT%H:%M}"}
    for name, state in [
        ("open_amendments", State.OPEN),
        ("start_settling", State.SETTLING),
        ("open_amendments", State.OPEN),
    ]:
        answer = client.post(address(name, text.pk, language), data)
        assert answer.url == address("desk", text.pk, language)
        text.refresh_from_db()
        assert text.state == state
    assert timezone.localtime(text.closes_at).minute == until.minute


@pytest.mark.parametrize("closes_at", ["", "demain", "2001-01-01T10:00"])
def test_time_that_cannot_be_is_refused_and_kept(client, text, rapporteur, closes_at):  # noqa: F811
    client.force_login(rapporteur)
    data = {"closes_at": closes_at, "reason": "Venez nombreux."}
    answer = client.post(address("open_amendments", text.pk), data)
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select(".errorlist")
    assert page.select_one("[name=reason]").get_text().strip() == "Venez nombreux."
    assert not text.steps.exists()


def test_second_click_on_a_step_is_told_and_does_nothing(client, open_text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    url = address("start_settling", open_text.pk)
    assert [client.post(url).status_code for _click in range(2)] == [302, 422]
    assert open_text.steps.count() == 2


def test_withdrawal_needs_a_reason(client, text, editor):  # noqa: F811
    client.force_login(editor)
    url = address("withdraw_recommendation", text.pk)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Une loi l’a devancée."}).status_code == 302
    text.refresh_from_db()
    assert text.state == State.WITHDRAWN


def test_editor_adds_a_rapporteur_who_then_has_a_desk(client, text, editor, member):  # noqa: F811
    participant = factories.ParticipantFactory(user=member, name_fr="Amel")
    client.force_login(editor)
    url = address("rapporteurs", text.pk)
    for status in (302, 422):  # who is one already is not offered again
        assert client.post(url, {"participant": participant.pk}).status_code == status
    assert "Amel" in soup(client.get(url)).get_text()
    client.force_login(member)
    assert client.get(address("desk", text.pk)).status_code == 200
    client.force_login(editor)
    client.post(address("dismiss_rapporteur", text.pk), {"participant": participant.pk})
    client.force_login(member)
    assert client.get(address("desk", text.pk)).status_code == 403


def test_participant_without_account_is_not_offered(client, text, editor):  # noqa: F811
    participant = factories.ParticipantFactory()
    client.force_login(editor)
    answer = client.post(address("rapporteurs", text.pk), {"participant": participant.pk})
    assert answer.status_code == 422
    assert not text.rapporteurs.exists()


# Decisions


def decide(client, amendment, outcome, **data):
    data = {"outcome": outcome, "reason": "Juste.", **data}
    data.setdefault("seen", last(amendment.recommendation))
    return client.post(address("decide_amendment", amendment.pk), data)


@both_languages
def test_amendment_is_shown_as_a_difference(client, open_text, rapporteur, member, language):  # noqa: F811
    amendment = propose(
        member, open_text, about=clause(open_text), language="ar", heading="عنوان", text="نص جديد."
    )
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", amendment.pk, language)))
    shown = page.select_one(".ess-difference")
    assert (shown["lang"], shown["dir"]) == ("ar", "rtl")
    assert "Clause" in "".join(part.get_text() for part in shown.select("del"))
    assert "جديد" in "".join(part.get_text() for part in shown.select("ins"))
    # The proposed words in their language, today's in the other, ready for the rapporteur's own.
    assert page.select_one("[name=text_ar]").get_text().strip() == "نص جديد."
    assert page.select_one("[name=text_fr]").get_text().strip() == "Texte de Clause 1."
    assert not page.select(".ess-conflict")


def test_amendment_is_accepted_as_it_is_and_its_author_told(
    client,
    open_text,  # noqa: F811
    rapporteur,  # noqa: F811
    member,  # noqa: F811
    run_tasks,
):
    amendment = propose(member, open_text, about=clause(open_text))
    client.force_login(rapporteur)
    answer = decide(client, amendment, "accept")
    assert answer.url.endswith(f"#{clause(open_text).anchor}")
    amendment.refresh_from_db()
    assert (amendment.state, open_text.text()[0].text_fr) == ("accepted", "Un autre texte.")
    assert [message.to for message in mail.outbox] == [[member.email]]
    # The second click finds it decided.
    assert decide(client, amendment, "decline").status_code == 302
    amendment.refresh_from_db()
    assert amendment.state == "accepted"


def test_amendment_is_accepted_in_part_in_both_languages(client, open_text, rapporteur, member):  # noqa: F811
    amendment = propose(member, open_text, about=clause(open_text))
    client.force_login(rapporteur)
    decide(client, amendment, "words", **words(text_fr="À demi.", text_ar="نصف."))
    amendment.refresh_from_db()
    assert amendment.state == "accepted_in_part"
    version = open_text.text()[0]
    assert (version.text_fr, version.text_ar, version.behind) == ("À demi.", "نصف.", [])


def test_rivals_are_merged(client, open_text, rapporteur, member):  # noqa: F811
    one, two = (
        propose(user, open_text, about=clause(open_text), text=said)
        for user, said in ((member, "Un."), (factories.UserFactory(), "Deux."))
    )
    other = propose(member, open_text, about=clause(open_text, 2))
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", one.pk)))
    assert [box["value"] for box in page.select("[name=rivals]")] == [str(two.pk)]
    assert decide(client, one, "merge", **words(text_fr="Les deux.")).status_code == 422
    assert decide(client, one, "merge", rivals=other.pk, **words()).status_code == 422
    decide(client, one, "merge", rivals=two.pk, **words(text_fr="Les deux."))
    states = dict(Amendment.objects.values_list("pk", "state"))
    assert states == {one.pk: "merged", two.pk: "merged", other.pk: "proposed"}
    assert open_text.text()[0].text_fr == "Les deux."


def test_decision_needs_a_reason_and_keeps_the_words(client, open_text, rapporteur, member):  # noqa: F811
    amendment = propose(member, open_text, about=clause(open_text))
    client.force_login(rapporteur)
    answer = decide(client, amendment, "words", reason="", **words(text_fr="Mes mots."))
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one("[name=text_fr]").get_text().strip() == "Mes mots."
    assert page.select_one("[value=words]").has_attr("checked")
    amendment.refresh_from_db()
    assert amendment.state == "proposed"


@pytest.fixture
def conflicting(open_text, rapporteur, member):  # noqa: F811
    """An amendment to a clause that another one has changed since."""
    late = propose(member, open_text, about=clause(open_text), text="Tard.")
    early = propose(factories.UserFactory(), open_text, about=clause(open_text), text="Tôt.")
    verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
    return late


@both_languages
def test_conflict_is_shown_beside_what_has_changed(client, conflicting, rapporteur, language):  # noqa: F811
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", conflicting.pk, language)))
    assert page.select_one(".ess-conflict")
    assert "Tôt" in page.select_one(".ess-changed-since p:last-child ins").get_text()
    assert {radio["value"] for radio in page.select("[name=outcome]")} == {"words", "decline"}


def test_conflict_is_never_settled_silently(client, open_text, conflicting, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    number = last(open_text)
    assert decide(client, conflicting, "accept").status_code == 422
    # Words written before the text moved on do not go over it either.
    stale = {**words(text_fr="Mes mots."), "seen": number - 1}
    answer = decide(client, conflicting, "words", **stale)
    page = soup(answer)
    assert (answer.status_code, last(open_text)) == (409, number)
    assert page.select_one("[name=text_fr]").get_text().strip() == "Mes mots."
    assert "Tôt" in page.select_one(".ess-since .ess-difference").get_text()
    decide(client, conflicting, "words", **words(text_fr="Tôt, puis tard."))
    assert open_text.text()[0].text_fr == "Tôt, puis tard."


def test_text_that_moves_on_while_deciding_is_not_written_over(
    client,
    open_text,  # noqa: F811
    rapporteur,  # noqa: F811
    member,  # noqa: F811
):
    amendment = propose(member, open_text, Kind.STRIKE, clause(open_text))
    seen = last(open_text)
    early = propose(factories.UserFactory(), open_text, about=clause(open_text), text="Tôt.")
    verbs.accept_amendment(rapporteur, early, "Oui.", seen)
    client.force_login(rapporteur)
    assert decide(client, amendment, "accept", seen=seen).status_code == 409
    assert len(open_text.text()) == 2
    assert decide(client, amendment, "accept").status_code == 302
    assert len(open_text.text()) == 1


def test_strike_shows_what_has_changed_in_the_other_language(client, open_text, rapporteur, member):  # noqa: F811
    amendment = propose(member, open_text, Kind.STRIKE, clause(open_text), language="fr")
    early = propose(
        factories.UserFactory(), open_text, about=clause(open_text), language="ar", text="نص آخر."
    )
    verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", amendment.pk)))
    changed = page.select_one(".ess-changed-since .ess-difference")
    assert (changed["lang"], bool(changed.select("ins"))) == ("ar", True)


def test_amendment_to_a_struck_clause_can_only_be_declined(client, open_text, rapporteur, member):  # noqa: F811
    late = propose(member, open_text, about=clause(open_text))
    early = propose(factories.UserFactory(), open_text, Kind.STRIKE, clause(open_text))
    verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", late.pk)))
    assert {radio["value"] for radio in page.select("[name=outcome]")} == {"decline"}
    decide(client, late, "decline")
    late.refresh_from_db()
    assert (late.state, late.decision) == ("declined", "Juste.")


@pytest.mark.parametrize("kind", [Kind.ADD, Kind.MOVE])
def test_rapporteur_chooses_the_place(client, open_text, rapporteur, member, kind):  # noqa: F811
    first, second = clause(open_text), clause(open_text, 2)
    about = None if kind == Kind.ADD else second
    proposed = first if kind == Kind.ADD else None
    amendment = propose(member, open_text, kind, about, after=proposed)
    client.force_login(rapporteur)
    page = soup(client.get(address("decide_amendment", amendment.pk)))
    chosen = page.select_one("[name=after] [selected]")
    assert chosen["value"] == (str(first.pk) if proposed else "")
    chosen = "" if kind == Kind.ADD else str(first.pk)
    decide(client, amendment, "accept", after=chosen)
    order = [version.clause for version in open_text.text()]
    assert order.index(first) == (1 if kind == Kind.ADD else 0)
    amendment.refresh_from_db()
    assert amendment.state == "accepted"


def test_place_that_is_gone_has_to_be_chosen_anew(client, open_text, rapporteur, member):  # noqa: F811
    amendment = propose(member, open_text, Kind.ADD, after=clause(open_text))
    gone = propose(factories.UserFactory(), open_text, Kind.STRIKE, clause(open_text))
    place = clause(open_text).pk
    verbs.accept_amendment(rapporteur, gone, "Oui.", last(open_text))
    client.force_login(rapporteur)
    assert soup(client.get(address("decide_amendment", amendment.pk))).select(".ess-conflict")
    assert decide(client, amendment, "accept", after=place).status_code == 422
    assert decide(client, amendment, "accept", after=clause(open_text).pk).status_code == 302


def test_decision_page_asks_as_few_queries_for_many_rivals(client, open_text, rapporteur, member):  # noqa: F811
    amendment = propose(member, open_text, about=clause(open_text))
    propose(factories.UserFactory(), open_text, about=clause(open_text), text="2.")
    client.force_login(rapporteur)
    url = address("decide_amendment", amendment.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(6):
        rival = propose(
            factories.UserFactory(), open_text, about=clause(open_text), text=f"{number}!"
        )
        verbs.give_opinion(member, rival, True)
        verbs.give_opinion(factories.UserFactory(), amendment, True)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_draft_of_a_member_is_nobody_elses(client, open_text, rapporteur, member):  # noqa: F811
    draft = verbs.save_amendment(
        member, Amendment(recommendation=open_text, kind=Kind.CHANGE, language="fr")
    )
    client.force_login(rapporteur)
    assert client.get(address("decide_amendment", draft.pk)).status_code == 404


# The Wagtail admin


@both_languages
def test_editor_finds_the_desk_and_the_state_on_the_page(client, tree, admin_user, language):
    client.force_login(admin_user)
    page = tree["recommendation"]
    with override(language):
        html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert f"/recommendations/{page.recommendation_id}/desk/" in html


@pytest.mark.parametrize(
    ("state", "is_locked"),
    [
        (State.DRAFT, False),
        (State.SETTLING, False),
        (State.VALIDATED, True),
        (State.FOLLOWED_UP, True),
    ],
)
def test_page_of_a_validated_text_is_locked(client, tree, admin_user, state, is_locked):
    Recommendation.objects.update(state=state)
    page = type(tree["recommendation"]).objects.get(pk=tree["recommendation"].pk)
    client.force_login(admin_user)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(url).status_code == 200
    assert bool(page.get_lock()) == is_locked
    assert bool(page.permissions_for_user(admin_user).page_locked()) == is_locked


def test_translation_of_a_validated_text_is_still_published(
    tree, django_capture_on_commit_callbacks
):
    Recommendation.objects.update(state=State.VALIDATED)
    page = type(tree["recommendation"]).objects.get(pk=tree["recommendation"].pk)
    arabic = page.get_translations().get()
    arabic.unpublish()
    with django_capture_on_commit_callbacks(execute=True):
        publish_complete_translations(page)
    arabic.refresh_from_db()
    assert arabic.live


def test_every_version_is_logged(client, text, rapporteur):  # noqa: F811
    client.force_login(rapporteur)
    client.post(address("edit_clause", clause(text)), words(text_fr="Mieux.", seen=last(text)))
    entry = ModelLogEntry.objects.filter(action="ess_pages.write_text").first()
    assert entry.data["version"] == ClauseVersion.objects.last().number
