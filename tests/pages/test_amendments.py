"""Members amend clauses, weigh what others propose, and comment: what they see and send."""

import datetime
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from ess_pages.actions import amendments as verbs
from ess_pages.actions import road
from ess_pages.models import Amendment, Comment, Opinion, Recommendation, RecommendationPage
from ess_pages.models.clauses import Wording
from ess_pages.throttle import RATES
from tests import factories as f

Kind, State = Amendment.Kind, Amendment.State
TOMORROW = datetime.timedelta(days=1)
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


@pytest.fixture
def people(tree):
    """Who has which part in the text of the tree."""
    people = SimpleNamespace(
        member=f.UserFactory(email="membre@example.org"),
        author=f.UserFactory(),
        rapporteur=f.UserFactory(),
        editor=f.UserFactory(),
    )
    for user, name in ((people.author, "Amina"), (people.rapporteur, "Rachid")):
        f.ParticipantFactory(user=user, name_fr=name, name_ar=f"{name} بالعربية")
    workshop = tree["recommendation"].workshop
    workshop.rapporteurs.add(people.rapporteur.participant)
    workshop.save()
    people.editor.groups.add(Group.objects.get(name="Moderators"))
    return people


@pytest.fixture
def text(tree, people):
    """The recommendation of the tree, open for amendments until tomorrow."""
    text = tree["recommendation"].recommendation
    road.open_amendments(people.rapporteur, text, timezone.now() + TOMORROW)
    text.refresh_from_db()
    return text


@pytest.fixture
def clause(text):
    return text.text()[0].clause


@pytest.fixture
def proposed(clause, people):
    return propose(people.author, clause)


@pytest.fixture
def as_member(client, people):
    client.force_login(people.member)
    return client


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_pages:{name}", args=args)


def draft(user, about, **fields) -> Amendment:
    fields = {
        "recommendation": about.recommendation,
        "kind": Kind.CHANGE,
        "clause": about,
        "language": "fr",
        "heading": "Clause 1",
        "text": "Texte de la clause 1, plus clair.",
        "reason": "Plus clair.",
        **fields,
    }
    return verbs.save_amendment(user, Amendment(**fields))


def propose(user, about, **fields) -> Amendment:
    return verbs.propose_amendment(user, draft(user, about, **fields))


def accept(people, amendment: Amendment) -> None:
    last = amendment.recommendation.versions.last().number
    verbs.accept_amendment(people.rapporteur, amendment, "Juste.", last)


def typed(client, address: str, **changes) -> dict:
    """Return what the form at `address` sends, with these changes."""
    form = client.get(address).context["form"]
    return {bound.html_name: bound.value() or "" for bound in form} | changes


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def page_url(text, language: str = "fr") -> str:
    pages = RecommendationPage.objects.filter(recommendation=text)
    return pages.get(locale__language_code=language).url


# Who may do what

ANONYMOUS, MEMBER, AUTHOR, RAPPORTEUR, EDITOR = roles = (
    *("anonymous", "member", "author", "rapporteur"),
    "editor",
)
# For each address and method, what each role is answered; "login" is the way there.
PERMISSIONS = [
    ("clause", "get", [200, 200, 200, 200, 200]),
    ("clause", "post", ["login", 302, 302, 302, 302]),
    ("amend", "get", ["login", 200, 200, 200, 200]),
    ("amend", "post", ["login", 302, 302, 302, 302]),
    ("amend_text", "get", ["login", 200, 200, 200, 200]),
    ("amend_text", "post", ["login", 302, 302, 302, 302]),
    ("edit_amendment", "get", ["login", 404, 200, 404, 404]),
    ("edit_amendment", "post", ["login", 404, 302, 404, 404]),
    ("draft", "get", [404, 404, 302, 404, 404]),
    ("amendment", "get", [200, 200, 200, 200, 200]),
    ("amendment", "post", ["login", 302, 302, 302, 302]),
    ("amendments", "get", [200, 200, 200, 200, 200]),
    ("amendments", "post", [405, 405, 405, 405, 405]),
    ("my_amendments", "get", ["login", 200, 200, 200, 200]),
    ("give_opinion", "get", ["login", 405, 405, 405, 405]),
    ("give_opinion", "post", ["login", 302, 403, 302, 302]),
    ("withdraw_amendment", "get", ["login", 405, 405, 405, 405]),
    ("withdraw_amendment", "post", ["login", 403, 302, 403, 403]),
    ("hide_comment", "get", ["login", 405, 405, 405, 405]),
    ("hide_comment", "post", ["login", 403, 403, 403, 302]),
]


@pytest.mark.parametrize("role", roles)
@pytest.mark.parametrize(("name", "method", "answers"), PERMISSIONS)
def test_each_role_may_do_what_the_table_says(
    client, people, text, clause, proposed, role, name, method, answers
):
    said = verbs.comment(people.author, clause, "Quel délai ?")
    own = draft(people.author, clause, text="Un brouillon.")
    about = {
        "clause": clause.translation_key,
        "amend": clause.translation_key,
        "amend_text": text.pk,
        "amendments": text.pk,
        "edit_amendment": own.pk,
        "draft": own.pk,
        "hide_comment": said.pk,
        "my_amendments": None,
    }.get(name, proposed.pk)
    address = url("amendment" if name == "draft" else name, *([about] if about else []))
    if role != ANONYMOUS:
        client.force_login(getattr(people, role))
    sent = {"text": "Mes mots.", "reason": "Voilà.", "quote": "", "opinion": "support"}
    response = getattr(client, method)(address, sent if method == "post" else {})
    expected = answers[roles.index(role)]
    if expected == "login":
        assert response.status_code == 302
        assert "login" in response.url
        assert "next=" in response.url
    else:
        assert response.status_code == expected
        assert "login" not in response.headers.get("Location", "")


def test_every_write_needs_the_token_of_its_form(people, text, clause, proposed):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.member)
    for name, about in (
        ("clause", clause.translation_key),
        ("amend", clause.translation_key),
        ("amendment", proposed.pk),
        ("give_opinion", proposed.pk),
        ("withdraw_amendment", proposed.pk),
    ):
        assert client.post(url(name, about), {}).status_code == 403
    assert not Opinion.objects.exists()


@both_languages
def test_text_of_a_page_that_is_not_public_shows_nothing(client, text, clause, proposed, language):
    RecommendationPage.objects.update(live=False)
    for name, about in (
        ("clause", clause.translation_key),
        ("amendment", proposed.pk),
        ("amendments", text.pk),
    ):
        assert client.get(url(name, about, language=language)).status_code == 404


# On the page of the text


@both_languages
def test_page_tells_what_is_open_and_asks_the_visitor_to_sign_in(client, text, clause, language):
    html = soup(client.get(page_url(text, language)))
    part = html.select_one("#participation").find_parent("section")
    sign_in = part.select_one("a[href*='next=']")
    assert f"/{language}/accounts/login/" in sign_in["href"]
    assert part.select_one("strong")
    links = {a["href"] for a in html.select(f"#{clause.anchor} a")}
    assert url("amend", clause.translation_key, language=language) in links
    assert url("clause", clause.translation_key, language=language) in links
    assert f"#{clause.anchor}" in links


def test_page_leads_each_to_what_they_can_do(client, people, text, clause):
    draft(people.author, clause)
    new, mine, desk = url("amend_text", text.pk), url("my_amendments"), url("desk", text.pk)
    for user, shown in (
        (people.member, {new}),
        (people.author, {new, mine}),
        (people.rapporteur, {new, desk}),
    ):
        client.force_login(user)
        html = soup(client.get(page_url(text)))
        part = html.select_one("#participation").find_parent("section")
        assert {a["href"] for a in part.select("a")} == shown


def test_closed_text_offers_no_amendment(client, people, text, clause, proposed):
    Recommendation.objects.update(closes_at=timezone.now())
    client.force_login(people.member)
    for address in (page_url(text), url("clause", clause.translation_key)):
        assert not soup(client.get(address)).select("a[href*='/amend/']")


@both_languages
def test_clause_credits_those_whose_words_it_has_taken(client, people, text, clause, language):
    accept(people, propose(people.author, clause))
    added = propose(people.author, clause, kind=Kind.ADD, clause=None, after=clause)
    accept(people, added)
    html = soup(client.get(page_url(text, language)))
    for version in text.text()[:2]:
        item = html.select_one(f"#{version.clause.anchor}")
        credit = item.select_one("a[href*='/amendments/']")
        assert credit.get_text() == ("Amina" if language == "fr" else "Amina بالعربية")


@both_languages
def test_name_stays_credited_when_the_account_is_gone(client, people, text, clause, language):
    amendment = propose(people.author, clause)
    accept(people, amendment)
    verbs.comment(people.author, clause, "Merci à tous.")
    people.author.delete()
    for address in (
        page_url(text, language),
        url("clause", clause.translation_key, language=language),
        url("amendment", amendment.pk, language=language),
        url("amendments", text.pk, language=language),
    ):
        assert "Amina" in soup(client.get(address)).main.get_text()


def test_language_that_has_not_followed_is_marked(client, people, text, clause):
    accept(people, propose(people.author, clause))
    marked = {
        language: bool(
            soup(client.get(page_url(text, language))).select(f"#{clause.anchor} .ess-lag")
        )
        for language in ("fr", "ar")
    }
    assert marked == {"fr": False, "ar": True}


# The page of a clause


@both_languages
def test_clause_is_shown_in_both_languages_the_reader_s_first(client, clause, language):
    html = soup(client.get(url("clause", clause.translation_key, language=language)))
    shown = [(one["lang"], one["dir"]) for one in html.select(".ess-wording .ess-prose")]
    expected = [("fr", "ltr"), ("ar", "rtl")]
    assert shown == (expected if language == "fr" else expected[::-1])


def test_rivals_stand_beside_each_other_as_differences(client, people, clause, proposed):
    propose(people.member, clause, language="ar", heading="عربي Clause 1", text="نص آخر.")
    html = soup(client.get(url("clause", clause.translation_key)))
    first, second = html.select(".ess-side-by-side > li .ess-difference")
    assert (first["lang"], second["lang"], second["dir"]) == ("fr", "ar", "rtl")
    for added in first.select("ins"):
        added.extract()
    assert first.get_text().split() == ["Clause", "1", "Texte", "de", "Clause", "1."]
    assert first.select("del")
    assert not html.select(".ess-conflict")


def test_conflict_is_shown_with_the_text_as_it_is_now(client, people, clause, proposed):
    late = propose(people.member, clause, text="Tout autre chose.")
    accept(people, proposed)
    html = soup(client.get(url("clause", clause.translation_key)))
    card = html.select_one(f"#{late.anchor}")
    assert card.select_one(".ess-conflict")
    then, now = card.select(".ess-difference")
    assert "plus clair" not in then.get_text()
    assert "plus clair" in now.get_text()
    assert html.select_one(f"#{proposed.anchor} .ess-decision")


def test_struck_clause_keeps_its_page(client, people, clause):
    accept(people, propose(people.author, clause, kind=Kind.STRIKE, heading="", text=""))
    response = client.get(url("clause", clause.translation_key))
    assert response.status_code == 200
    assert not soup(response).select("a[href*='/amend/']")


@both_languages
def test_member_comments_on_some_words_of_a_clause(as_member, clause, language):
    address = url("clause", clause.translation_key, language=language)
    sent = {"quote": "« Texte de Clause 1 »", "text": "Quel\r\ndélai ?"}
    response = as_member.post(address, sent)
    said = Comment.objects.get()
    assert response.url == f"{address}#comment-{said.pk}"
    assert (said.quote, said.text) == ("Texte de Clause 1", "Quel\ndélai ?")
    as_member.post(address, sent)
    assert Comment.objects.count() == 1
    assert soup(as_member.get(address)).select_one(f"#comment-{said.pk} blockquote")


@pytest.mark.parametrize(
    "sent",
    [
        {"quote": "des mots d’ailleurs", "text": "Ce que j’ai écrit."},
        {"quote": "Ce que j’ai écrit.", "text": ""},
    ],
)
def test_comment_that_cannot_be_kept_stays_in_its_form(as_member, clause, sent):
    response = as_member.post(url("clause", clause.translation_key), sent)
    assert response.status_code == 422
    assert "Ce que j’ai écrit." in soup(response).select_one("#say").decode()
    assert soup(response).select("#say .errorlist")
    assert not Comment.objects.exists()


def test_settled_text_is_not_talked_about_any_more(as_member, text, clause):
    Recommendation.objects.update(state=Recommendation.State.VALIDATED)
    address = url("clause", clause.translation_key)
    assert not soup(as_member.get(address)).select("#say")
    response = as_member.post(address, {"text": "Trop tard ?"})
    assert response.status_code == 422
    assert not Comment.objects.exists()


def test_editor_hides_a_comment_and_its_words_are_gone(client, people, clause, proposed):
    for about, name, key in (
        (clause, "clause", clause.translation_key),
        (proposed, "amendment", proposed.pk),
    ):
        said = verbs.comment(people.author, about, "Des injures.", quote="plus clair")
        client.force_login(people.member)
        assert "Des injures." in client.get(url(name, key)).content.decode()
        assert not soup(client.get(url(name, key))).select("form[action*='/hide/']")
        client.force_login(people.editor)
        response = client.post(url("hide_comment", said.pk))
        assert response.url == url(name, key)
        assert "Des injures." not in client.get(url(name, key)).content.decode()
    actions = ModelLogEntry.objects.filter(action="ess_pages.hide_comment")
    assert actions.count() == 2


def test_hidden_comments_are_not_counted(client, people, text, clause):
    said = verbs.comment(people.author, clause, "Des injures.")
    verbs.comment(people.member, clause, "Quel délai ?")
    verbs.hide_comment(people.editor, said)
    link = soup(client.get(page_url(text))).select_one(
        f"#{clause.anchor} a[href='{url('clause', clause.translation_key)}']"
    )
    assert [int(word) for word in link.get_text().split() if word.isdigit()][:2] == [0, 1]


# Writing an amendment


@both_languages
def test_form_begins_with_the_words_of_the_clause(as_member, clause, language):
    other = "ar" if language == "fr" else "fr"
    for shown in (language, other):
        address = url("amend", clause.translation_key, language=language)
        response = as_member.get(address, {} if shown == language else {"language": shown})
        html = soup(response)
        heading = {"fr": "Clause 1", "ar": "عربي Clause 1"}
        assert html.select_one("[name=heading]")["value"] == heading[shown]
        assert html.select_one("[name=text]")["dir"] == ("rtl" if shown == "ar" else "ltr")
        beside = "ar" if shown == "fr" else "fr"
        assert html.select_one(f".ess-reference [lang={beside}]")


KINDS = [
    ("change", {"heading": "Titre", "text": "Un\r\ntexte."}),
    ("add", {"heading": "Titre", "text": "Un\r\ntexte."}),
    ("move", {}),
    ("strike", {}),
]


@both_languages
@pytest.mark.parametrize(("kind", "words"), KINDS)
def test_member_proposes_each_kind(as_member, people, text, clause, kind, words, language):
    second = text.text()[1].clause
    if kind == "add":
        address = url("amend_text", text.pk, language=language)
    else:
        address = url("amend", clause.translation_key, language=language) + f"?kind={kind}"
    sent = typed(as_member, address, **words, reason="Parce que.", propose="1")
    if kind in ("add", "move"):
        sent["after"] = str(second.pk)
    response = as_member.post(address, sent)
    amendment = Amendment.objects.get()
    assert response.url == url("amendment", amendment.pk, language=language)
    assert (amendment.state, amendment.kind, amendment.author) == (
        State.PROPOSED,
        kind,
        people.member,
    )
    assert amendment.language == language
    assert amendment.after == (second if kind in ("add", "move") else None)
    assert amendment.text == words.get("text", "").replace("\r\n", "\n")
    assert as_member.get(response.url).status_code == 200
    assert ModelLogEntry.objects.filter(action="ess_pages.propose_amendment").count() == 1


@pytest.mark.parametrize("kind", ["add", "", "rewrite"])
def test_kind_that_a_clause_does_not_take_leads_nowhere(as_member, clause, kind):
    address = url("amend", clause.translation_key) + f"?kind={kind}"
    assert as_member.get(address).status_code == 404


def test_draft_is_kept_resumed_and_proposed(as_member, people, clause):
    address = url("amend", clause.translation_key)
    response = as_member.post(address, typed(as_member, address, text="À demi", save="1"))
    kept = Amendment.objects.get()
    assert response.url == url("edit_amendment", kept.pk)
    assert (kept.state, kept.text) == (State.DRAFT, "À demi")
    assert "À demi" in as_member.get(url("my_amendments")).content.decode()
    assert "À demi" not in as_member.get(url("clause", clause.translation_key)).content.decode()

    sent = typed(as_member, response.url, text="Tout entier.", reason="Oui.", propose="1")
    response = as_member.post(response.url, sent)
    assert response.url == url("amendment", kept.pk)
    assert Amendment.objects.get().state == State.PROPOSED


@pytest.mark.parametrize("button", ["save", "propose"])
def test_second_click_makes_no_second_amendment(as_member, clause, button):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Autre.", reason="Oui.") | {button: "1"}
    urls = {as_member.post(address, sent).url for _click in range(2)}
    assert len(urls) == 1
    assert Amendment.objects.count() == 1


def test_second_click_on_a_draft_proposes_it_once(as_member, people, clause):
    kept = draft(people.member, clause)
    address = url("edit_amendment", kept.pk)
    sent = typed(as_member, address, propose="1")
    assert {as_member.post(address, sent).url for _click in range(2)} == {url("amendment", kept.pk)}
    assert ModelLogEntry.objects.filter(action="ess_pages.propose_amendment").count() == 1


def test_draft_that_arrives_late_does_not_take_a_proposal_back(people, clause):
    kept = draft(people.member, clause)
    late = Amendment.objects.get(pk=kept.pk)
    verbs.propose_amendment(people.member, kept)
    assert verbs.save_amendment(people.member, late).state == State.PROPOSED
    late.text = "Des mots de plus."
    with pytest.raises(ValidationError):
        verbs.save_amendment(people.member, late)
    assert Amendment.objects.get().state == State.PROPOSED


def test_words_sent_after_the_proposal_are_shown_not_lost(as_member, people, clause):
    kept = draft(people.member, clause)
    address = url("edit_amendment", kept.pk)
    sent = typed(as_member, address, text="Des mots de plus.", save="1")
    verbs.propose_amendment(people.member, kept)
    response = as_member.post(address, sent)
    assert response.status_code == 409
    assert "Des mots de plus." in response.content.decode()
    assert "Des mots" not in Amendment.objects.get().text


def test_unfinished_proposal_is_kept_as_a_draft_and_says_what_is_missing(as_member, clause):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Des mots neufs.", reason="", propose="1")
    response = as_member.post(address, sent)
    kept = Amendment.objects.get()
    html = soup(response)
    assert response.status_code == 422
    assert kept.state == State.DRAFT
    assert html.select_one("form[data-draft]")["action"] == url("edit_amendment", kept.pk)
    assert html.select_one("[name=text]").get_text().strip() == "Des mots neufs."
    assert html.select_one("[name=reason]").find_parent(class_="ess-field-wrong")


@pytest.mark.parametrize("button", ["save", "propose", "preview", "language"])
def test_what_was_typed_stays_when_the_text_closes_meanwhile(as_member, clause, button):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Des mots neufs.", reason="Oui.")
    sent[button] = "ar" if button == "language" else "1"
    Recommendation.objects.update(closes_at=timezone.now())
    response = as_member.post(address, sent)
    assert response.status_code == (200 if button == "preview" else 409)
    assert soup(response).select_one("[name=text]").get_text().strip() == "Des mots neufs."
    assert not Amendment.objects.exists()


def test_draft_can_be_read_when_the_text_has_closed(as_member, people, clause):
    kept = draft(people.member, clause)
    Recommendation.objects.update(closes_at=timezone.now())
    response = as_member.get(url("edit_amendment", kept.pk))
    assert response.status_code == 200
    assert kept.text in response.content.decode()


def test_nothing_is_begun_on_a_text_that_is_closed(as_member, text, clause):
    Recommendation.objects.update(closes_at=timezone.now())
    back = url("clause", clause.translation_key)
    assert as_member.get(url("amend", clause.translation_key)).url == back
    assert as_member.get(url("amend_text", text.pk)).url == page_url(text)


def test_preview_shows_the_difference_and_keeps_nothing(as_member, clause):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Texte de Clause 1 et 2.", preview="1")
    response = as_member.post(address, sent)
    assert response.status_code == 200
    assert soup(response).select_one("#preview ~ div ins").get_text().strip() == "et 2"
    assert not Amendment.objects.exists()


def test_other_language_starts_from_its_own_clause_and_keeps_what_was_written(as_member, clause):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Des mots neufs.", language="ar")
    response = as_member.post(address, sent)
    assert Amendment.objects.get().text == "Des mots neufs."
    html = soup(as_member.get(response.url))
    assert html.select_one("[name=heading]")["value"] == "عربي Clause 1"


def test_other_language_without_a_word_written_keeps_no_draft(as_member, clause):
    address = url("amend", clause.translation_key)
    response = as_member.post(address, typed(as_member, address, language="ar"))
    assert response.status_code == 302
    assert not Amendment.objects.exists()


def test_clause_that_changes_while_one_writes_is_a_conflict(as_member, people, clause, proposed):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="Mes mots à moi.", reason="Oui.", save="1")
    accept(people, proposed)
    edit_url = as_member.post(address, sent).url
    html = soup(as_member.get(edit_url))
    assert html.select(".ess-conflict")
    latest = html.select_one("input[type=checkbox][name=seen]")["value"]

    as_member.post(edit_url, typed(as_member, edit_url, save="1"))
    assert soup(as_member.get(edit_url)).select(".ess-conflict")
    as_member.post(edit_url, typed(as_member, edit_url, seen=latest, save="1"))
    assert not soup(as_member.get(edit_url)).select(".ess-conflict")
    assert Amendment.objects.get(author=people.member).text == "Mes mots à moi."


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/fr/recommandations/", "/fr/recommandations/"),
        ("http://testserver/fr/forum/1/?page=2#post-3", "/fr/forum/1/?page=2#post-3"),
        ("https://example.org/forum/", None),
        ("//example.org/forum/", None),
        ("javascript:alert(1)", None),
        ("forum", None),
    ],
)
def test_discussion_is_a_page_of_this_very_site(as_member, clause, address, kept):
    form = url("amend", clause.translation_key)
    sent = typed(as_member, form, text="Autre.", discussion=address, save="1")
    response = as_member.post(form, sent)
    if kept is None:
        assert response.status_code == 422
        assert soup(response).select_one("[name=discussion]")["value"] == address
        assert not Amendment.objects.exists()
    else:
        assert Amendment.objects.get().discussion == kept


def test_address_elsewhere_is_refused_by_the_action_too(people, clause):
    for address in ("https://example.org/", "//example.org/", "/\\example.org"):
        with pytest.raises(ValidationError):
            draft(people.member, clause, discussion=address)


def test_script_keeps_a_draft_and_is_told_where(as_member, clause):
    address = url("amend", clause.translation_key)
    sent = typed(as_member, address, text="À demi", save="1")
    headers = {"Accept": "application/json"}
    response = as_member.post(address, sent, headers=headers)
    kept = Amendment.objects.get()
    assert response.json() == {"url": url("edit_amendment", kept.pk)}
    sent["text"] = "À demi, puis plus"
    as_member.post(response.json()["url"], sent, headers=headers)
    assert Amendment.objects.get().text == "À demi, puis plus"
    Recommendation.objects.update(closes_at=timezone.now())
    response = as_member.post(response.json()["url"] or "", sent, headers=headers)
    assert response.status_code == 409
    assert response.json()["error"]


def test_author_withdraws_and_deletes_and_a_second_click_does_no_harm(as_member, people, clause):
    kept = draft(people.member, clause)
    shown = propose(people.member, clause, text="Autre.")
    for amendment in (kept, shown):
        for _click in range(2):
            response = as_member.post(url("withdraw_amendment", amendment.pk))
            assert response.url == url("my_amendments")
    assert list(Amendment.objects.all()) == [shown]
    shown.refresh_from_db()
    assert shown.state == State.WITHDRAWN


@pytest.mark.parametrize("verb", ["keep_draft", "amend", "give_opinion", "comment"])
def test_too_many_attempts_are_refused_and_lose_nothing(
    as_member, clause, proposed, monkeypatch, verb
):
    monkeypatch.setitem(RATES, verb, "0/hour")
    words = {"text": "Ce que j’ai écrit.", "reason": "Voilà pourquoi.", "quote": ""}
    if verb == "comment":
        response = as_member.post(url("clause", clause.translation_key), words)
    elif verb == "give_opinion":
        response = as_member.post(url(verb, proposed.pk), words | {"opinion": "oppose"})
    else:
        response = as_member.post(url("amend", clause.translation_key), words | {"propose": "1"})
    assert response.status_code == 429
    typed_word = "Voilà pourquoi." if verb == "give_opinion" else "Ce que j’ai écrit."
    assert typed_word in response.content.decode()
    assert not Comment.objects.exists()
    assert not Opinion.objects.exists()
    assert not Amendment.objects.filter(author__email="membre@example.org", state="proposed")


# Weighing


@both_languages
def test_member_supports_opposes_and_takes_it_back(as_member, people, proposed, language):
    address = url("give_opinion", proposed.pk, language=language)
    shown = url("amendment", proposed.pk, language=language)
    for _click in range(2):
        response = as_member.post(address, {"opinion": "support"})
    assert response.url == f"{shown}#opinions"
    assert Opinion.objects.get().is_support
    as_member.post(address, {"opinion": "oppose", "reason": "Trop long."})
    assert not Opinion.objects.get().is_support
    assert "Trop long." in as_member.get(shown).content.decode()
    as_member.post(address, {"opinion": "take_back"})
    assert not Opinion.objects.exists()


def test_opposition_needs_a_reason(as_member, proposed):
    response = as_member.post(url("give_opinion", proposed.pk), {"opinion": "oppose"})
    html = soup(response)
    assert response.status_code == 422
    assert html.select(".ess-oppose[open] .errorlist")
    assert not html.select("#say .errorlist")
    assert not Opinion.objects.exists()


def test_opinion_that_is_none_leads_nowhere(as_member, proposed):
    for sent in ({}, {"opinion": "maybe"}):
        assert as_member.post(url("give_opinion", proposed.pk), sent).status_code == 404


def test_decided_amendment_takes_no_opinion(as_member, people, proposed):
    verbs.decline_amendment(people.rapporteur, proposed, "Hors sujet.")
    html = soup(as_member.get(url("amendment", proposed.pk)))
    assert "Hors sujet." in html.select_one(".ess-decision").get_text()
    assert not html.select("form[action*='/opinion/']")
    response = as_member.post(url("give_opinion", proposed.pk), {"opinion": "support"})
    assert response.status_code == 409


def test_amendment_of_a_withdrawn_text_takes_neither_opinion_nor_decision(
    as_member, people, proposed
):
    verbs.give_opinion(people.member, proposed, True)
    road.withdraw_recommendation(people.editor, proposed.recommendation, "Sans objet.")
    for sent in ({"opinion": "oppose", "reason": "Trop tard."}, {"opinion": "take_back"}):
        assert as_member.post(url("give_opinion", proposed.pk), sent).status_code == 422
    assert Opinion.objects.get().is_support
    html = soup(as_member.get(url("amendment", proposed.pk)))
    assert not html.select("form[action*='/opinion/']")
    as_member.force_login(people.rapporteur)
    html = soup(as_member.get(url("amendment", proposed.pk)))
    assert not html.select(f"a[href='{url('decide_amendment', proposed.pk)}']")


@pytest.mark.parametrize("name", ["text", "reason"])
def test_words_that_nobody_sees_are_none(as_member, clause, name):
    sent = {"heading": "Clause 1", "text": "Autre texte.", "reason": "Plus clair."}
    sent |= {name: "\u200f\u00a0\u200b\ufeff\u00ad", "propose": "1"}
    response = as_member.post(url("amend", clause.translation_key), sent)
    assert response.status_code == 422
    assert response.context["form"].has_error(name)
    assert Amendment.objects.get().state == State.DRAFT


def test_rapporteur_is_led_to_the_decision(client, people, proposed):
    address = url("decide_amendment", proposed.pk)
    for user, shown in ((people.member, 0), (people.rapporteur, 1)):
        client.force_login(user)
        html = soup(client.get(url("amendment", proposed.pk)))
        assert len(html.select(f"a[href='{address}']")) == shown


@both_languages
def test_amendments_are_listed_by_state_and_clause(client, people, text, clause, language):
    second = text.text()[1].clause
    one = propose(people.author, clause)
    two = propose(people.author, second, text="Autre.")
    verbs.decline_amendment(people.rapporteur, two, "Non.")
    draft(people.author, clause, text="Un brouillon.")
    address = url("amendments", text.pk, language=language)

    def listed(**asked):
        html = soup(client.get(address, asked))
        return [item["id"] for item in html.select(".ess-amendment")]

    assert listed() == [one.anchor, two.anchor]
    assert listed(state="declined") == [two.anchor]
    assert listed(clause=clause.pk) == [one.anchor]
    assert listed(clause=clause.pk, state="declined") == []
    assert listed(clause="x", state="draft") == [one.anchor, two.anchor]


# Queries


def busy(people, text, clauses: int) -> None:
    """Have members say more, of as many clauses more."""
    after = text.text()[-1].clause
    f.write_clauses(text, *(f"Nouvelle {n}" for n in range(clauses)))
    for version in text.text():
        amendment = propose(people.author, version.clause, text=f"Autre {version.pk}.", after=after)
        verbs.give_opinion(people.member, amendment, True)
        verbs.give_opinion(f.UserFactory(), amendment, False, "Non.")
        verbs.comment(people.member, version.clause, "Oui.")
        verbs.comment(f.UserFactory(), amendment, "Oui.")
    first = text.text()[0].clause
    for n in range(clauses):
        rival = propose(people.author, first, text=f"Rivale {n}.")
        verbs.give_opinion(f.UserFactory(), rival, False, "Non.")
        verbs.comment(f.UserFactory(), first, f"Oui {n}.")
        verbs.comment(f.UserFactory(), rival, f"Oui {n}.")


@pytest.mark.parametrize("role", [ANONYMOUS, MEMBER, EDITOR])
def test_queries_do_not_grow_with_what_is_said(client, people, text, clause, proposed, role):
    if role != ANONYMOUS:
        client.force_login(getattr(people, role))
    verbs.give_opinion(people.member, proposed, True)
    verbs.comment(people.member, clause, "Un.")
    verbs.comment(people.member, proposed, "Un.")
    draft(people.member, clause, text="Un brouillon.")
    addresses = [
        page_url(text),
        url("clause", clause.translation_key),
        url("amendment", proposed.pk),
        url("amendments", text.pk),
    ]
    if role != ANONYMOUS:
        addresses += [
            url("amend", clause.translation_key),
            url("amend_text", text.pk),
            url("my_amendments"),
        ]

    def count() -> dict[str, int]:
        numbers = {}
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            numbers[address] = len(queries)
        return numbers

    few = count()
    busy(people, text, 6)
    assert count() == few


# Mails


def test_participants_with_an_account_are_told_that_a_text_is_open(
    tree, people, run_tasks, django_capture_on_commit_callbacks
):
    text = tree["recommendation"].recommendation
    UserProfile.objects.create(user=people.author, preferred_language="ar")
    gone = f.UserFactory(is_active=False)
    f.ParticipantFactory(user=gone)
    f.ParticipantFactory()
    road.open_amendments(people.rapporteur, text, timezone.now() + TOMORROW)
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {people.author.email, people.rapporteur.email}
    for user, language in ((people.author, "ar"), (people.rapporteur, "fr")):
        letter = letters[user.email]
        assert f"http://testserver{page_url(text, language)}" in letter.body
        for version in text.text():
            amend = url("amend", version.clause.translation_key, language=language)
            assert f"http://testserver{amend}" in letter.body
            assert version.wording(language).heading in letter.body
        assert f'lang="{language}"' in letter.alternatives[0][0]


def test_opening_costs_the_same_however_many_are_told(tree, people):
    text = tree["recommendation"].recommendation

    def opening() -> int:
        Recommendation.objects.update(state=Recommendation.State.DRAFT)
        with CaptureQueriesContext(connection) as queries:
            road.open_amendments(people.rapporteur, text, timezone.now() + TOMORROW)
        return len(queries)

    opening()
    few = opening()
    for _n in range(20):
        f.ParticipantFactory(user=f.UserFactory())
    assert opening() == few


def test_text_that_has_closed_again_is_announced_to_nobody(text, run_tasks):
    from ess_pages.announcements import announce_opening

    Recommendation.objects.update(closes_at=timezone.now())
    announce_opening.enqueue(text.pk)
    assert mail.outbox == []


@both_languages
def test_author_is_told_of_the_decision(people, text, clause, run_tasks, language):
    amendment = propose(people.author, clause, language=language, heading="", text="Voilà & autre.")
    last = text.versions.last().number
    words = {language: Wording("", "Voilà & autre.")}
    verbs.accept_amendment(people.rapporteur, amendment, "Juste & bref.", last, words)
    [letter] = mail.outbox
    assert letter.to == [people.author.email]
    assert "Juste & bref." in letter.body
    assert f"http://testserver{url('amendment', amendment.pk, language=language)}" in letter.body
    assert f"http://testserver{page_url(text, language)}#{clause.anchor}" in letter.body
