"""The handover: from the issued document to what each institution undertakes, clause by clause."""

import datetime
import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_pages.actions import handovers as verbs
from ess_pages.actions.handover_reminders import remind_decision_makers
from ess_pages.actions.road import withdraw_recommendation
from ess_pages.actions.texts import remove_clause
from ess_pages.models import (
    Answer,
    DecisionMaker,
    Handover,
    Institution,
    OfficialDocument,
    Recommendation,
    Undertaking,
    UndertakingUpdate,
)
from tests import factories

State = Recommendation.State
TODAY = timezone.localdate()
RECEIPT = b"%PDF-1.7 signed"


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Where the files of a test are kept."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor(db):
    """Somebody who hands over."""
    user = factories.UserFactory()
    names = ["access_admin", "add_handover", "view_handover"]
    names += [f"{verb}_officialdocument" for verb in ("add", "change", "view")]
    names += [f"{verb}_decisionmaker" for verb in ("add", "change", "view")]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def text(tree):
    """The recommendation of the tree, validated."""
    return factories.validate(tree["recommendation"].recommendation)


@pytest.fixture
def document(text, editor):
    """An issued document of a hundred days ago."""
    draft = factories.OfficialDocumentFactory(recommendations=[text], dated=days(-100))
    return verbs.issue_document(editor, draft)


@pytest.fixture
def handover(document, editor):
    return hand_over(editor, document)


def hand_over(editor, document, on=None, **fields) -> Handover:
    fields.setdefault("decision_maker", None)
    fields["decision_maker"] = fields["decision_maker"] or factories.DecisionMakerFactory()
    on = days(-40) if on is None else on
    fields = {"means": "registry", "recipient": "Bureau d’ordre secret", **fields}
    return verbs.hand_over(editor, document, handed_on=on, **fields)


def answer(editor, handover, *undertakings, on=None, **fields) -> Answer:
    fields = {"text_fr": "Nous lirons.", "text_ar": "سنقرأ.", **fields}
    on = days(-30) if on is None else on
    return verbs.record_answer(
        editor, handover, received_on=on, undertakings=undertakings, **fields
    )


def undertakes(clause, position="accepts", **fields) -> Undertaking:
    return Undertaking(clause=clause, position=position, **fields)


def state_of(text) -> str:
    return Recommendation.objects.get(pk=text.pk).state


def page_of(client, tree, language="fr") -> BeautifulSoup:
    page = tree["recommendation"]
    if language == "ar":
        page = page.get_translations().get()
    response = client.get(page.get_url())
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


class TestHandingOver:
    def test_recommendation_is_handed_over_from_then_on(self, handover, text, document):
        assert state_of(text) == State.HANDED_OVER
        assert text.steps.last().reason == document.reference

    def test_second_institution_adds_no_step(self, handover, document, text, editor):
        hand_over(editor, document)
        assert document.handovers.count() == 2
        assert text.steps.filter(state=State.HANDED_OVER).count() == 1

    def test_recorded_twice_is_recorded_once(self, handover, document, editor):
        again = hand_over(editor, document, decision_maker=handover.decision_maker)
        assert again == handover

    def test_same_person_does_not_receive_it_again(self, handover, document, editor):
        with pytest.raises(ValidationError):
            hand_over(editor, document, days(-3), decision_maker=handover.decision_maker)

    @pytest.mark.parametrize("on", [1, -101])
    def test_day_has_come_and_is_not_before_the_document(self, document, editor, on):
        with pytest.raises(ValidationError) as error:
            hand_over(editor, document, days(on))
        assert set(error.value.error_dict) == {"handed_on"}
        assert not document.handovers.exists()

    def test_draft_is_not_handed_over(self, text, editor):
        draft = factories.OfficialDocumentFactory(recommendations=[text], dated=days(-100))
        with pytest.raises(ValidationError):
            hand_over(editor, draft)

    def test_withdrawn_recommendation_is_not_handed_over(self, document, text, admin_user):
        withdraw_recommendation(admin_user, text, "Une loi l’a devancée.")
        with pytest.raises(ValidationError):
            hand_over(admin_user, document)

    @pytest.mark.parametrize("verb", ["hand_over", "acknowledge", "answer", "follow_up"])
    def test_member_records_nothing(self, handover, document, text, editor, verb):
        clause = text.text()[0].clause
        undertaking = answer(editor, handover, undertakes(clause)).undertakings.get()
        member = factories.UserFactory()
        calls = {
            "hand_over": lambda: hand_over(member, document),
            "acknowledge": lambda: verbs.acknowledge(member, handover, TODAY),
            "answer": lambda: answer(member, handover),
            "follow_up": lambda: verbs.follow_up(member, undertaking, "done", TODAY, "a", "ب"),
        }
        with pytest.raises(PermissionDenied):
            calls[verb]()

    def test_acknowledgement_follows_the_handover(self, handover, editor):
        for on in (1, -41):
            with pytest.raises(ValidationError):
                verbs.acknowledge(editor, handover, days(on))
        verbs.acknowledge(editor, handover, days(-39), "n° 7")
        handover.refresh_from_db()
        assert (handover.acknowledged_on, handover.acknowledgement) == (days(-39), "n° 7")


class TestAnswers:
    def test_answer_goes_down_to_the_clause(self, handover, text, editor):
        first, second = (version.clause for version in text.text())
        made = answer(
            editor,
            handover,
            undertakes(first, "accepts", text_fr="Oui.", text_ar="نعم.", due_on=days(30)),
            undertakes(second, "declines"),
        )
        assert state_of(text) == State.ANSWERED
        positions = made.undertakings.values_list("clause", "position")
        assert set(positions) == {(first.pk, "accepts"), (second.pk, "declines")}

    def test_answer_recorded_twice_is_recorded_once(self, handover, text, editor):
        clause = text.text()[0].clause
        first, second = (answer(editor, handover, undertakes(clause)) for _time in range(2))
        assert first == second
        assert first.undertakings.count() == 1

    def test_each_institution_answers_for_itself(self, handover, document, text, editor):
        other = hand_over(editor, document)
        clause = text.text()[0].clause
        answer(editor, handover, undertakes(clause, "accepts"))
        answer(editor, other, undertakes(clause, "declines"))
        assert Undertaking.objects.filter(clause=clause).count() == 2
        assert text.steps.filter(state=State.ANSWERED).count() == 1

    def test_clause_of_another_text_is_refused_and_nothing_kept(self, handover, tree, text, editor):
        page = factories.RecommendationPageFactory(parent=tree["recommendations"], clauses=["A"])
        with pytest.raises(ValidationError):
            answer(editor, handover, undertakes(page.recommendation.text()[0].clause))
        assert not Answer.objects.exists()
        assert state_of(text) == State.HANDED_OVER

    def test_clause_that_was_struck_before_is_refused(self, tree, editor):
        page = factories.RecommendationPageFactory(
            parent=tree["recommendations"], clauses=["A", "B"]
        )
        factories.translate(page)
        struck = page.recommendation.text()[0].clause
        remove_clause(None, page.recommendation, struck, page.recommendation.versions.count(), "")
        draft = factories.OfficialDocumentFactory(
            recommendations=[factories.validate(page.recommendation)], dated=days(-100)
        )
        handover = hand_over(editor, verbs.issue_document(editor, draft))
        with pytest.raises(ValidationError):
            answer(editor, handover, undertakes(struck))

    @pytest.mark.parametrize("on", [1, -41])
    def test_answer_follows_the_handover(self, handover, editor, on):
        with pytest.raises(ValidationError):
            answer(editor, handover, on=days(on))

    @pytest.mark.parametrize("missing", ["text_fr", "text_ar"])
    def test_answer_is_told_in_both_languages(self, handover, editor, missing):
        with pytest.raises(ValidationError) as error:
            answer(editor, handover, **{missing: ""})
        assert set(error.value.error_dict) == {missing}

    def test_undertaking_is_followed_up(self, handover, text, editor):
        clause = text.text()[0].clause
        made = answer(editor, handover, undertakes(clause, due_on=days(-5)))
        undertaking = made.undertakings.get()
        assert undertaking.is_overdue
        for progress in ("under_way", "done", "done"):
            verbs.follow_up(editor, undertaking, progress, days(-1), f"{progress}.", "نص.")
        assert state_of(text) == State.FOLLOWED_UP
        undertaking = Undertaking.objects.get()
        assert (undertaking.progress, undertaking.is_overdue) == ("done", False)
        assert UndertakingUpdate.objects.count() == 2

    @pytest.mark.parametrize("on", [1, -31])
    def test_update_follows_the_answer(self, handover, text, editor, on):
        made = answer(editor, handover, undertakes(text.text()[0].clause))
        with pytest.raises(ValidationError):
            verbs.follow_up(editor, made.undertakings.get(), "done", days(on), "a", "ب")
        assert state_of(text) == State.ANSWERED

    @pytest.mark.parametrize(
        ("position", "due", "overdue"),
        [
            ("accepts", -1, True),
            ("studies", -1, True),
            ("declines", -1, False),
            ("accepts", 0, False),
            ("accepts", None, False),
        ],
    )
    def test_what_is_not_done_in_time_is_overdue(
        self, handover, text, editor, position, due, overdue
    ):
        due_on = None if due is None else days(due)
        made = answer(editor, handover, undertakes(text.text()[0].clause, position, due_on=due_on))
        assert made.undertakings.get().is_overdue is overdue


class TestRemindersOfEditors:
    @pytest.fixture(autouse=True)
    def _tasks(self, run_tasks):
        """Send mails at once."""

    def test_editor_is_reminded_once_a_due_day(self, document, editor):
        handover = hand_over(editor, document, days(-29), remind_every=30)
        assert remind_decision_makers() == 0
        Handover.objects.filter(pk=handover.pk).update(handed_on=days(-30))
        assert [remind_decision_makers() for _time in range(2)] == [1, 0]
        # A month later, and late: once.
        last = timezone.now() - datetime.timedelta(days=40)
        Handover.objects.filter(pk=handover.pk).update(handed_on=days(-70), reminded_at=last)
        assert [remind_decision_makers() for _time in range(2)] == [1, 0]
        assert [message.to for message in mail.outbox] == [[editor.email]] * 2

    def test_mail_has_a_text_to_send_in_both_languages(self, handover, editor):
        call_command("remind_decision_makers", verbosity=0)
        body = mail.outbox[0].body
        for expected in (
            handover.decision_maker.name_fr,
            handover.decision_maker.name_ar,
            "/fr/verify/",
            "/ar/verify/",
            f"/admin/ess/handovers/{handover.pk}/",
        ):
            assert expected in body

    def test_answered_handover_is_left_alone(self, handover, editor):
        answer(editor, handover)
        assert remind_decision_makers() == 0

    def test_nobody_is_reminded_of_what_is_withdrawn(self, handover, text, admin_user):
        withdraw_recommendation(admin_user, text, "Sans objet.")
        assert remind_decision_makers() == 0

    def test_nobody_is_reminded_where_it_was_not_wanted(self, document, editor):
        hand_over(editor, document, remind_every=0)
        assert remind_decision_makers() == 0

    def test_who_has_left_is_not_written_to(self, handover, editor):
        editor.is_active = False
        editor.save()
        assert remind_decision_makers() == 0


class TestPublicPage:
    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_days_are_counted_while_there_is_no_answer(self, client, tree, handover, language):
        part = page_of(client, tree, language).select_one(f"#handover-{handover.pk}")
        institution = handover.decision_maker.institution
        assert getattr(institution, f"name_{language}") in part.text
        assert "40" in part.select_one(".ess-waiting").text
        with override(language):
            assert handover.get_means_display() in part.text

    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_answer_is_shown_clause_by_clause(self, client, tree, handover, text, editor, language):
        version = text.text()[1]
        made = answer(
            editor,
            handover,
            undertakes(version.clause, text_fr="Un an.", text_ar="سنة.", due_on=days(-1)),
        )
        verbs.follow_up(editor, made.undertakings.get(), "under_way", days(-2), "Lancé.", "بدأ.")
        page = page_of(client, tree, language)
        part = page.select_one(f"#handover-{handover.pk}")
        said = {"fr": ["Nous lirons.", "Un an.", "Lancé."], "ar": ["سنقرأ.", "سنة.", "بدأ."]}
        for expected in said[language]:
            assert expected in part.text
        assert part.select_one(".ess-waiting") is None
        assert part.select_one(".ess-position-accepts")
        assert part.select_one(".ess-late")
        anchor = part.select_one(".ess-undertakings a")["href"]
        assert page.select_one(anchor) is not None
        assert anchor == f"#{version.clause.anchor}"

    def test_contacts_and_proofs_stay_with_the_editors(self, client, tree, document, editor):
        proof = SimpleUploadedFile("recu-signe.pdf", RECEIPT)
        handover = hand_over(editor, document, proof=proof)
        html = str(page_of(client, tree))
        for secret in ("secret@example.org", "+213", "Bureau d’ordre secret", "recu-signe"):
            assert secret not in html
        assert "recu-signe" not in handover.proof.name
        for path in (handover.proof.name, f"x/../{handover.proof.name}"):
            assert client.get(f"/media/{path}").status_code == 404

    def test_links_lead_to_the_paper_and_to_its_check(self, client, tree, document):
        part = page_of(client, tree).select_one("section[aria-labelledby=handovers]")
        pdf, check = (link["href"] for link in part.select("p a"))
        assert client.get(pdf)["Content-Type"] == "application/pdf"
        assert client.get(check).context["document"] == document

    def test_draft_is_nobodys_business(self, client, tree, text):
        factories.OfficialDocumentFactory(recommendations=[text])
        page = page_of(client, tree)
        assert page.select_one("section[aria-labelledby=handovers]") is None

    def test_queries_do_not_grow_with_the_handovers(self, client, tree, document, text, editor):
        def number() -> int:
            page_of(client, tree)
            with CaptureQueriesContext(connection) as queries:
                page_of(client, tree)
            return len(queries)

        clauses = [version.clause for version in text.text()]
        first = hand_over(editor, document)
        made = answer(editor, first, undertakes(clauses[0]))
        verbs.follow_up(editor, made.undertakings.get(), "done", days(-2), "Fait.", "تم.")
        few = number()
        second = verbs.issue_document(
            editor, factories.OfficialDocumentFactory(recommendations=[text], dated=days(-90))
        )
        for paper in (document, second, second):
            handover = hand_over(editor, paper)
            for on in (-20, -10):
                made = answer(editor, handover, *map(undertakes, clauses), on=days(on))
                for item in made.undertakings.all():
                    for progress in ("under_way", "done"):
                        verbs.follow_up(editor, item, progress, days(-2), "Fait.", "تم.")
        assert number() == few


class TestAdmin:
    @pytest.fixture
    def client(self, client, editor):
        client.force_login(editor)
        return client

    def post_document(self, client, url, **fields):
        data = {
            "reference": "2016/ESS/01",
            "dated": days(-50),
            "layout": "both",
            "title_fr": "Titre",
            "title_ar": "عنوان",
            "letter_fr": "Lettre.",
            "letter_ar": "رسالة.",
            "signatory_fr": "La présidente",
            "signatory_ar": "الرئيسة",
            **fields,
        }
        return client.post(url, data)

    def test_document_is_written_previewed_and_issued(self, client, tree, text):
        url = reverse("wagtailsnippets_ess_pages_officialdocument:add")
        assert client.get(url).content.decode().count(f'name="place_{text.pk}"') == 1
        response = self.post_document(client, url, **{f"place_{text.pk}": 3})
        document = OfficialDocument.objects.get()
        shown = client.get(response.url)
        assert shown.context["document"] == document
        assert [content.recommendation for content, _title in shown.context["titles"]] == [text]
        preview = client.get(reverse("ess_pages_preview_document", args=[document.pk]))
        assert preview.content.startswith(b"%PDF")
        client.post(reverse("ess_pages_issue_document", args=[document.pk]))
        document.refresh_from_db()
        assert document.issued_at

    def test_recommendations_are_put_in_order(self, client, tree, text):
        page = factories.RecommendationPageFactory(parent=tree["recommendations"], clauses=["A"])
        other = factories.validate(page.recommendation)
        url = reverse("wagtailsnippets_ess_pages_officialdocument:add")
        places = {f"place_{text.pk}": 5, f"place_{other.pk}": 2}
        self.post_document(client, url, **places)
        texts = OfficialDocument.objects.get().texts.all()
        assert [item.recommendation for item in texts] == [other, text]
        edit = reverse(
            "wagtailsnippets_ess_pages_officialdocument:edit", args=[texts[0].document_id]
        )
        self.post_document(client, edit, **{f"place_{text.pk}": 1, f"place_{other.pk}": ""})
        assert [item.recommendation for item in OfficialDocument.objects.get().texts.all()] == [
            text
        ]

    @pytest.mark.parametrize(
        "fields", [{"reference": "a b"}, {"reference": "/1"}, {"reference": "2016/ess/9"}]
    )
    def test_wrong_reference_is_told_and_what_was_typed_kept(self, client, text, fields):
        factories.OfficialDocumentFactory(reference="2016/ESS/9")
        url = reverse("wagtailsnippets_ess_pages_officialdocument:add")
        response = self.post_document(client, url, title_fr="Gardé", **fields)
        assert response.status_code == 200
        assert set(response.context["form"].errors) == {"reference"}
        assert "Gardé" in response.content.decode()

    def test_one_place_holds_one_recommendation(self, client, tree, text):
        page = factories.RecommendationPageFactory(parent=tree["recommendations"], clauses=["A"])
        other = factories.validate(page.recommendation)
        url = reverse("wagtailsnippets_ess_pages_officialdocument:add")
        places = {f"place_{text.pk}": 1, f"place_{other.pk}": 1}
        response = self.post_document(client, url, **places)
        assert response.context["form"].non_field_errors()
        assert not OfficialDocument.objects.exists()

    def test_what_is_not_validated_cannot_be_chosen(self, client, tree):
        url = reverse("wagtailsnippets_ess_pages_officialdocument:add")
        assert "place_" not in client.get(url).content.decode()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_issued_document_is_not_edited(self, client, document, method):
        url = reverse("wagtailsnippets_ess_pages_officialdocument:edit", args=[document.pk])
        response = getattr(client, method)(url, {"title_fr": "Autre"})
        assert "inspect" in response.url
        document.refresh_from_db()
        assert document.title_fr == "Ouvrir des lieux"

    @pytest.mark.parametrize("model", [OfficialDocument, Handover, Institution, DecisionMaker])
    def test_nobody_deletes_what_documents_name(self, admin_client, handover, model):
        pk = model.objects.get().pk
        name = f"wagtailsnippets_ess_pages_{model._meta.model_name}:delete"
        admin_client.post(reverse(name, args=[pk]))
        assert model.objects.filter(pk=pk).exists()

    @pytest.mark.parametrize("name", ["officialdocument", "handover", "decisionmaker"])
    def test_lists_are_shown(self, client, handover, name):
        html = client.get(reverse(f"wagtailsnippets_ess_pages_{name}:list")).content.decode()
        shown = {
            "officialdocument": handover.document.reference,
            "handover": reverse("ess_pages_handover", args=[handover.pk]),
            "decisionmaker": handover.decision_maker.name_fr,
        }
        assert shown[name] in html

    def test_list_says_when_an_institution_answered_first(self, client, editor, handover):
        for on in (-20, -30):
            answer(editor, handover, on=days(on))
        response = client.get(reverse("wagtailsnippets_ess_pages_handover:list"))
        assert [item.answered_on for item in response.context["object_list"]] == [days(-30)]

    def test_handover_is_recorded_with_its_proof(self, client, document, text, media):
        person = factories.DecisionMakerFactory()
        data = {
            "decision_maker": person.pk,
            "handed_on": days(-1),
            "means": "in_person",
            "recipient": "Elle-même",
            "remind_every": 30,
            "proof": SimpleUploadedFile("recu.pdf", RECEIPT),
        }
        response = client.post(reverse("ess_pages_hand_over", args=[document.pk]), data)
        handover = Handover.objects.get()
        assert response.url == reverse("ess_pages_handover", args=[handover.pk])
        assert client.get(response.url).status_code == 200
        proof = reverse("ess_pages_handover_proof", args=[handover.pk])
        assert b"".join(client.get(proof).streaming_content) == RECEIPT
        client.force_login(factories.UserFactory())
        assert client.get(proof).status_code != 200

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"handed_on": days(1)}, "handed_on"),
            ({"handed_on": days(-200)}, "handed_on"),
            ({"proof": SimpleUploadedFile("recu.exe", b"x")}, "proof"),
            ({"recipient": ""}, "recipient"),
        ],
    )
    def test_wrong_handover_is_told_and_kept(self, client, document, change, field):
        data = {
            "decision_maker": factories.DecisionMakerFactory().pk,
            "handed_on": days(-1),
            "means": "post",
            "recipient": "Gardé",
            "remind_every": 30,
        }
        response = client.post(reverse("ess_pages_hand_over", args=[document.pk]), data | change)
        assert set(response.context["form"].errors) == {field}
        assert not Handover.objects.exists()
        if field != "recipient":
            assert "Gardé" in response.content.decode()

    def test_answer_is_recorded_clause_by_clause_and_followed_up(self, client, handover, text):
        first, _second = (version.clause for version in text.text())
        url = reverse("ess_pages_answer", args=[handover.pk])
        assert client.get(url).status_code == 200
        data = {"received_on": days(-3), "text_fr": "Oui.", "text_ar": "نعم.", "document": ""}
        wrong = {f"clause-{first.pk}-text_fr": "En français seulement"}
        response = client.post(url, data | wrong)
        _name, row = response.context["clauses"][0]
        assert set(row.errors) == {"position", "text_ar"}
        assert not Answer.objects.exists()
        client.post(url, data | {f"clause-{first.pk}-position": "studies"})
        undertaking = Undertaking.objects.get()
        assert (undertaking.clause, undertaking.position) == (first, "studies")

        url = reverse("ess_pages_follow_up", args=[undertaking.pk])
        assert client.get(url).status_code == 200
        data = {"progress": "done", "happened_on": days(-1), "note_fr": "Fait.", "note_ar": "تم."}
        response = client.post(url, data)
        assert state_of(text) == State.FOLLOWED_UP
        html = client.get(response.url).content.decode()
        assert str(Undertaking.Progress.DONE.label) in html

    def test_acknowledgement_is_recorded(self, client, handover):
        url = reverse("ess_pages_acknowledge", args=[handover.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"acknowledged_on": days(-39), "acknowledgement": "n° 7"})
        handover.refresh_from_db()
        assert handover.acknowledgement == "n° 7"

    @pytest.mark.parametrize(
        "name", ["handover", "acknowledge", "answer", "hand_over", "preview_document"]
    )
    def test_who_may_not_hand_over_sees_none_of_it(self, client, handover, name):
        about = handover.document if name in ("hand_over", "preview_document") else handover
        user = factories.UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
        client.force_login(user)
        response = client.get(reverse(f"ess_pages_{name}", args=[about.pk]))
        assert response.status_code in (302, 403)
        assert not re.search("2016/ESS", response.content.decode())
