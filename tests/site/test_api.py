"""The read API gives what the pages show."""

import pytest

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
