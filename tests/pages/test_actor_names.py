"""An actor is found by what somebody types of its name, in a form and while it is being typed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from ess_pages.actor_names import LIMIT
from ess_pages.forms.actors import ActorField
from tests import factories as f

both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


@pytest.fixture
def section(home):
    return f.ActorIndexPageFactory(parent=home)


@pytest.fixture
def actor(section):
    """An actor with a page in each language."""
    actor = f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    f.translate(actor.get_parent().specific)
    arabic = f.translate(actor)
    arabic.title = "تعاونية النّور"
    arabic.save()
    return actor


def asked_while_typing(client, words: str, language: str = "fr") -> dict:
    with override(language):
        return client.get(reverse("ess_pages:suggest_actors"), {"q": words}).json()


def names(client, words: str, language: str = "fr") -> list[str]:
    return [each["name"] for each in asked_while_typing(client, words, language)["actors"]]


def clean(text: str, key: object = ""):
    return ActorField(required=False).clean({"text": text, "key": str(key)})


WORDS = ["cooperative", "ENNOUR coop", "ennour", "تعاونيه", "النور", "نور"]


@both_languages
@pytest.mark.parametrize("words", WORDS)
def test_actor_is_found_in_either_script_once_in_the_readers(client, actor, words, language):
    shown = "Coopérative Ennour" if language == "fr" else "تعاونية النّور"
    assert names(client, words, language) == [shown]


@pytest.mark.parametrize("words", ["", " ", "e", "…", "\0", "tassili", "%", "%o%", "_" * 9])
def test_nothing_is_found_by_too_little_or_by_something_else(client, actor, words):
    assert names(client, words) == []


def test_drafts_and_private_pages_are_not_found(client, actor):
    for page in actor.get_translations(inclusive=True):
        page.unpublish()
    assert names(client, "ennour") == []
    assert clean("") is None
    with pytest.raises(ValidationError) as error:
        clean("Coopérative Ennour", actor.translation_key)
    assert error.value.code == "unknown"


def test_those_that_begin_so_come_first(client, section):
    for title in ("Amis de la poterie", "Poterie de Béjaïa"):
        f.ActorPageFactory(parent=section, title=title)
    assert names(client, "poterie") == ["Poterie de Béjaïa", "Amis de la poterie"]


@pytest.mark.parametrize("number", [1, 40])
def test_answer_is_short_and_costs_the_same_however_many_actors_there_are(client, section, number):
    for each in range(number):
        f.ActorPageFactory(parent=section, title=f"Association des apiculteurs {each}")
    asked_while_typing(client, "apiculteurs")
    with CaptureQueriesContext(connection) as queries:
        answer = asked_while_typing(client, "apiculteurs")
    assert len(queries) <= 4, [query["sql"] for query in queries]
    assert len(answer["actors"]) == min(number, LIMIT)
    assert answer["has_more"] is (number > LIMIT)


def test_asking_without_end_is_throttled(client, actor, monkeypatch):
    monkeypatch.setattr("ess_pages.views.actors.is_throttled", lambda *args: True)
    answer = client.get(reverse("ess_pages:suggest_actors"), {"q": "ennour"})
    assert (answer.status_code, answer.json()["actors"]) == (429, [])


@both_languages
@pytest.mark.parametrize("text", ["COOPERATIVE  ennour", "تعاونيه النور"])
def test_whole_name_in_either_script_is_enough(actor, text, language):
    with override(language):
        found = clean(text)
    assert found.translation_key == actor.translation_key
    assert found.locale.language_code == language


def test_part_of_a_name_asks_which(actor):
    field = ActorField(required=False)
    with pytest.raises(ValidationError) as error:
        field.clean({"text": "ennour", "key": ""})
    assert error.value.code == "several"
    assert [each.pk for each in field.widget.found.actors] == [actor.pk]
    html = field.widget.render("organisation", {"text": "ennour", "key": ""}, {"id": "id_o"})
    assert 'value="ennour"' in html
    assert f'name="organisation_key" value="{actor.translation_key}"' in html
    assert clean("ennour", actor.translation_key) == actor


def test_namesakes_are_told_apart(section):
    one, other = (
        f.ActorPageFactory(parent=section, title="El Amel", locality=place)
        for place in ("Oran", "Béjaïa")
    )
    field = ActorField(required=False)
    with pytest.raises(ValidationError) as error:
        field.clean({"text": "el amel", "key": ""})
    assert error.value.code == "several"
    html = field.widget.render("o", {"text": "el amel", "key": ""})
    assert "Oran" in html
    assert "Béjaïa" in html
    assert clean("el amel", other.translation_key) == other
    assert clean("el amel", one.translation_key) == one


@pytest.mark.parametrize("key", ["x", "00000000-0000-0000-0000-000000000000"])
def test_choice_that_the_text_does_not_name_is_passed_over(actor, key):
    other = f.ActorPageFactory(parent=actor.get_parent(), title="Tassili")
    for chosen in (key, other.translation_key):
        assert clean("coopérative ennour", chosen) == actor


def test_what_is_kept_is_shown_and_sent_back(actor):
    namesake = f.ActorPageFactory(parent=actor.get_parent(), title=actor.title)
    field = ActorField(required=False)
    for kept in (actor, namesake):
        value = ActorField.value_of(kept)
        html = field.widget.render("o", value)
        assert f'type="hidden" name="o_kept" value="{kept.translation_key}"' in html
        sent = {"o": value["text"], "o_kept": str(value["kept"])}
        assert field.clean(field.widget.value_from_datadict(sent, {}, "o")) == kept
    assert ActorField.value_of(None) is None


def test_part_of_another_name_does_not_keep_what_was(actor):
    value = {"text": "ennour", "key": "", "kept": str(actor.translation_key)}
    with pytest.raises(ValidationError):
        ActorField(required=False).clean(value)


def test_what_was_typed_is_escaped(db):
    html = ActorField().widget.render("o", {"text": '"><script>', "kept": '"><b>'})
    assert "<script>" not in html
    assert "<b>" not in html
