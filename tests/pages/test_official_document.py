"""Official documents: the paper is the validated text, and anyone can check that it is."""

import hashlib
import io
import json
import re
import unicodedata

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ess_pages import pdf, throttle
from ess_pages.actions.handovers import issue_document
from ess_pages.models import (
    Clause,
    ClauseVersion,
    Consultation,
    DocumentText,
    OfficialDocument,
    Step,
    Voter,
)
from ess_pages.models.kept import KeptRecordError
from ess_pages.official_documents import Content, contents
from ess_pages.pdf.official import TEXTS, Official
from ess_pages.verification import Verification
from tests import factories


@pytest.fixture
def validated(tree):
    """The recommendation of the tree, validated."""
    return factories.validate(tree["recommendation"].recommendation)


@pytest.fixture
def second(tree):
    """Another one, validated too."""
    page = factories.RecommendationPageFactory(
        parent=tree["recommendations"], title="Compter", clauses=["Une clause"]
    )
    factories.translate(page)
    return factories.validate(page.recommendation)


@pytest.fixture
def issued(validated, admin_user, media):
    """A document that holds it, issued, in both languages."""
    draft = factories.OfficialDocumentFactory(recommendations=[validated])
    return issue_document(admin_user, draft)


@pytest.fixture
def media(settings, tmp_path):
    """Where the files of a test are kept."""
    settings.MEDIA_ROOT = tmp_path


def read(document: OfficialDocument) -> PdfReader:
    with document.pdf.open() as file:
        return PdfReader(io.BytesIO(file.read()))


def attached(reader: PdfReader) -> bytes:
    return reader.attachments[TEXTS][0]


def plain(text: str) -> str:
    """Return the characters that a text shows, in their plain form."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join("".join(kept).split())


def page_text(reader: PdfReader) -> str:
    return plain("".join(page.extract_text() for page in reader.pages))


def verify(client, query: dict[str, str], language: str = "fr"):
    with override(language):
        return client.get(reverse("ess_pages:verify"), query)


def address(document, language: str = "fr", name: str = "verify_document") -> str:
    with override(language):
        return reverse(f"ess_pages:{name}", args=[document.reference])


def tamper(document, text: str = "Autre chose.") -> None:
    """Change a clause behind everybody's back."""
    clauses = ClauseVersion.objects.filter(recommendation__document_texts__document=document)
    QuerySet.update(clauses, text_fr=text)


class TestIssuing:
    def test_checksum_of_one_text_is_that_of_its_validation(self, issued, validated):
        step = validated.steps.get(state="validated")
        assert issued.checksum == step.text_digest
        text = issued.texts.get()
        assert (text.version, text.text_digest) == (step.version, step.text_digest)

    @pytest.mark.parametrize("layout", OfficialDocument.Layout)
    def test_attached_file_gives_the_checksum(self, validated, second, admin_user, media, layout):
        draft = factories.OfficialDocumentFactory(
            layout=layout, recommendations=[second, validated]
        )
        document = issue_document(admin_user, draft)
        content = attached(read(document))
        assert hashlib.sha256(content).hexdigest() == document.checksum
        lines = content.decode().split("\n")
        assert [hashlib.sha256(line.encode()).hexdigest() for line in lines] == [
            text.text_digest for text in document.texts.all()
        ]
        assert [clause[1] for clause in json.loads(lines[0])] == ["Une clause"]

    def test_order_makes_another_checksum(self, validated, second, admin_user, media):
        checksums = {
            issue_document(
                admin_user, factories.OfficialDocumentFactory(recommendations=order)
            ).checksum
            for order in ([validated, second], [second, validated])
        }
        assert len(checksums) == 2

    def test_paper_bears_reference_checksum_and_address(self, issued):
        text = page_text(read(issued))
        for expected in (issued.reference, issued.checksum, "/fr/verify/", "Clause1"):
            assert plain(expected) in text

    @pytest.mark.parametrize(("layout", "language"), [("fr", "fr"), ("ar", "ar"), ("both", "fr")])
    def test_pdf_is_tagged_and_tells_its_language(
        self, validated, admin_user, media, layout, language
    ):
        draft = factories.OfficialDocumentFactory(layout=layout, recommendations=[validated])
        root = read(issue_document(admin_user, draft)).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"].startswith(language)
        assert b"pdfuaid" in root["/Metadata"].get_data()

    def test_issued_twice_is_issued_once(self, issued, admin_user):
        again = issue_document(admin_user, issued)
        assert (again.issued_at, again.pdf.name) == (issued.issued_at, issued.pdf.name)

    def test_what_is_not_validated_is_not_issued(self, tree, admin_user):
        draft = factories.OfficialDocumentFactory(
            recommendations=[tree["recommendation"].recommendation]
        )
        with pytest.raises(ValidationError):
            issue_document(admin_user, draft)
        draft.refresh_from_db()
        assert draft.issued_at is None

    def test_text_altered_since_is_not_issued(self, validated, admin_user):
        draft = factories.OfficialDocumentFactory(recommendations=[validated])
        tamper(draft)
        with pytest.raises(ValidationError):
            issue_document(admin_user, draft)

    def test_empty_document_is_not_issued(self, admin_user):
        with pytest.raises(ValidationError):
            issue_document(admin_user, factories.OfficialDocumentFactory())

    def test_member_issues_nothing(self, validated):
        draft = factories.OfficialDocumentFactory(recommendations=[validated])
        with pytest.raises(PermissionDenied):
            issue_document(factories.UserFactory(), draft)

    def test_nothing_of_it_changes_any_more(self, issued, second):
        text = issued.texts.get()
        for attempt in (
            issued.save,
            issued.delete,
            text.save,
            text.delete,
            lambda: OfficialDocument.objects.update(title_fr="Autre"),
            lambda: OfficialDocument.objects.all().delete(),
            lambda: DocumentText.objects.update(version=7),
            lambda: issued.texts.all().delete(),
            lambda: DocumentText.objects.create(
                document=issued, recommendation=second, place=2, version=1
            ),
        ):
            with pytest.raises(KeptRecordError):
                attempt()

    def test_participants_and_result_of_the_vote_are_on_it(self, validated, admin_user, media):
        vote = Consultation.objects.create(
            recommendation=validated,
            version=2,
            text_digest=validated.text_digest(),
            rule="two_thirds",
            quorum=50,
            closes_at=timezone.now(),
        )
        Voter.objects.create(
            consultation=vote,
            name_fr="Aïcha Exemple",
            name_ar="عائشة مثال",
            sphere=factories.SphereFactory(),
        )
        vote.closed_at, vote.has_passed = timezone.now(), True
        vote.result = {"asked": 23, "answered": 19, "choices": {"for": 17, "against": 2}}
        vote.save()
        draft = factories.OfficialDocumentFactory(layout="fr", recommendations=[validated])
        text = page_text(read(issue_document(admin_user, draft)))
        for expected in ("AïchaExemple", "Sphèrepublique", "23", "17", "50"):
            assert expected in text


# Whatever people write that a database keeps: no half characters, no NUL.
ANYTHING = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80
)
ARABIC = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءئؤ َُِّ،؛؟ـ ڨپ0123"), min_size=1)
FRENCH = st.lists(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôœùûABCÉ’,.;:()0123"), min_size=1),
    min_size=1,
    max_size=60,
).map(" ".join)


@pytest.fixture
def held(validated) -> Content:
    """What a document holds of one recommendation."""
    draft = factories.OfficialDocumentFactory(recommendations=[validated])
    return contents(draft)[0]


def rendered(held: Content, clauses, layout: str) -> tuple[PdfReader, Official]:
    """Return the PDF of a document with these clauses, and what it was made of."""
    fields = ("heading_fr", "text_fr", "heading_ar", "text_ar")
    versions = [
        ClauseVersion(clause=Clause(), number=place, **dict(zip(fields, clause, strict=True)))
        for place, clause in enumerate(clauses, start=1)
    ]
    for version in versions:
        version.place = version.number
    document = factories.OfficialDocumentFactory.build(layout=layout)
    official = Official(document, [held._replace(clauses=versions)])
    content = pdf.render(official.template, official.data, official.files)
    return PdfReader(io.BytesIO(content)), official


def without_frame(text: str, official: Official) -> str:
    """Return the text of pages without what stands at the head and foot of each."""
    for part in ("title", "url"):
        text = text.replace(plain(official.data[part]), "")
    return re.sub(r"Page\d+sur\d+", "", text)


class TestAnyText:
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        clauses=st.lists(
            st.tuples(FRENCH | ANYTHING, FRENCH | ANYTHING, ARABIC, ARABIC | ANYTHING),
            min_size=1,
            max_size=3,
        ),
        layout=st.sampled_from(["fr", "ar", "both"]),
    )
    def test_file_in_the_pdf_gives_the_checksum(self, held, clauses, layout):
        reader, official = rendered(held, clauses, layout)
        assert hashlib.sha256(attached(reader)).hexdigest() == official.checksum
        rows = json.loads(attached(reader))
        assert [tuple(row[1:]) for row in rows] == clauses

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(clauses=st.lists(st.tuples(FRENCH, FRENCH, ARABIC, ARABIC), min_size=1, max_size=4))
    def test_french_pages_bear_the_words_that_were_validated(self, held, clauses):
        reader, official = rendered(held, clauses, "fr")
        text = without_frame(page_text(reader), official)
        at = 0
        for heading, words, _heading, _words in clauses:
            for expected in (heading, words):
                at = text.find(plain(expected), at)
                assert at >= 0, expected


class TestVerification:
    @pytest.mark.parametrize("language", ["fr", "ar"])
    @pytest.mark.parametrize("by", ["reference", "checksum", "spaced", "text"])
    def test_reference_and_checksum_lead_to_the_document(self, client, issued, by, language):
        spaced = " ".join(issued.checksum.upper()[at : at + 8] for at in range(0, 64, 8))
        typed = {
            "reference": issued.reference.lower(),
            "checksum": issued.checksum,
            "spaced": spaced,
            "text": issued.texts.get().text_digest,
        }[by]
        response = verify(client, {"q": typed}, language)
        assert response.url == address(issued, language)
        page = client.get(response.url)
        assert page.context["verification"].is_valid
        html = page.content.decode()
        recommendation = issued.texts.get().recommendation
        recommendation_page = recommendation.language_pages.get(locale__language_code=language)
        assert f'href="{recommendation_page.get_url()}"' in html
        for expected in ("Texte de Clause 1.", "نص Clause 1.", "ess-verified", issued.reference):
            assert expected in html
        assert 'role="alert"' not in html

    @pytest.mark.parametrize(
        "pasted",
        [
            "\u2068{reference}\u2069",  # as the paper isolates it
            "\0{reference}",
            "\u200f {reference}\u00a0",
            "\u202a{checksum}\u202c",
            "{checksum}  recommendations.jsonl",  # what sha256sum says
            "{checksum} fichier.jsonl",
            "https://example.org/ar/verify/{reference}/",
        ],
    )
    def test_what_is_pasted_leads_to_the_document(self, client, issued, pasted):
        typed = pasted.format(reference=issued.reference, checksum=issued.checksum)
        assert verify(client, {"q": typed}).url == address(issued)

    @pytest.mark.parametrize("typed", ["2016/ESS/999", "f" * 64, "<b>", "x" * 500])
    def test_what_is_unknown_is_said_and_kept(self, client, issued, typed):
        response = verify(client, {"q": typed})
        assert response.status_code == 404
        assert response.context["error"]
        assert response.context["typed"] == typed[:200]
        assert 'role="alert"' in response.content.decode()

    def test_what_no_database_takes_leads_nowhere(self, client, home):
        assert client.get("/fr/verify/2016%00/").status_code == 404
        assert client.get("/fr/verify/2016%00.pdf").status_code == 404

    def test_unknown_reference_in_the_address_is_asked_for_again(self, client, home):
        response = client.get("/fr/verify/2016/ESS/999/")
        assert (response.status_code, response.context["typed"]) == (404, "2016/ESS/999")

    def test_draft_is_not_shown(self, client, validated):
        draft = factories.OfficialDocumentFactory(recommendations=[validated])
        assert client.get(address(draft)).status_code == 404
        assert client.get(address(draft, name="official_pdf")).status_code == 404

    @pytest.mark.parametrize("change", ["{} 0", "0{}"])
    def test_checksum_with_a_digit_more_is_another(self, client, issued, change):
        spaced = " ".join(issued.checksum[at : at + 8] for at in range(0, 64, 8))
        typed = change.format(spaced)
        assert verify(client, {"q": typed}).status_code == 404
        assert not client.get(address(issued), {"checksum": typed}).context["is_same"]

    @pytest.mark.parametrize(("change", "is_same"), [("", True), ("0", False)])
    def test_checksum_of_a_paper_is_compared(self, client, issued, change, is_same):
        typed = change + issued.checksum[len(change) :]
        if typed == issued.checksum and change:  # it began so
            typed = "1" + issued.checksum[1:]
        response = client.get(address(issued), {"checksum": typed})
        assert response.context["is_same"] is is_same
        assert ('role="alert"' in response.content.decode()) is not is_same

    def test_text_altered_since_is_found_out(self, client, issued):
        tamper(issued)
        response = client.get(address(issued))
        assert not response.context["verification"].is_valid
        assert 'role="alert"' in response.content.decode()

    def test_step_altered_since_is_found_out(self, issued, validated):
        QuerySet.update(Step.objects.filter(recommendation=validated), reason="Autre.")
        assert not Verification(issued).is_valid

    def test_pdf_is_the_one_that_was_made(self, client, issued):
        response = client.get(address(issued, name="official_pdf"))
        assert response["Content-Type"] == "application/pdf"
        with issued.pdf.open() as file:
            assert b"".join(response.streaming_content) == file.read()

    def test_too_many_attempts_are_refused(self, client, home, monkeypatch):
        monkeypatch.setitem(throttle.RATES, "verify", "1/hour")
        assert [verify(client, {"q": "a"}).status_code for _time in range(2)] == [404, 429]

    def test_queries_do_not_grow_with_the_document(
        self, client, issued, validated, second, admin_user
    ):
        large = factories.OfficialDocumentFactory(recommendations=[validated, second])
        issue_document(admin_user, large)
        numbers = []
        for document in (issued, large):
            client.get(address(document))
            with CaptureQueriesContext(connection) as queries:
                client.get(address(document))
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]
