"""Files of entries are checked row by row, then imported as a whole or not at all."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import GroupPagePermission, Page, PageLogEntry, ReferenceIndex
from wagtail.users.models import UserProfile

from ess_pages import throttle
from ess_pages.actions.imports import (
    check_again,
    discard_import,
    import_entries,
    start_import,
)
from ess_pages.directory.listing import Listing
from ess_pages.imports import runs
from ess_pages.imports.files import MAX_BYTES, MAX_ROWS, FileError, read_table
from ess_pages.models import (
    ActorLink,
    ActorPage,
    ImportRun,
    LegalForm,
    NetworkMembership,
    PracticePage,
)
from ess_pages.open_data import csv_file, xlsx_file
from ess_pages.open_data.columns import COLUMNS
from ess_pages.open_data.dataset import Dataset
from tests import factories as f

State = ImportRun.State


@pytest.fixture(autouse=True)
def _english():
    """Say reasons in the language of the code."""
    with override("en"):
        yield


@pytest.fixture
def section(home):
    f.SphereFactory()
    f.WilayaFactory()
    f.WilayaFactory(slug="oran", code="31", name_fr="Oran", name_ar="وهران")
    f.WilayaFactory(slug="bejaia", code="06", name_fr="Béjaïa", name_ar="بجاية")
    f.SectorFactory(slug="crafts", name_fr="Artisanat", name_ar="الصناعة التقليدية")
    f.SectorFactory(slug="water", name_fr="Eau ; recyclage", name_ar="المياه")
    return f.ActorIndexPageFactory(parent=home, title="Acteurs")


@pytest.fixture
def editor(section):
    return f.UserFactory(is_superuser=True)


@pytest.fixture
def check(section, editor):
    """A function that has a file checked."""

    def check(content: str | bytes, into=section) -> ImportRun:
        content = content.encode() if isinstance(content, str) else content
        run = start_import(editor, into, "acteurs.csv", content)
        run.user_id = editor.pk
        runs.check(run)
        run.refresh_from_db()
        return run

    return check


@pytest.fixture
def carry_out(editor):
    """A function that has a run imported that was checked."""

    def carry_out(run: ImportRun) -> ImportRun:
        import_entries(editor, run)
        run.refresh_from_db()
        runs.carry_out(run)
        run.refresh_from_db()
        return run

    return carry_out


def table(*rows: dict) -> str:
    """Return CSV whose columns are those of the first row."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def workbook(*rows: list, **changes) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, value in changes.items():
        book.active[name] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def entry(title="Coopérative du Souf", **cells) -> dict:
    return {"title": title, "sphere": "public", **cells}


def outcomes(run: ImportRun) -> list[str]:
    return [row.outcome for row in run.rows.all()]


def export(section, kind=csv_file) -> bytes:
    with override(section.locale.language_code):
        return b"".join(kind.write(Dataset(Listing(section, QueryDict()))))


# Files

HEADING = "title,sphere\n"
ROW = "Coopérative,public\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"\n\n , \n", "The file is empty"),
        (HEADING.encode(), "no row below"),
        (HEADING.encode() + ROW.encode("cp1252"), "not in UTF-8: line 2"),
        (HEADING.encode() + "تعاونية,public".encode("cp1256"), "not in UTF-8: line 2"),
        (HEADING.encode() + b"A\x00B,public", "neither a CSV nor an XLSX"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither a CSV nor an XLSX"),
        (HEADING.encode() + b'"A,public\n', "quotation mark missing"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (workbook(["title", "sphere"], ["A", "public"])[:-900], "damaged"),
        (workbook(["title", "sphere"], ["A", "public"], A1="=B1"), "Cell A1 holds a formula"),
        (workbook(), "The file is empty"),
        (HEADING.encode("utf-16-le") + ROW.encode("utf-16-le"), "neither a CSV nor an XLSX"),
        ((HEADING + ROW * (MAX_ROWS + 1)).encode(), "more than 5000 rows"),
    ],
    ids=range(15),
)
def test_file_that_cannot_be_read_is_refused_with_the_way_out(content, reason):
    with pytest.raises(FileError, match=reason):
        read_table(content)


def test_merged_cells_are_refused_by_name():
    book = openpyxl.load_workbook(io.BytesIO(workbook(["title"], ["A"], ["B"])))
    book.active.merge_cells("A2:A3")
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(FileError, match=r"merged \(A2:A3\)"):
        read_table(file.getvalue())


@pytest.mark.parametrize("filling", [b"<c/>" * 30_000_000, b"<row><c/></row>" * 2_000_000])
def test_workbook_that_would_fill_the_memory_is_refused(filling):
    file = io.BytesIO(workbook(["title"], ["A"]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", filling)
    assert len(file.getvalue()) < MAX_BYTES
    with pytest.raises(FileError, match="far too large"):
        read_table(file.getvalue())


def test_other_archive_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(FileError, match="neither a CSV nor an XLSX"):
        read_table(file.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        "title,sphere\nDéjà,public\n".encode(),
        "title,sphere\r\nDéjà,public\r\n".encode("utf-8-sig"),
        "title;sphere\nDéjà;public".encode(),
        "title\tsphere\nDéjà\tpublic\n".encode("utf-16"),
        '\n"title","sphere"\n\n"Déjà","public"\n,\n'.encode(),
        workbook(["title", "sphere"], ["Déjà", "public"], [None, None]),
        workbook([None], ["title", "sphere"], [], ["Déjà", "public"]),
    ],
    ids=range(7),
)
def test_file_is_read_whatever_its_format(content):
    read = read_table(content)
    assert read.headings == ["title", "sphere"]
    assert [row.cells for row in read.rows] == [["Déjà", "public"]]
    assert read.rows[0].problems == {}


def test_cells_of_a_workbook_are_read_as_people_see_them():
    moment = date(2020, 5, 1)
    read = read_table(workbook(["a", "b", "c", "d"], [12.0, moment, True, "x\r\ny "]))
    assert read.rows[0].cells == ["12", "2020-05-01", "True", "x\ny"]


@pytest.mark.parametrize(
    "content",
    [b"a,b\nx,=1+1\n", workbook(["a", "b"], ["x", "=1+1"]), workbook(["a", "b"], ["x", "#REF!"])],
    ids=["csv", "xlsx", "error"],
)
def test_formula_is_refused_by_the_name_of_its_cell(content):
    (row,) = read_table(content).rows
    assert "B2" in row.problems[1]


def test_formula_in_a_column_that_is_not_read_is_left_alone(check):
    assert outcomes(check(table(entry(total="=1+1")))) == ["create"]
    assert outcomes(check(table(entry(summary="=1+1")))) == ["refused"]


def test_row_of_another_width_is_refused_in_csv():
    short, long = read_table(b"a,b\n1\n1,2,3\n").rows
    assert "1 cells, and the first row 2" in short.problems[None]
    assert "3 cells, and the first row 2" in long.problems[None]


# Columns


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        ("nom,résumé\nA,b\n", "lacks these columns: sphere (sphere)"),
        ("summary\nb\n", "lacks these columns: name (title), sphere (sphere)"),
        ("title,sphere,Title\nA,public,B\n", "Columns A and C are the same one: “Title”"),
        ("1,2\nA,public\n", "lacks these columns"),
    ],
)
def test_columns_that_do_not_do_refuse_the_file(check, headings, reason):
    run = check(headings)
    assert run.state == State.FAILED
    assert reason in run.problem


@pytest.mark.parametrize("write", [str.upper, lambda text: f" {text} ", lambda text: f"{text}?"])
@pytest.mark.parametrize("language", ["fr", "ar", None])
def test_headings_are_names_or_labels_however_they_are_written(check, language, write):
    columns = [column for column in COLUMNS[ActorPage] if column.name in ("title", "sphere")]
    with override(language or "en"):
        headings = [write(str(column.label) if language else column.name) for column in columns]
    assert outcomes(check(",".join(headings) + "\nA,public\n")) == ["create"]


def test_columns_that_are_not_read_are_told(check):
    run = check(table(entry(url="x", colour="green")))
    assert run.notes == [
        "These columns are exported only, and not read: url.",
        "These columns are not known, and not read: colour.",
    ]
    assert outcomes(run) == ["create"]


# Rows


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"title": ""}, "name: This field is required."),
        ({"title": "***"}, "A name needs letters or digits."),
        ({"title": "x" * 256}, "at most 255 characters"),
        ({"sphere": ""}, "sphere: This field is required."),
        ({"sphere": "publik"}, "“publik” is not known. Is it “Sphère publique”?"),
        ({"wilaya": "Orann"}, "wilaya: “Orann” is not known. Is it “Oran”?"),
        ({"wilaya": "Paris"}, "wilaya: “Paris” is not known."),
        ({"wilaya": "Oran", "country": "FR"}, "established abroad has no wilaya"),
        ({"wilaya": "Oran", "wilaya_code": "16"}, "do not say the same"),
        ({"country": "Atlantis"}, "“Atlantis” is not known."),
        ({"sectors": "Artisanat | Pêche"}, "“Pêche” is not known."),
        ({"founded": "1998-05-01"}, "is a date"),
        ({"founded": "36526"}, "less than or equal to 2100"),
        ({"people": "a dozen"}, "“a dozen” is not a whole number."),
        ({"people": "-3"}, "“-3” is not a whole number."),
        ({"people": "3.5"}, "“3.5” is not a whole number."),
        ({"people": "9" * 17}, "not a whole number"),
        ({"people": "3", "women": "2", "men": "2"}, "more women and men than people"),
        ({"website": "souf"}, "Enter a valid URL"),
        ({"website": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"email": "souf@"}, "Enter a valid email address"),
        ({"contacts_consent": "perhaps"}, "neither yes nor no"),
        ({"links": "souf.dz"}, "links: Enter a valid URL"),
        ({"id": "7"}, "No entry has this identifier"),
        ({"id": str(uuid4())}, "No entry has this identifier"),
        ({"language": "ar"}, "another language"),
    ],
    ids=range(26),
)
def test_row_that_cannot_be_imported_is_refused_with_its_reason(check, cells, reason):
    (row,) = check(table(entry() | cells)).rows.all()
    assert row.outcome == "refused"
    assert reason in " ".join(row.reasons)


@pytest.mark.parametrize(
    ("cells", "name", "value"),
    [
        ({"sphere": "Sphère publique"}, "sphere.slug", "public"),
        ({"sphere": "القطاع العمومي"}, "sphere.slug", "public"),
        ({"wilaya": "BEJAIA"}, "wilaya.slug", "bejaia"),
        ({"wilaya": "وهران"}, "wilaya.slug", "oran"),
        ({"wilaya": "31"}, "wilaya.slug", "oran"),
        ({"wilaya_code": "6"}, "wilaya.slug", "bejaia"),
        ({"wilaya": "", "wilaya_code": "06"}, "wilaya.slug", "bejaia"),
        ({"country_name": "Tunisie"}, "country", "TN"),
        ({"country_name": "تونس"}, "country", "TN"),
        ({"country": "tn", "country_name": ""}, "country", "TN"),
        ({"country": ""}, "country", "DZ"),
        ({"founded": "1998"}, "founded", 1998),
        ({"founded": "١٩٩٨"}, "founded", 1998),
        ({"people": "1 200"}, "people", 1200),
        ({"people": ""}, "people", None),
        ({"contacts_consent": "Oui"}, "contacts_consent", True),
        ({"contacts_consent": "نعم"}, "contacts_consent", True),
        ({"contacts_consent": ""}, "contacts_consent", False),
        ({"phone": "+213 21 00 00 00"}, "phone", "+213 21 00 00 00"),
        ({"title": "  Deux\n mots "}, "title", "Deux mots"),
        ({"summary": "Deux\nlignes"}, "summary", "Deux\nlignes"),
        ({"summary": "'=1+1"}, "summary", "=1+1"),
    ],
    ids=range(22),
)
def test_values_are_read_however_people_write_them(check, carry_out, cells, name, value):
    carry_out(check(table(entry() | cells)))
    actor = ActorPage.objects.get()
    for part in name.split("."):
        actor = getattr(actor, part)
    assert actor == value


@pytest.mark.parametrize("cell", ["Artisanat | Eau ; recyclage", "crafts;water", "المياه|CRAFTS"])
def test_several_values_stand_in_a_cell(check, carry_out, cell):
    carry_out(check(table(entry(sectors=cell))))
    assert sorted(ActorPage.objects.get().sectors.values_list("slug", flat=True)) == [
        "crafts",
        "water",
    ]


def test_network_is_the_actor_of_that_name_or_a_name(check, carry_out, section):
    radio = f.ActorPageFactory(parent=section, title="Radio")
    carry_out(check(table(entry(networks="radio | Autre réseau"))))
    networks = ActorPage.objects.get(title="Coopérative du Souf").networks.all()
    assert [(row.network_id, row.name) for row in networks] == [
        (radio.pk, ""),
        (None, "Autre réseau"),
    ]


def test_doubles_in_the_file_name_each_other(check, section):
    actor = f.ActorPageFactory(parent=section, title="Atelier")
    run = check(
        table(
            entry("Coopérative", id=""),
            entry("cooperative !", id=""),
            entry("Coopérative", id="") | {"title": "Autre"},
            entry("Atelier", id=""),
            entry("Atelier", id=actor.translation_key),
        )
    )
    assert [(row.outcome, row.reasons) for row in run.rows.all()] == [
        ("refused", ["The file has this entry more than once: also in row 3."]),
        ("refused", ["The file has this entry more than once: also in row 2."]),
        ("create", []),
        ("refused", ["The file has this entry more than once: also in row 6."]),
        ("refused", ["The file has this entry more than once: also in row 5."]),
    ]


def test_entry_is_found_by_name_and_place(check, section):
    oran, alger = (f.WilayaFactory(slug=slug) for slug in ("oran", "alger"))
    here = f.ActorPageFactory(parent=section, title="Radio", wilaya=oran)
    f.ActorPageFactory(parent=section, title="Radio", wilaya=alger)
    run = check(
        table(
            entry("RADIO", wilaya="Oran", locality="Arzew"),
            entry("Radio", wilaya="Béjaïa", locality=""),
        )
    )
    found, new = run.rows.all()
    assert (found.page_id, found.changes[0][2]) == (here.pk, "RADIO")
    assert (new.outcome, new.reasons) == (
        "create",
        ["There is an entry of this name in another place."],
    )
    (row,) = check(table(entry("Radio", locality="Arzew"))).rows.all()
    assert "Several entries have this name" in row.reasons[0]


@pytest.mark.parametrize(
    ("obstacle", "reason"),
    [
        ({"live": False}, "not published"),
        ({"has_unpublished_changes": True}, "a draft that is not published"),
        ({"locked": True}, "locked"),
    ],
)
def test_entry_that_somebody_works_on_is_not_changed(check, section, obstacle, reason):
    actor = f.ActorPageFactory(parent=section)
    Page.objects.filter(pk=actor.pk).update(**obstacle)
    same, changed = (
        check(table(entry(actor.title, summary=summary))).rows.get()
        for summary in (actor.summary, "Autre")
    )
    assert (same.outcome, changed.outcome) == ("same", "refused")
    assert reason in changed.reasons[0]


def test_translation_is_not_changed_and_lone_entry_only_in_its_language(check, tree):
    arabic = tree["actor"].get_translations().get()
    section = arabic.get_parent().specific
    same, changed = (
        check(table({"id": arabic.translation_key, "title": title}), section).rows.get()
        for title in (arabic.title, "آخر")
    )
    assert (same.outcome, changed.outcome) == ("same", "refused")
    assert "is a translation" in changed.reasons[0]
    lone = f.ActorPageFactory(parent=tree["actors"], title="Seule")
    same, changed = (
        check(table({"id": lone.translation_key, "title": title}), section).rows.get()
        for title in (lone.title, "وحيدة")
    )
    assert (same.outcome, changed.outcome) == ("same", "refused")
    assert "not translated" in changed.reasons[0]


# Exports come back


@pytest.fixture
def full_actor(section):
    network = f.ActorPageFactory(parent=section, title="Réseau ; national")
    legal_form = LegalForm.objects.create(slug="mutual", name_fr="Mutuelle", name_ar="تعاضدية")
    actor = f.ActorPageFactory(
        parent=section,
        title="Mutuelle d’Oran",
        summary="=Deux\r\nlignes",
        wilaya=f.WilayaFactory(slug="oran"),
        locality="Aïn  Turk",
        legal_form=legal_form,
        founded=1998,
        people=1200,
        women=700,
        products="@soins | -écoute",
        email="contact@example.org",
        phone="+213 41 00 00 00",
        sectors=[f.SectorFactory(slug="water"), f.SectorFactory(slug="crafts")],
        networks=[
            NetworkMembership(network=network, locale=section.locale),
            NetworkMembership(name="Réseau | local", locale=section.locale),
        ],
        links=[ActorLink(title="Page", url="https://example.org/a;b?c=1", locale=section.locale)],
    )
    f.ActorPageFactory(parent=section, title="À Tunis", country="TN", contacts_consent=True)
    return actor


@pytest.mark.parametrize("kind", [csv_file, xlsx_file], ids=["csv", "xlsx"])
@pytest.mark.parametrize("consent", [True, False])
def test_export_changes_nothing_when_it_comes_back(check, section, full_actor, kind, consent):
    full_actor.contacts_consent = consent
    full_actor.save_revision().publish()
    f.translate(section)
    for language in (section, section.get_translations().get()):
        run = check(export(language, kind), language)
        assert [row.reasons for row in run.rows.all()] == [[]] * 3
        assert outcomes(run) == ["same"] * 3


@pytest.mark.parametrize(
    ("edits", "label", "before", "after"),
    [
        ({"summary": "Nouveau"}, "summary", "=Deux\nlignes", "Nouveau"),
        ({"locality": ""}, "commune or town", "Aïn Turk", ""),
        ({"wilaya": "Béjaïa", "wilaya_code": "06"}, "wilaya", "Oran", "Béjaïa"),
        ({"wilaya": "", "wilaya_code": ""}, "wilaya", "Oran", ""),
        ({"legal_form": ""}, "legal form", "Mutuelle", ""),
        ({"sectors": "Artisanat"}, "sectors", "Artisanat | Eau ; recyclage", "Artisanat"),
        ({"people": "1300"}, "number of people", "1200", "1300"),
        ({"contacts_consent": "oui"}, "contacts may be published", "no", "yes"),
        (
            {"email": "autre@example.org"},
            "e-mail address",
            "contact@example.org",
            "autre@example.org",
        ),
        (
            {"networks": "réseau ; National"},
            "networks",
            "Réseau ; national | Réseau | local",
            "réseau ; National",
        ),
        (
            {"links": "https://example.org/"},
            "links",
            "https://example.org/a;b?c=1",
            "https://example.org/",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_edited_in_an_export_changes_and_nothing_else(
    check, carry_out, section, full_actor, edits, label, before, after
):
    rows = list(csv.reader(io.StringIO(export(section).decode("utf-8-sig"))))
    names = [column.name for column in COLUMNS[ActorPage]]
    edited = next(row for row in rows if row[names.index("title")] == full_actor.title)
    for name, cell in edits.items():
        edited[names.index(name)] = cell
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    run = check(file.getvalue())
    (changed,) = run.rows.exclude(outcome="same")
    assert (changed.outcome, changed.changes) == ("change", [[label, before, after]])
    carry_out(run)
    assert set(outcomes(check(file.getvalue()))) == {"same"}
    full_actor.refresh_from_db()
    assert full_actor.phone == "+213 41 00 00 00"
    assert full_actor.networks.first().network.title == "Réseau ; national"


def test_practices_are_imported_too(check, carry_out, home, section):
    practices = f.PracticeIndexPageFactory(parent=home)
    actor = f.ActorPageFactory(parent=section, title="Atelier")
    row = {
        "title": "Trier",
        "problem": "Un <b>.\n\nDeux.",
        "approach": "Trois",
        "carriers": "atelier",
    }
    carry_out(check(table(row), practices))
    practice = PracticePage.objects.get()
    assert practice.problem == "<p>Un &lt;b&gt;.</p><p>Deux.</p>"
    assert [carrier.actor_id for carrier in practice.carriers.all()] == [actor.pk]
    assert outcomes(check(table(row), practices)) == ["same"]
    assert outcomes(check(export(practices), practices)) == ["same"]
    (refused,) = check(
        table(row | {"carriers": "Ateliers", "title": "Autre"}), practices
    ).rows.all()
    assert "“Ateliers” is not known. Is it “Atelier”?" in refused.reasons[0]


# Writing


FULL = entry(
    summary="Un résumé.",
    wilaya="Oran",
    sectors="crafts | water",
    founded="1998",
    links="https://example.org/",
    networks="Réseau local",
)


def test_imported_entry_is_as_if_made_in_the_editor(run_tasks, check, carry_out, section, editor):
    f.ActorPageFactory(parent=section, title="Autre", slug="coopérative-du-souf")
    carry_out(check(table(FULL)))
    actor = ActorPage.objects.get(title="Coopérative du Souf")
    assert actor.live
    assert not actor.has_unpublished_changes
    assert actor.get_parent().pk == section.pk
    assert actor.slug == "coopérative-du-souf-2"
    assert actor.url_path == f"{section.url_path}{actor.slug}/"
    assert (actor.owner, actor.locale, actor.sort_title) == (
        editor,
        section.locale,
        "cooperative du souf",
    )
    assert actor.first_published_at == actor.last_published_at
    revision = actor.latest_revision
    assert revision == actor.live_revision == actor.revisions.get()
    assert (revision.user, revision.object_str) == (editor, actor.title)
    kept, saved = revision.as_object().serializable_data(), actor.serializable_data()
    assert {name for name in saved if saved[name] != kept[name]} <= {
        "last_published_at",
        "live_revision",
    }
    assert [
        entry.action for entry in PageLogEntry.objects.filter(page=actor.pk).order_by("pk")
    ] == [
        "wagtail.create",
        "wagtail.publish",
    ]
    assert list(ActorPage.objects.live().search("souf")) == [actor]
    assert ReferenceIndex.get_references_to(actor.wilaya).filter(object_id=str(actor.pk)).exists()
    assert Page.find_problems() == ([], [], [], [], [])
    log = PageLogEntry.objects.get(page=section.pk, action="ess_pages.import_entries")
    assert log.data == {"file": "acteurs.csv", "created": 1, "changed": 0}


def test_published_again_from_its_revision_it_stays_as_it_is(check, carry_out):
    carry_out(check(table(FULL)))
    actor = ActorPage.objects.get()
    before = actor.serializable_data()
    actor.latest_revision.publish()
    actor = ActorPage.objects.get()
    assert {name: actor.serializable_data()[name] for name in ("links", "networks", "sectors")} == {
        name: before[name] for name in ("links", "networks", "sectors")
    }


def test_changed_entry_goes_through_a_revision_and_its_translation_follows(
    run_tasks, check, carry_out, tree, editor
):
    actor = tree["actor"]
    before = actor.revisions.count()
    row = {
        "id": actor.translation_key,
        "title": "Agence nouvelle",
        "founded": "1998",
        "wilaya": "31",
    }
    carry_out(check(table(row), tree["actors"]))
    actor.refresh_from_db()
    assert (actor.title, actor.draft_title, actor.founded) == ("Agence nouvelle",) * 2 + (1998,)
    assert actor.revisions.count() == before + 1
    assert actor.live_revision == actor.latest_revision == actor.revisions.latest("pk")
    assert actor.live_revision.as_object().founded == 1998
    assert actor.slug == actor.live_revision.as_object().slug
    arabic = actor.get_translations().get().specific
    assert (arabic.founded, arabic.wilaya.slug) == (1998, "oran")
    assert arabic.title == "عربي: Agence"
    renamed, published = (
        PageLogEntry.objects.filter(page=actor.pk, user=editor)
        .exclude(action="wagtail.edit")
        .order_by("pk")
    )
    assert (renamed.action, renamed.data["title"]["old"]) == ("wagtail.rename", "Agence")
    assert (published.action, published.revision) == ("wagtail.publish", actor.live_revision)
    assert published.label == actor.title


def test_same_file_a_second_time_changes_nothing(check, carry_out):
    file = table(FULL, FULL | {"title": "Une autre"})
    carry_out(check(file))
    run = check(file)
    assert outcomes(run) == ["same", "same"]
    with pytest.raises(ValidationError, match="nothing to import"):
        carry_out(run)


def test_run_is_imported_once(check, carry_out, editor):
    run = carry_out(check(table(FULL)))
    assert (run.state, bytes(run.content)) == (State.IMPORTED, b"")
    with pytest.raises(ValidationError, match="already"):
        import_entries(editor, run)
    runs.carry_out(run)
    assert ActorPage.objects.count() == 1


def test_worker_that_dies_midway_leaves_nothing(check, editor, monkeypatch):
    run = check(table(FULL, FULL | {"title": "Une autre"}))
    pages = Page.objects.count()
    import_entries(editor, run)
    run.refresh_from_db()

    def die(*args):
        raise MemoryError

    monkeypatch.setattr("ess_pages.imports.writing._log", die)
    with pytest.raises(MemoryError):
        runs.carry_out(run)
    run.refresh_from_db()
    assert (run.state, Page.objects.count()) == (State.FAILED, pages)
    assert "nothing was imported" in run.problem
    monkeypatch.undo()
    check_again(editor, run)
    runs.check(run)
    import_entries(editor, run)
    run.refresh_from_db()
    runs.carry_out(run)
    assert ActorPage.objects.count() == 2


@pytest.mark.parametrize("moment", ["before", "while"])
@pytest.mark.parametrize("deed", ["create", "change"])
def test_entry_written_since_the_check_refuses_the_run(
    check, editor, section, monkeypatch, moment, deed
):
    actor = f.ActorPageFactory(parent=section, title="Atelier")
    rows = {"create": FULL, "change": entry("Atelier", locality="Arzew")}
    run = check(table(rows[deed]))
    import_entries(editor, run)
    run.refresh_from_db()

    def write():
        if deed == "create":
            f.ActorPageFactory(
                parent=section, title=FULL["title"], wilaya=f.WilayaFactory(slug="oran")
            )
        else:
            actor.save_revision().publish()

    if moment == "before":
        write()
    else:
        prepare = runs._as_promised
        monkeypatch.setattr(runs, "_as_promised", lambda *args: [prepare(*args), write()][0])
    runs.carry_out(run)
    run.refresh_from_db()
    assert (run.state, "changed since the check (rows 2)" in run.problem) == (State.FAILED, True)
    assert not ActorPage.objects.filter(locality="Arzew").exists()


def test_run_with_a_refused_row_is_not_imported(check, editor):
    run = check(table(entry(), entry("")))
    assert outcomes(run) == ["create", "refused"]
    with pytest.raises(ValidationError, match="Rows are refused"):
        import_entries(editor, run)


def test_queries_do_not_grow_with_the_rows(check, editor, section):
    def queries(number: int) -> tuple[int, int]:
        content = table(*(FULL | {"title": f"Acteur {number} {n}"} for n in range(number)))
        with CaptureQueriesContext(connection) as checked:
            run = check(content)
        import_entries(editor, run)
        run.refresh_from_db()
        with CaptureQueriesContext(connection) as written:
            runs.carry_out(run)
        return len(checked), len(written)

    few, many = queries(2), queries(20)
    assert many[0] == few[0]
    # One for the actor’s own table; and SQLite takes so many values at once.
    assert many[1] <= few[1] + 18 + 4


# Who may, and how long it is kept


def test_only_those_who_publish_in_the_section_import(check, section):
    run = check(table(FULL))
    group = Group.objects.create(name="Rédaction")
    for codename in ("add", "change"):
        GroupPagePermission.objects.create(group=group, page=section, permission_type=codename)
    user = f.UserFactory()
    user.groups.add(group)
    for act in (import_entries, check_again, discard_import):
        with pytest.raises(PermissionDenied):
            act(user, run)
    with pytest.raises(PermissionDenied):
        start_import(user, section, "a.csv", b"")
    GroupPagePermission.objects.create(group=group, page=section, permission_type="publish")
    user = type(user).objects.get(pk=user.pk)
    import_entries(user, run)
    run.refresh_from_db()
    GroupPagePermission.objects.all().delete()
    run.user = type(user).objects.get(pk=user.pk)
    runs.carry_out(run)
    run.refresh_from_db()
    assert (run.state, run.problem) == (State.FAILED, "You may not publish in this section.")


def test_run_that_the_worker_has_left_can_be_taken_up_again(check, editor):
    run = check(table(FULL))
    import_entries(editor, run)
    with pytest.raises(ValidationError):
        import_entries(editor, run)
    with pytest.raises(ValidationError):
        discard_import(editor, run)
    ImportRun.objects.update(heard_at=timezone.now() - timedelta(minutes=6))
    import_entries(editor, run)
    run.refresh_from_db()
    runs.carry_out(run)
    assert ActorPage.objects.count() == 1


def test_runs_are_erased_after_a_month(check):
    old, new = check(table(FULL)), check(table(entry("Autre")))
    ImportRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    call_command("purge_imports", stdout=io.StringIO())
    assert list(ImportRun.objects.all()) == [new]
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=31))
    check(table(FULL))
    assert ImportRun.objects.count() == 1


# In the admin


@pytest.fixture
def publisher(client, section):
    """Somebody who publishes in the section, logged in, whose admin is in French."""
    user = f.UserFactory()
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename)
        GroupPagePermission.objects.create(group=group, page=section, permission=permission)
    user.groups.add(group)
    client.force_login(user)
    return user


def send(client, section, content: str | bytes, name="acteurs.csv"):
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse("ess_pages_imports"), {"section": section.pk, "file": file}, follow=True
    )


def numbers(response) -> dict[str, int]:
    counts = {count["outcome"]: count["number"] for count in response.context["counts"]}
    return {outcome: number for outcome, number in counts.items() if number}


def test_editor_sends_a_file_sees_what_it_does_and_imports_it(
    run_tasks, client, publisher, section
):
    response = send(client, section, table(entry(), entry("Radio", sphere="nul")))
    assert numbers(response) == {"create": 1, "refused": 1}
    assert reverse("ess_pages_import_carry_out", args=[response.context["run"].pk]) not in (
        response.content.decode()
    )
    response = send(client, section, table(entry(), entry("Radio")))
    assert numbers(response) == {"create": 2}
    carry_out = reverse("ess_pages_import_carry_out", args=[response.context["run"].pk])
    assert carry_out in response.content.decode()
    assert not ActorPage.objects.exists()
    response = client.post(carry_out, follow=True)
    assert response.context["run"].state == State.IMPORTED
    assert [actor.owner for actor in ActorPage.objects.live()] == [publisher] * 2
    client.post(carry_out)
    assert ActorPage.objects.count() == 2
    assert numbers(send(client, section, table(entry(), entry("Radio")))) == {"same": 2}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_state_of_a_run_has_its_page(client, publisher, check, section, language):
    publisher.wagtail_userprofile = UserProfile.get_for_user(publisher)
    publisher.wagtail_userprofile.preferred_language = language
    publisher.wagtail_userprofile.save()
    f.ActorPageFactory(parent=section, title="Radio")
    run = check(table(entry(locality=""), entry("Radio", locality="Oran"), entry("", locality="x")))
    for state in State.values:
        ImportRun.objects.update(state=state)
        for silence in (0, 6):
            ImportRun.objects.update(heard_at=timezone.now() - timedelta(minutes=silence))
            response = client.get(reverse("ess_pages_import", args=[run.pk]))
            assert response.status_code == 200
            is_followed = state in (State.CHECKING, State.IMPORTING) and not silence
            assert response.has_header("Refresh") == is_followed
    for outcome in ("create", "change", "same", "refused", "nonsense"):
        url = reverse("ess_pages_import", args=[run.pk])
        rows = client.get(url, {"outcome": outcome}).context["rows"]
        assert {row.outcome for row in rows} <= {outcome} or outcome == "nonsense"


def test_refused_rows_can_be_downloaded_with_their_reasons(client, publisher, check):
    run = check(table(entry(summary="'=1+1"), entry("Radio", summary="'=2") | {"sphere": "nul"}))
    response = client.get(reverse("ess_pages_import_refused", args=[run.pk]))
    heading, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert heading[:3] == ["title", "sphere", "summary"]
    assert row[:4] == ["Radio", "nul", "'=2", "3"]
    assert "“nul”" in row[4]


VIEWS = [
    ("get", "ess_pages_import"),
    ("get", "ess_pages_import_refused"),
    ("post", "ess_pages_import_carry_out"),
    ("post", "ess_pages_import_check"),
    ("post", "ess_pages_import_discard"),
]


@pytest.mark.parametrize(("method", "view"), VIEWS)
def test_views_are_for_those_who_publish_in_the_section(client, publisher, check, method, view):
    run = check(table(FULL))
    url = reverse(view, args=[run.pk])
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()
    response = getattr(client, method)(url)
    assert (response.status_code, response["Location"]) == (302, reverse("wagtailadmin_home"))
    client.logout()
    assert getattr(client, method)(url).status_code == 302
    assert client.post(reverse("ess_pages_imports")).status_code == 302
    run.refresh_from_db()
    assert run.state == State.CHECKED


@pytest.mark.parametrize(("method", "view"), [view for view in VIEWS if view[0] == "post"])
def test_nothing_is_done_by_following_a_link(client, publisher, check, method, view):
    run = check(table(FULL))
    assert client.get(reverse(view, args=[run.pk])).status_code == 405


def test_section_of_others_is_not_offered(client, publisher, section):
    GroupPagePermission.objects.all().delete()
    response = send(client, section, table(FULL))
    assert response.status_code == 200
    assert not ImportRun.objects.exists()


def test_form_is_safe_from_other_sites(publisher, section):
    client = Client(enforce_csrf_checks=True)
    client.force_login(publisher)
    assert send(client, section, table(FULL)).status_code == 403


def test_upload_is_throttled(client, publisher, section, monkeypatch):
    monkeypatch.setitem(throttle.RATES, "import_entries", "1/hour")
    send(client, section, table(FULL))
    response = send(client, section, table(FULL))
    assert response.context["form"].non_field_errors()
    assert ImportRun.objects.count() == 1


def test_file_sent_twice_at_once_is_checked_once(client, publisher, section):
    for _click in range(2):
        send(client, section, table(FULL))
    assert ImportRun.objects.count() == 1


class Upload:
    """A form whose file is 200 MB of zeros, and never whole in memory."""

    def __init__(self):
        self.left = self.size = 200 * 2**20

    def read(self, size: int) -> bytes:
        piece = b"0" * min(self.left, size)
        self.left -= len(piece)
        return piece

    readline = read


def test_file_of_200_mb_is_refused_and_fills_nothing(client, publisher, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    upload = Upload()
    tracemalloc.start()
    response = client.generic(
        "POST",
        reverse("ess_pages_imports"),
        content_type="multipart/form-data; boundary=X",
        **{"wsgi.input": upload, "CONTENT_LENGTH": str(upload.size)},
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert response.status_code == 302
    assert upload.left == 0
    assert peak < 5 * 2**20
    assert list(tmp_path.iterdir()) == []
    assert "10" in str(*get_messages(response.wsgi_request))
    assert not ImportRun.objects.exists()


def test_file_that_is_a_little_too_large_is_refused_too(client, publisher, section):
    response = send(client, section, b"x" * (MAX_BYTES + 1))
    assert "10" in response.context["form"].errors["file"][0]


def test_pages_take_as_many_queries_whatever_they_show(client, publisher, check, section):
    def queries(*path) -> int:
        client.get(reverse(*path))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(*path)).status_code == 200
        return len(captured)

    few = check(table(FULL))
    before = queries("ess_pages_imports"), queries("ess_pages_import", None, [few.pk])
    many = check(table(*(FULL | {"title": f"Acteur {number}"} for number in range(60))))
    check(table(FULL | {"title": "Un autre"}))
    assert (queries("ess_pages_imports"), queries("ess_pages_import", None, [many.pk])) == before
