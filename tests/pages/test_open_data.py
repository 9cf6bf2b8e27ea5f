"""The directories as open data: CSV, XLSX, GeoJSON and JSON-LD; recommendations: JSON too."""

import csv
import json
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from ess_pages import models
from ess_pages.actions import amendments as verbs
from ess_pages.open_data.cells import as_written, neutral
from ess_pages.open_data.columns import ACTOR_COLUMNS, COLUMNS
from ess_pages.open_data.road_tables import TABLES
from tests import factories
from tests.road import Walk, institution

FORMATS = ["csv", "xlsx", "geojson", "jsonld"]


@pytest.fixture
def fetch(client, entries):
    """A function that downloads a directory, and returns the response and its content."""

    def fetch(query: str, name: str = "actors", language: str = "fr"):
        page = entries[name].get_translations(inclusive=True).get(locale__language_code=language)
        response = client.get(page.url + query)
        assert response.status_code == 200
        return response, b"".join(response.streaming_content)

    return fetch


@pytest.fixture
def rows(fetch):
    """A function that downloads a directory as CSV, and returns its rows by their headings."""

    def rows(*args, **kwargs) -> list[dict[str, str]]:
        _response, content = fetch(*args, **kwargs)
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))

    return rows


def workbook(content: bytes):
    return load_workbook(BytesIO(content))


def titles(content: bytes, extension: str) -> list[str]:
    if extension == "csv":
        return [row["nom"] for row in csv.DictReader(StringIO(content.decode("utf-8-sig")))]
    if extension == "xlsx":
        sheet = workbook(content).worksheets[0]
        return [row[2].value for row in sheet.iter_rows(min_row=2)]
    data = json.loads(content)
    if extension == "geojson":
        return [feature["properties"]["title"] for feature in data["features"]]
    return [item["name"] for item in data["mainEntity"]["itemListElement"]]


# The list


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Atelier des tisserandes", "Banque solidaire", "École ouverte", "Union d’ailleurs"]),
        ("&language=fr&sector=crafts&sort=new", ["Atelier des tisserandes", "Union d’ailleurs"]),
        ("&q=النساجات&page=7&view=map", ["Atelier des tisserandes"]),
        ("&country=it", []),
    ],
)
def test_file_holds_the_entries_that_are_asked_for(fetch, extension, query, names):
    _response, content = fetch(f"?format={extension}{query}")
    assert [title for title in titles(content, extension) if title != "نادي الواحة"] == names


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(("language", "name"), [("fr", "acteurs"), ("ar", "الفاعلون")])
def test_file_is_named_with_its_day_in_its_language(fetch, extension, language, name):
    from urllib.parse import quote

    response, _content = fetch(f"?format={extension}", language=language)
    day = timezone.localdate().isoformat()
    assert quote(f"{name}-{day}.{extension}") in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Language"] == language


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("name", ["actors", "practices"])
def test_queries_do_not_grow_with_the_entries(fetch, entries, eight_more, extension, name):
    few = _count_queries(lambda: fetch(f"?format={extension}", name))
    eight_more.write()
    assert _count_queries(lambda: fetch(f"?format={extension}", name)) <= few


@pytest.fixture(scope="module")
def eight_more(make_content, _entries):
    """Eight more actors and practices."""
    return make_content(lambda: _add_entries(_entries.pages()), _entries)


def _add_entries(entries) -> None:
    weavers = models.ActorPage.objects.get(pk=entries["weavers"].pk)
    for number in range(8):
        factories.ActorPageFactory(
            parent=entries["actors"],
            title=f"Acteur {number}",
            sectors=list(weavers.sectors.all()),
            links=[models.ActorLink(title="Lien", url="https://example.org/")],
            networks=[models.NetworkMembership(network=weavers)],
        )
        factories.PracticePageFactory(
            parent=entries["practices"],
            title=f"Pratique {number}",
            carriers=[models.PracticeCarrier(actor=weavers)],
            scores=[
                models.PracticeScore(criterion=criterion, score=3, reason="Oui.")
                for criterion in models.Criterion.objects.all()
            ],
        )


def _count_queries(action) -> int:
    action()
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def test_page_offers_the_files_of_what_it_shows(client, entries, settings):
    settings.ESS_PAGES_LICENCE = ("Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence/")
    content = client.get(entries["actors"].url + "?wilaya=alger&view=map").content.decode()
    for extension in FORMATS:
        assert f'href="?wilaya=alger&amp;format={extension}"' in content
    assert 'href="https://www.etalab.gouv.fr/licence/"' in content


def test_private_directory_gives_no_file(client, entries):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=entries["actors"], restriction_type="login")
    assert client.get(entries["actors"].url + "?format=csv").status_code == 302


# What is said of an entry


def test_actor_says_in_csv_all_that_it_publishes(rows, entries):
    (row,) = [row for row in rows("?format=csv") if row["nom"] == "Atelier des tisserandes"]
    with override("fr"):
        told = {column.name: row[str(column.label)] for column in ACTOR_COLUMNS}
    published = timezone.localdate(entries["weavers"].first_published_at).isoformat()
    assert told == {
        "id": str(entries["weavers"].translation_key),
        "language": "fr",
        "title": "Atelier des tisserandes",
        "summary": "Elles tissent.",
        "sphere": "Société civile",
        "legal_form": "Association",
        "founded": "1998",
        "country": "DZ",
        "country_name": "Algérie",
        "wilaya": "Alger",
        "wilaya_code": "16",
        "locality": "Bab El Oued",
        "sectors": "Artisanat | Santé",
        "topics": "Formation",
        "target_groups": "Femmes",
        "people": "12",
        "women": "9",
        "men": "3",
        "products": "Tapis",
        "website": "https://tisserandes.example.org/",
        "contacts_consent": "oui",
        "contact_name": "Nadia",
        "email": "nadia@example.org",
        "phone": "+213 21 00 00 00",
        "address": "",
        "networks": "Union d’ailleurs | Réseau libre",
        "links": "https://video.example.org/",
        "offers": "Un métier à tisser",
        "needs": "De la laine",
        "first_published": published,
        "last_published": published,
        "url": "http://testserver" + entries["weavers"].url,
    }


def test_arabic_file_is_in_arabic(rows):
    with override("ar"):
        labels = {column.name: str(column.label) for column in ACTOR_COLUMNS}
    (row,) = [
        row for row in rows("?format=csv", language="ar") if row[labels["title"]] == "ورشة النساجات"
    ]
    assert row[labels["wilaya"]] == "الجزائر"
    assert row[labels["sectors"]] == "الصناعة التقليدية | الصحة"
    assert row[labels["networks"]] == "اتحاد المهجر | عربي: Réseau libre"


@pytest.mark.parametrize("extension", FORMATS)
def test_contacts_are_given_with_consent_only(fetch, extension):
    _response, content = fetch(f"?format={extension}")
    if extension == "xlsx":
        cells = [c.value for row in workbook(content).worksheets[0].iter_rows() for c in row]
        content = "\n".join(map(str, cells)).encode()
    assert b"nadia@example.org" in content
    assert b"secret@example.org" not in content


@pytest.mark.parametrize("extension", FORMATS)
def test_network_that_is_not_published_is_not_named(fetch, entries, extension):
    entries["union"].unpublish()
    _response, content = fetch(f"?format={extension}")
    if extension == "xlsx":
        cells = [c.value for row in workbook(content).worksheets[0].iter_rows() for c in row]
        content = "\n".join(map(str, cells)).encode()
    assert "Union d’ailleurs" not in content.decode()


def test_practice_says_who_carries_it_and_its_score(rows):
    told = {row["nom"]: row for row in rows("?format=csv", "practices")}
    sorting = told["Tri de quartier"]
    assert sorting["problème"] == "Un problème."
    assert sorting["chiffres"] == "1 200 familles"
    assert sorting["portée par"] == (
        "Atelier des tisserandes | Union d’ailleurs | Banque solidaire"
    )
    assert sorting["note sur 5"] == "4.0"
    assert told["Cantine"]["note sur 5"] == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("model", COLUMNS)
def test_column_is_known_by_one_name_and_one_label(model, language):
    columns = COLUMNS[model]
    with override(language):
        labels = [str(column.label).casefold() for column in columns]
    assert len(set(labels)) == len({column.name for column in columns}) == len(columns)


# Formulas

TEXTS = [
    ("=1+1", "'=1+1"),
    ("+SUM(A1)", "'+SUM(A1)"),
    ("-2+3", "'-2+3"),
    ("@cmd", "'@cmd"),
    ("\t=1", "'\t=1"),
    ("＝1", "'＝1"),
    ("+213 21 00 00 00", "+213 21 00 00 00"),
    ("Agence", "Agence"),
    ("'quoted'", "'quoted'"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "cell"), TEXTS)
def test_text_that_could_be_a_formula_is_neutralised(text, cell):
    assert neutral(text) == cell
    assert as_written(cell) == text


def test_formula_in_an_entry_is_a_text_in_csv(rows):
    (row,) = [row for row in rows("?format=csv") if row["nom"] == "École ouverte"]
    assert row["résumé"] == "'=1+1"


def test_formula_in_an_entry_is_a_text_in_xlsx(fetch):
    _response, content = fetch("?format=xlsx&q=école")
    cell = workbook(content).worksheets[0]["D2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_character_that_no_workbook_takes_is_left_out(fetch, entries):
    models.ActorPage.objects.filter(pk=entries["bank"].pk).update(summary="a\x0bb\x01c" * 20_000)
    _response, content = fetch("?format=xlsx&q=banque")
    summary = workbook(content).worksheets[0]["D2"].value
    assert summary.startswith("abcabc")
    assert len(summary) == 32_767


# The formats


def test_csv_begins_with_a_byte_order_mark(fetch):
    response, content = fetch("?format=csv")
    assert content.startswith(b"\xef\xbb\xbfidentifiant,langue,nom,")
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(("language", "is_right_to_left"), [("fr", False), ("ar", True)])
def test_workbook_reads_in_the_direction_of_its_language(fetch, language, is_right_to_left):
    _response, content = fetch("?format=xlsx&wilaya=alger", language=language)
    data, about = workbook(content).worksheets
    assert bool(data.sheet_view.rightToLeft) == is_right_to_left
    assert data["J2"].value == {"fr": "Alger", "ar": "الجزائر"}[language]
    values = [row[1].value for row in about.iter_rows(min_row=2)]
    assert values[0] == {"fr": "Acteurs", "ar": "الفاعلون"}[language]
    assert values[1] == timezone.localdate().isoformat()
    assert values[2].endswith("?wilaya=alger")
    assert "https://creativecommons.org/licenses/by/4.0/" in values[3]


def test_geojson_puts_entries_at_the_chief_town_and_says_so(fetch):
    response, content = fetch("?format=geojson")
    data = json.loads(content)
    features = {feature["properties"]["title"]: feature for feature in data["features"]}
    weavers = features["Atelier des tisserandes"]
    assert weavers["geometry"] == {"type": "Point", "coordinates": [3.059, 36.775]}
    assert weavers["properties"]["position"] == "chief town of the wilaya"
    assert weavers["properties"]["sectors"] == ["Artisanat", "Santé"]
    assert features["Union d’ailleurs"]["geometry"] is None
    assert features["Union d’ailleurs"]["properties"]["position"] is None
    assert features["Banque solidaire"]["geometry"] is None  # its wilaya has no coordinates
    assert data["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert response["Content-Type"] == "application/geo+json"


def test_json_ld_is_a_dataset_of_organisations(fetch):
    _response, content = fetch("?format=jsonld&wilaya=alger&sector=crafts")
    data = json.loads(content)
    assert data["@type"] == "Dataset"
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["url"] == "http://testserver/fr/acteurs/?wilaya=alger&sector=crafts"
    assert data["dateModified"] == timezone.localdate().isoformat()
    (weavers,) = data["mainEntity"]["itemListElement"]
    assert weavers["@type"] == "Organization"
    assert weavers["essglobal:totalWomen"] == 9
    assert "@context" not in weavers
    assert data["@context"][1] == {"essglobal": "http://purl.org/essglobal/vocab/"}


def test_json_ld_says_who_carries_a_practice_and_how_it_was_scored(fetch):
    _response, content = fetch("?format=jsonld&q=tri", "practices")
    (practice,) = json.loads(content)["mainEntity"]["itemListElement"]
    assert practice["@type"] == "HowTo"
    assert practice["abstract"] == "Un problème."
    assert [actor["name"] for actor in practice["creator"]] == [
        "Atelier des tisserandes",
        "Union d’ailleurs",
        "Banque solidaire",
    ]
    assert practice["review"]["reviewRating"]["ratingValue"] == 4.0
    _response, content = fetch("?format=jsonld&q=cantine", "practices")
    (practice,) = json.loads(content)["mainEntity"]["itemListElement"]
    assert "review" not in practice


@pytest.mark.parametrize("extension", ["geojson", "jsonld"])
def test_empty_list_is_a_valid_file(fetch, extension):
    _response, content = fetch(f"?format={extension}&country=it")
    assert titles(content, extension) == []


# Recommendations


@pytest.fixture
def walk(tree, _walk):
    """A recommendation that was amended and handed over, beside one that is only open."""
    _walk.write()
    page = tree["recommendation"]
    walk = Walk(page, page.recommendation.rapporteurs.get().user)
    walk.other = _walk.pages()["other"]
    return walk


@pytest.fixture(scope="module")
def _walk(make_content, _tree):
    return make_content(lambda: _walk_the_road(_tree.pages()), _tree)


def _walk_the_road(tree) -> dict:
    walk = Walk(tree["recommendation"]).open()
    member = factories.UserFactory(email="membre@example.org")
    walk.accept(walk.propose(member, reason="=1+1"))
    walk.decline(walk.propose(member, models.Amendment.Kind.ADD))
    draft = models.Amendment(
        recommendation=walk.text, kind="add", language="fr", text="Brouillon secret."
    )
    verbs.save_amendment(member, draft)
    walk.step("start_settling", reason="Fini.")
    consultation = walk.consult()
    result = {"asked": 4, "answered": 3, "choices": {"for": 2, "against": 1, "abstain": 0}}
    QuerySet(models.Consultation).filter(pk=consultation.pk).update(
        closed_at=timezone.now(), has_passed=True, result=result
    )
    walk.step("validate").step("hand_over")
    walk.answer(walk.hand_over(institution()))
    other = factories.RecommendationPageFactory(
        parent=tree["recommendations"], title="Autre", clauses=["Seule"]
    )
    Walk(other, walk.rapporteur).open()
    return {"other": other}


@pytest.fixture
def table(client, tree, walk):
    """A function that returns a table of the board, as CSV, by the names of its columns."""

    def table(name: str, query: str = "", language: str = "fr") -> list[dict[str, str]]:
        page = tree["recommendations"].get_translations(inclusive=True)
        page = page.get(locale__language_code=language)
        response = client.get(f"{page.url}?format=csv&table={name}{query}")
        content = b"".join(response.streaming_content).decode("utf-8-sig")
        with override(language):
            names = {str(column.label): column.name for column in TABLES[name].columns}
        rows = csv.DictReader(StringIO(content))
        return [{names[label]: value for label, value in row.items()} for row in rows]

    return table


def road_json(client, page, query="") -> dict:
    response = client.get(f"{page.url}?format=json{query}")
    assert response["Content-Type"] == "application/json"
    return json.loads(b"".join(response.streaming_content))


def test_recommendations_are_narrowed_as_on_their_board(table, walk):
    assert {row["title"] for row in table("recommendations")} == {walk.page.title, "Autre"}
    (row,) = table("recommendations", "&status=open&topic=unknown")
    assert (row["title"], row["status"], row["version"]) == ("Autre", "open", "1")
    assert row["id"] == str(walk.other.translation_key)
    assert row["url"] == walk.other.full_url
    (first,) = table("recommendations", "&status=handed_over")
    assert (first["workshop"], first["meeting"]) == ("Atelier un", "Rencontre d’Alger")
    assert {row["recommendation"] for row in table("clauses", "&status=open")} == {row["id"]}


def test_every_version_of_every_clause_is_given(table, walk):
    rows = table("clauses", "&status=handed_over")
    assert [row["version"] for row in rows] == ["1", "2", "3"]
    assert [row["kind"] for row in rows] == ["written", "written", "changed"]
    # The first version of the first clause is not the text of today.
    assert [row["place"] for row in rows] == ["", "2", "1"]
    first, _second, changed = rows
    assert first["clause"] == changed["clause"] == str(walk.clause(1).translation_key)
    assert (changed["text_fr"], changed["behind"]) == ("Un autre texte.", "ar")
    accepted = models.Amendment.objects.get(state="accepted")
    assert (first["amendments"], changed["amendments"]) == ("", str(accepted.pk))
    assert changed["reason"] == "'=1+1"  # which no program takes for a formula


def test_amendments_are_given_but_never_drafts_nor_addresses(client, table, tree, walk):
    rows = table("amendments")
    assert [(row["kind"], row["status"]) for row in rows] == [
        ("change", "accepted"),
        ("add", "declined"),
    ]
    assert rows[0]["version"] == "3"
    assert rows[1]["decision"] == "Hors sujet."
    content = json.dumps(road_json(client, tree["recommendations"]))
    for secret in (
        "Brouillon secret",
        "membre@example.org",
        "secret@ministere.example",
        "021 00 00 00",
        "no 12",
    ):
        assert secret not in content


def test_steps_can_be_checked_by_whoever_has_them(client, walk):
    from ess_pages.models.clauses import digest

    data = road_json(client, walk.page)
    (recommendation,) = data["recommendations"]
    key = recommendation["id"].replace("-", "")
    previous = ""
    for step in data["steps"]:
        names = ("number", "status", "taken_at", "reason", "version", "text_digest")
        said = [previous, key, *(step[name] for name in names)]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        assert (step["previous"], step["digest"]) == (previous, digest(text))
        previous = step["digest"]
    assert len(data["steps"]) == 4
    now = sorted((row for row in data["clauses"] if row["place"]), key=lambda row: row["place"])
    names = ("heading_fr", "text_fr", "heading_ar", "text_ar")
    rows = [[row["clause"].replace("-", ""), *(row[name] for name in names)] for row in now]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    assert data["steps"][-1]["text_digest"] == digest(text)


def test_consultation_gives_its_result_and_an_open_one_none(client, table, walk):
    (row,) = table("consultations")
    assert (row["asked"], row["answered"], row["for"], row["against"]) == ("4", "3", "2", "1")
    assert (row["has_passed"], row["is_secret"]) == ("oui", "non")
    assert json.loads(row["result"])["answered"] == 3
    QuerySet(models.Consultation).update(closed_at=None, has_passed=None, result={})
    (row,) = table("consultations")
    assert (row["asked"], row["for"], row["has_passed"], row["result"]) == ("", "", "", "")
    (row,) = road_json(client, walk.page)["consultations"]
    assert (row["is_secret"], row["result"]) == (False, None)


def test_handover_leads_to_its_answer_and_what_is_undertaken(table, walk):
    (document,) = table("documents")
    (handover,) = table("handovers")
    (answer,) = table("answers")
    (undertaking,) = table("undertakings")
    (update,) = table("updates")
    assert document["reference"] == handover["reference"] == "2016/ESS/01"
    assert document["text_digest"] == walk.text.text_digest()
    assert handover["recommendations"] == str(walk.page.translation_key)
    assert (handover["institution"], handover["means"]) == ("Ministère", "registry")
    assert answer["handover"] == handover["id"]
    assert undertaking["answer"] == answer["id"]
    assert undertaking["clause"] == str(walk.clause(1).translation_key)
    assert (update["undertaking"], update["progress"]) == (undertaking["id"], "under_way")
    (arabic,) = table("handovers", language="ar")
    assert (arabic["institution"], arabic["post"]) == ("عربي Ministère", "مديرة")


def test_workbook_has_a_sheet_for_each_table(client, walk):
    content = b"".join(client.get(walk.page.url + "?format=xlsx").streaming_content)
    *sheets, _about = workbook(content).worksheets
    with override("fr"):
        assert [sheet.title for sheet in sheets] == [str(each.label) for each in TABLES.values()]
    assert [sheet.max_row for sheet in sheets] == [2, 4, 3, 5, 2, 2, 2, 2, 2, 2]
    content = b"".join(client.get(walk.page.url + "?format=xlsx&table=steps").streaming_content)
    assert len(workbook(content).worksheets) == 2


def test_json_has_every_table_or_the_one_asked_for(client, tree, walk):
    data = road_json(client, tree["recommendations"], "&status=open")
    assert set(TABLES) < set(data)
    assert data["source"] == tree["recommendations"].full_url + "?status=open"
    assert data["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [row["title"] for row in data["recommendations"]] == ["Autre"]
    one = road_json(client, walk.other, "&table=steps")
    assert set(one) & set(TABLES) == {"steps"}
    assert len(one["steps"]) == 1


def test_empty_board_is_a_valid_file(client, tree, walk):
    data = road_json(client, tree["recommendations"], "&status=answered")
    assert {len(data[name]) for name in TABLES} == {0}


@pytest.mark.parametrize("query", ["?format=exe", "?table=steps", "?format=geojson"])
def test_format_that_there_is_not_is_the_page(client, tree, walk, query):
    assert client.get(tree["recommendations"].url + query)["Content-Type"].startswith("text/html")


def test_board_and_page_offer_the_files_of_what_they_show(client, tree, walk):
    board = client.get(tree["recommendations"].url + "?status=open").content.decode()
    page = client.get(walk.page.url).content.decode()
    for extension in ("csv", "xlsx", "json"):
        assert f'href="?status=open&amp;format={extension}"' in board
        assert f'href="?format={extension}' in page


def test_private_recommendation_gives_no_file(client, walk):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=walk.page, restriction_type="login")
    assert client.get(walk.page.url + "?format=json").status_code == 302


@pytest.mark.parametrize("extension", ["csv&table=clauses", "xlsx", "json"])
def test_queries_do_not_grow_with_the_recommendations(client, tree, walk, four_more, extension):
    address = f"{tree['recommendations'].url}?format={extension}"

    def fetch_all():
        return b"".join(client.get(address).streaming_content)

    few = _count_queries(fetch_all)
    four_more.write()
    assert _count_queries(fetch_all) == few


@pytest.fixture(scope="module")
def four_more(make_content, _tree, _walk):
    """Four more recommendations, handed over and answered."""
    return make_content(lambda: _add_recommendations(_tree.pages()), _walk)


def _add_recommendations(tree) -> None:
    page = tree["recommendation"]
    rapporteur = page.recommendation.rapporteurs.get().user
    member = factories.UserFactory()
    for number in range(4):
        other = factories.RecommendationPageFactory(
            parent=tree["recommendations"], workshop=page.workshop, clauses=["Un", "Deux"]
        )
        walk = Walk(other, rapporteur).open()
        walk.accept(walk.propose(member))
        walk.consult()
        walk.answer(walk.hand_over(institution(f"I{number}"), reference=f"R{number}"))


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", TABLES)
def test_column_of_a_table_is_known_by_one_name_and_one_label(name, language):
    columns = TABLES[name].columns
    with override(language):
        labels = [str(column.label).casefold() for column in columns]
    assert len(set(labels)) == len({column.name for column in columns}) == len(columns)
