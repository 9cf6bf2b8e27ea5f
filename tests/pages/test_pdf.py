"""Documents as PDF, and the report of a meeting as one."""

import datetime
import io
import unicodedata
from unittest.mock import patch

import pytest
import typst
import wagtail_factories
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader
from wagtail.models import PageViewRestriction

from ess_pages import models, pdf
from ess_pages.pdf import engine
from ess_pages.pdf.report import Report
from tests import factories

PLAIN = {"lang": "fr", "title": "Titre"}
LINK = '<a href="https://example.org/a">ici</a>'


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(document: PdfReader) -> str:
    """Return the text, letters in their plain form, without the marks of direction and breaks."""
    text = "\n".join(page.extract_text() for page in document.pages)
    kept = (char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", "".join(kept)).split())


def address(report, language: str = "fr") -> str:
    with override(language):
        return reverse("ess_pages:report_pdf", args=[report.pk])


@pytest.fixture
def report(tree) -> models.MeetingReportPage:
    """The French report of the tree."""
    return models.MeetingReportPage.objects.get(pk=tree["report"].pk)


@pytest.fixture
def media(settings, tmp_path):
    """Where the images of a test are kept."""
    settings.MEDIA_ROOT = tmp_path


# The engine


@pytest.fixture
def template(monkeypatch, tmp_path):
    """A function that makes a template of typst code, and returns its name."""

    def make(code: str) -> str:
        (tmp_path / "base.typ").write_bytes((engine.TEMPLATES / "base.typ").read_bytes())
        (tmp_path / "test.typ").write_text(f'#import "base.typ": *\n#show: paper\n{code}')
        monkeypatch.setattr(engine, "TEMPLATES", tmp_path)
        return "test.typ"

    return make


@pytest.mark.parametrize(
    "text",
    [
        '#import "/etc/passwd"',
        "$x$ <label> @ref *b* _i_ `raw` #[x] // \\ /* ",
        "x" * 10_000,
        "محضر" * 500,
        "👩‍👩‍👧 ❤️ 漢字 Αθήνα ⵣ",
        "\x00\x1b\ud800\ufffe\ufeff\ue000 fin",
        "\u202eesrever \u0301\u064b",
    ],
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_text_is_code_or_stops_a_document(template, text, language):
    name = template("#prose(data.nodes)")
    nodes = [{"kind": "paragraph", "spans": [{"kind": "strong", "spans": [text]}]}]
    content = pdf.render(name, {"lang": language, "title": text[:255], "nodes": nodes})
    assert content.startswith(b"%PDF")


def test_text_is_shown_as_it_is(template):
    text = '#import "/etc/passwd" $x$ <label> @ref *b* _i_'
    document = read(pdf.render(template("#data.text"), PLAIN | {"text": text}))
    assert text in text_of(document)


def test_sheet_can_lie_on_its_side(template):
    name = template("")
    code = (engine.TEMPLATES / name).read_text().replace("paper", "paper.with(flipped: true)")
    (engine.TEMPLATES / name).write_text(code)
    box = read(pdf.render(name, PLAIN)).pages[0].mediabox
    assert box.width > box.height


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../../etc/passwd"])
def test_template_reads_nothing_but_what_it_was_given(template, path):
    name = template(f'#read("{path}")')
    with pytest.raises(typst.TypstError):
        pdf.render(name, PLAIN)


def test_word_with_a_letter_that_the_font_lacks_is_set_in_the_other(template):
    name = template("#data.text")
    common = pdf.render(name, {"lang": "ar", "title": "عنوان", "text": "قالمة"})
    rare = pdf.render(name, {"lang": "ar", "title": "عنوان", "text": "ڨالمة"})
    assert "NotoSansArabic" not in common.decode("latin-1")
    assert "NotoSansArabic" in rare.decode("latin-1")
    assert "Boxes" not in rare.decode("latin-1")


def test_document_is_another_once_its_data_or_template_changes():
    first = pdf.fingerprint("report.typ", PLAIN)
    assert pdf.fingerprint("report.typ", dict(PLAIN)) == first
    assert pdf.fingerprint("report.typ", PLAIN | {"title": "Autre"}) != first
    assert pdf.fingerprint("base.typ", PLAIN) != first


# Rich text


def shape(nodes: list) -> list:
    """Return nodes as short tuples: kind, and what is within."""

    def short(node):
        if isinstance(node, str):
            return node
        if "items" in node:
            return (node["kind"], [shape(item) for item in node["items"]])
        return (node["kind"], *map(short, node.get("spans", [])))

    return [short(node) for node in nodes]


@pytest.mark.parametrize(
    ("html", "nodes"),
    [
        ("<p>un <b>deux</b></p>", [("paragraph", "un ", ("strong", "deux"))]),
        ("<p>a<br/>b</p>", [("paragraph", "a", ("break",), "b")]),
        (f"<p>{LINK}</p>", [("paragraph", ("link", "ici"))]),
        ("<hr/>", [("rule",)]),
        ("<ul><li>a</li><li></li></ul>", [("bullets", [[("paragraph", "a")]])]),
        (
            "<ol><li>a<ul><li>b</li></ul></li></ol>",
            [("numbers", [[("paragraph", "a"), ("bullets", [[("paragraph", "b")]])]])],
        ),
        ("<h2> </h2><p></p>", []),
        ("nu", [("paragraph", "nu")]),
        (
            "<section><p>a</p><table><tr><td>b</td></tr></table></section>",
            [("paragraph", "a"), ("paragraph", "b")],
        ),
        ("<p>a<script>alert(1)</script><!-- x --></p>", [("paragraph", "a")]),
        ("<p><i><a>a</a></i></p>", [("paragraph", ("em", "a"))]),
    ],
)
def test_rich_text_becomes_nodes(db, html, nodes):
    assert shape(pdf.prose(html, pdf.Links([html], ""))) == nodes


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("#b", "http://testserver/fr/page/#b"),
        ("/c", "http://testserver/c"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("http://[", None),
    ],
)
def test_link_leads_to_the_web_or_to_mail_only(db, href, url):
    html = f'<p><a href="{href}">ici</a></p>'
    (node,) = pdf.prose(html, pdf.Links([html], "http://testserver/fr/page/"))
    (span,) = node["spans"]
    assert (span if url is None else span["url"]) == (url or "ici")


def test_link_to_a_page_leads_to_its_reader_s_language(tree):
    html = f'<p><a linktype="page" id="{tree["actor"].pk}">ici</a></p>'
    with override("ar"):
        (node,) = pdf.prose(html, pdf.Links([html], "http://testserver"))
    assert node["spans"][0]["url"].startswith("http://testserver/ar/")


def test_no_level_of_headings_is_skipped(db):
    html = "<h4>a</h4><h4>b</h4><h2>c</h2><h4>d</h4>"
    links = pdf.Links([html], "")
    assert [node["level"] for node in pdf.prose(html, links)] == [1, 2, 1, 2]
    assert [node["level"] for node in pdf.prose(html, links, level=2)] == [3, 3, 1, 2]


def test_text_nested_beyond_reason_keeps_its_words(db, template):
    html = "<ul><li>" * 300 + "<b>" * 300 + "fin"
    nodes = pdf.prose(html, pdf.Links([html], ""))
    document = read(pdf.render(template("#prose(data.nodes)"), PLAIN | {"nodes": nodes}))
    assert "fin" in text_of(document)


# The report


@pytest.mark.parametrize(
    ("language", "sections"),
    [
        ("fr", ["Programme", "Ateliers", "Résolutions"]),
        ("ar", ["البرنامج", "الورشات", "القرارات"]),
    ],
)
def test_report_is_tagged_and_says_its_title_language_and_parts(client, tree, language, sections):
    page = tree["report"].get_translations(inclusive=True).get(locale__language_code=language)
    response = client.get(address(page, language))
    assert response["Content-Type"] == "application/pdf"
    document = read(response.content)
    root = document.trailer["/Root"]
    assert document.metadata.title == page.title
    assert root["/Lang"].split("-")[0] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1<" in root["/Metadata"].get_data()
    outline = [entry.title for entry in document.outline if not isinstance(entry, list)]
    assert [title for title in outline if title in sections] == sections


def test_report_has_all_that_its_page_has(client, tree):
    with override("fr"):
        text = text_of(read(client.get(address(tree["report"])).content))
    for part in (
        "Accueil",
        "Compte rendu",
        "Un résumé.",
        "Rencontre d’Alger",
        "mardi 15 mars 2016",
        "Alger",
        "Agence",
        "23 participants",
        "Sphère publique",
        "Participante",
        "09:00 Ouverture",
        "Atelier un",
        "1. Rester en contact",
        "Se revoir.",
        "http://testserver/fr/",
        "Page 1 sur 2",
    ):
        assert part in text


def test_arabic_report_is_in_arabic_with_its_months(client, tree):
    page = tree["report"].get_translations().get()
    data = Report(models.MeetingReportPage.objects.get(pk=page.pk)).data
    assert ["الثلاثاء 15 مارس 2016"] in [list(lines) for _label, lines in data["facts"]]
    text = text_of(read(client.get(address(page, "ar")).content))
    for word in ("محضر", "التاريخ", "مارس", "القطاع", "العمومي", "القرارات"):
        assert word in text


def test_report_shows_every_kind_of_block(media, tree, report):
    image = wagtail_factories.ImageFactory(title="Assemblée")
    document = wagtail_factories.DocumentFactory(title="Statuts")
    report.body = [
        ("text", f"<h3>Titre de texte</h3><p>Du texte, {LINK}.</p><ul><li>Un point</li></ul>"),
        ("figure", {"image": image, "caption": "Une légende", "credit": "Un crédit"}),
        ("quote", {"text": "Une citation", "author": "Une autrice", "role": "Sa qualité"}),
        ("key_figures", {"heading": "Chiffres", "figures": [{"value": "42", "label": "projets"}]}),
        ("documents", {"heading": "", "documents": [document]}),
        ("video_link", {"title": "Un film", "url": "https://example.org/v", "duration": "4:30"}),
        (
            "call_to_action",
            {"heading": "Agir", "text": "Venez", "button": "Voir", "page": tree["actor"]},
        ),
        ("related_pages", {"heading": "À lire", "pages": [tree["practice"]]}),
    ]
    report.save()
    made = Report(models.MeetingReportPage.objects.get(pk=report.pk))
    document = read(pdf.render(made.template, made.data, made.pictures.files()))
    text = text_of(document)
    for part in (
        "Titre de texte",
        "Du texte, ici.",
        "Un point",
        "Une légende · Un crédit",
        "Une citation",
        "Une autrice · Sa qualité",
        "Chiffres",
        "42",
        "Statuts",
        "Un film · Vidéo sur un autre site · 4:30",
        "https://example.org/v",
        "Agir",
        "http://testserver/fr/page-",
        "À lire",
        tree["practice"].title,
    ):
        assert part in text
    links = [
        note.get_object()["/A"]["/URI"]
        for page in document.pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert "https://example.org/a" in links
    assert any(page.images for page in document.pages)


def test_photos_and_documents_are_told(media, report):
    image = wagtail_factories.ImageFactory(title="Salle", description="La salle pleine")
    document = wagtail_factories.DocumentFactory()
    report.photos.add(models.ReportPhoto(image=image, caption="En atelier"))
    report.documents.add(models.ReportDocument(document=document, title="Annexe"))
    report.save()
    made = Report(models.MeetingReportPage.objects.get(pk=report.pk))
    content = pdf.render(made.template, made.data, made.pictures.files())
    text = text_of(read(content))
    assert "En atelier" in text
    assert "Annexe" in text
    assert f"http://testserver/documents/{document.pk}/" in text
    assert made.data["photos"]["items"][0]["image"]["alt"] == "La salle pleine"


def test_lost_image_leaves_its_caption(media, report):
    image = wagtail_factories.ImageFactory()
    report.photos.add(models.ReportPhoto(image=image, caption="Perdue"))
    report.body = [("figure", {"image": image, "caption": "Figure perdue", "credit": ""})]
    report.save()
    image.file.storage.delete(image.file.name)
    made = Report(models.MeetingReportPage.objects.get(pk=report.pk))
    text = text_of(read(pdf.render(made.template, made.data, made.pictures.files())))
    assert "Figure perdue" in text


def test_report_with_nothing_but_a_title_is_set(home):
    meetings = factories.MeetingIndexPageFactory(parent=home)
    meeting = factories.MeetingPageFactory(parent=meetings, title="Rencontre")
    report = factories.MeetingReportPageFactory(parent=meeting, title="Rien", summary="")
    made = Report(report)
    document = read(pdf.render(made.template, made.data))
    assert "Rien" in text_of(document)
    assert document.outline == []


def test_resolution_says_who_answers_for_it_until_when_and_how_far_it_is(tree, report):
    resolution = report.resolutions.get()
    person = factories.ParticipantFactory(name_fr="Nadia")
    models.Resolution.objects.filter(pk=resolution.pk).update(
        owner=person, actor=tree["actor"], due_on=datetime.date(2016, 6, 1)
    )
    models.ResolutionUpdate.objects.create(
        translation_key=resolution.translation_key, state="done", note_fr="Fait.", note_ar="تم."
    )
    (item,) = Report(models.MeetingReportPage.objects.get(pk=report.pk)).data["resolutions"][
        "items"
    ]
    with override("fr"):
        done = str(models.Resolution.State.DONE.label)
    answers = [lines for _label, lines in item["facts"]]
    assert answers == [["Nadia · Agence"], ["1 juin 2016"], [done]]
    assert item["updates"][0][1] == "Fait."


# Who may have it


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_file_has_a_name_that_people_read(client, tree, language):
    page = tree["report"].get_translations(inclusive=True).get(locale__language_code=language)
    type(page).objects.filter(pk=page.pk).update(
        slug="محضر" if language == "ar" else "compte-rendu"
    )
    header = client.get(address(page, language))["Content-Disposition"]
    assert (
        header
        == {
            "fr": 'inline; filename="compte-rendu.pdf"',
            "ar": "inline; filename*=utf-8''%D9%85%D8%AD%D8%B6%D8%B1.pdf",
        }[language]
    )


def test_draft_or_report_of_the_other_language_is_not_found(client, tree):
    report = tree["report"]
    assert client.get(address(report, "ar")).status_code == 404
    report.unpublish()
    assert client.get(address(report)).status_code == 404


def test_private_report_is_for_those_who_may_read_its_page(client, tree):
    report = tree["report"]
    with TestCase.captureOnCommitCallbacks(execute=True):
        PageViewRestriction.objects.create(
            page=report.get_parent(), restriction_type=PageViewRestriction.LOGIN
        )
    assert client.get(address(report)).status_code == 302
    client.force_login(factories.UserFactory())
    response = client.get(address(report))
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]


def test_private_actor_is_not_named(tree, report):
    with TestCase.captureOnCommitCallbacks(execute=True):
        PageViewRestriction.objects.create(
            page=tree["actor"], restriction_type=PageViewRestriction.LOGIN
        )
    models.Resolution.objects.update(actor=tree["actor"])
    assert "Agence" not in str(Report(report).data)


def test_report_out_for_approval_says_so_at_the_top(client, tree):
    report = tree["report"]
    review = models.ReportReview.objects.create(
        translation_key=report.translation_key, closes_at=timezone.now()
    )
    with patch("ess_pages.pdf.response.render", return_value=b"") as render:
        client.get(address(report))
        models.ReportReview.objects.filter(pk=review.pk).update(approved_at=timezone.now())
        client.get(address(report))
    before, after = (call.args[1] for call in render.call_args_list)
    assert before["status"]
    assert not after["status"]
    assert len(after["facts"]) == len(before["facts"]) + 1  # when it was approved


def test_report_is_set_once_and_not_sent_again(client, tree):
    url = address(tree["report"])
    with patch("ess_pages.pdf.response.render", wraps=pdf.render) as render:
        first = client.get(url)
        assert client.get(url).content == first.content
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert render.call_count == 1
        models.ResolutionUpdate.objects.create(
            translation_key=tree["report"].resolutions.get().translation_key,
            state="done",
            note_fr="Fait.",
            note_ar="تم.",
        )
        assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200
        assert render.call_count == 2


def test_number_of_queries_does_not_grow_with_the_report(media, tree, report):
    def count() -> int:
        Report(models.MeetingReportPage.objects.get(pk=report.pk))  # makes the images
        page = models.MeetingReportPage.objects.select_related("locale").get(pk=report.pk)
        with CaptureQueriesContext(connection) as queries:
            Report(page)
        return len(queries)

    def add(number: int) -> None:
        meeting = models.MeetingPage.objects.get(pk=tree["meeting"].pk)
        for _ in range(number):
            image = wagtail_factories.ImageFactory()
            document = wagtail_factories.DocumentFactory()
            person = factories.ParticipantFactory()
            actor = factories.ActorPageFactory(parent=tree["actors"])
            factories.translate(actor)
            link = f'<p><a linktype="page" id="{actor.get_translations().get().pk}">ici</a></p>'
            report.guests.add(models.Guest(participant=person))
            report.photos.add(models.ReportPhoto(image=image, caption="x"))
            report.documents.add(models.ReportDocument(document=document, title="x"))
            report.resolutions.add(
                models.Resolution(title="x", text=link, owner=person, actor=actor)
            )
            meeting.organisers.add(models.MeetingOrganiser(actor=actor))
            meeting.workshops.add(models.Workshop(title="x", rapporteurs=[person]))
            meeting.programme.add(models.ProgrammeItem(title="x"))
            report.body.append(("text", link))
            report.body.append(("figure", {"image": image, "caption": "", "credit": ""}))
            report.body.append(("documents", {"heading": "", "documents": [document]}))
            report.body.append(("related_pages", {"heading": "", "pages": [actor]}))
        report.save()
        meeting.save()

    add(1)
    few = count()
    add(3)
    assert count() == few


def test_page_of_the_report_leads_to_its_pdf(client, tree):
    assert address(tree["report"]) in client.get(tree["report"].url).content.decode()
