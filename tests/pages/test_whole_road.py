"""The whole road, from a workshop's draft to a decision-maker's answer, as 23 people walk it."""

import datetime
import hashlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pypdf import PdfReader

from ess_pages.actions import amendments, consultations, handovers, road, texts
from ess_pages.history import Conflict, History
from ess_pages.models import (
    Amendment,
    Ballot,
    Consultation,
    DecisionMaker,
    Institution,
    OfficialDocument,
    Recommendation,
    Undertaking,
)
from ess_pages.models.clauses import Wording
from tests import factories

State = Recommendation.State
# Of the seminar's 23 participants: how many came from each sphere.
SPHERES = {"public": 8, "private": 5, "civil-society": 8, "international": 2}


@pytest.fixture
def people(tree):
    """The 23, each with an account, by sphere; the first of the public sphere is rapporteur."""
    people = {
        slug: [
            factories.ParticipantFactory(
                sphere=factories.SphereFactory(slug=slug, name_fr=slug, name_ar=f"قطاع {slug}"),
                user=factories.UserFactory(),
            )
            for _person in range(number)
        ]
        for slug, number in SPHERES.items()
    }
    workshop = tree["recommendation"].workshop
    workshop.rapporteurs = [people["public"][0]]
    workshop.save()
    return people


@pytest.fixture
def text(tree):
    return tree["recommendation"].recommendation


def amend(person, text, place, language, heading, words):
    draft = Amendment(
        recommendation=text,
        kind=Amendment.Kind.CHANGE,
        clause=text.text()[place - 1].clause,
        language=language,
        heading=heading,
        text=words,
        reason="Pour que tout le monde comprenne.",
    )
    amendments.save_amendment(person.user, draft)
    return amendments.propose_amendment(person.user, draft)


def seen(text):
    return text.versions.latest("number").number


def state(text):
    return Recommendation.objects.get(pk=text.pk).state


def consult(validator, text, **details):
    details = {
        "rule": "majority",
        "quorum": 60,
        "voice": "member",
        "electorate": "all",
        "is_secret": False,
        "closes_at": timezone.now() + datetime.timedelta(days=7),
        **details,
    }
    return consultations.ask_consent(validator, text, details)


def vote(consultation, people, choice):
    voters = {voter.participant_id: voter for voter in consultation.voters.all()}
    for person in people:
        consultations.vote(voters[person.pk], choice, "Trop tôt." if choice == "against" else "")


def close(consultation):
    """Let the time of a consultation pass, and the command count."""
    past = timezone.now() - datetime.timedelta(minutes=1)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=past)
    assert consultations.close_what_has_ended() == 1
    return Consultation.objects.get(pk=consultation.pk)


def test_twenty_three_people_carry_a_text_to_the_desk_of_a_decision_maker(
    tree, people, text, admin_user, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    everybody = [person for group in people.values() for person in group]
    assert len(everybody) == 23
    rapporteur = people["public"][0].user

    # Open: rivals on the first clause, in both languages; one of them is overtaken.
    road.open_amendments(rapporteur, text, timezone.now() + datetime.timedelta(days=30))
    shorter = amend(people["private"][0], text, 1, "fr", "Un délai", "Répondre en quinze jours.")
    longer = amend(people["civil-society"][0], text, 1, "fr", "Un délai", "Répondre en un mois.")
    arabic = amend(people["international"][0], text, 2, "ar", "سجل", "يُنشر السجل كل سنة.")
    for person in people["civil-society"][1:]:
        amendments.give_opinion(person.user, shorter, is_support=True)
    amendments.give_opinion(people["public"][1].user, shorter, False, "Trop court pour nous.")
    counted = Amendment.objects.with_opinions().get(pk=shorter.pk)
    assert (counted.supports, counted.oppositions) == (7, 1)

    # Settled: the rival meets a conflict, which only words of the rapporteur settle.
    road.start_settling(rapporteur, text)
    amendments.accept_amendment(rapporteur, shorter, "Soutenu par sept.", seen(text))
    assert History(text).conflict(longer) == Conflict.CHANGED
    with pytest.raises(amendments.ConflictError):
        amendments.accept_amendment(rapporteur, longer, "Aussi.", seen(text))
    words = {
        "fr": Wording("Un délai", "Répondre en quinze jours, un mois s’il faut enquêter."),
        "ar": Wording("أجل", "يُرد في خمسة عشر يوما، وفي شهر إذا لزم التحقيق."),
    }
    amendments.accept_amendment(
        rapporteur, longer, "Les deux.", seen(text), words, agrees=True, despite_conflict=True
    )
    amendments.accept_amendment(rapporteur, arabic, "Oui.", seen(text))

    # Nothing is asked while a language has not followed.
    assert text.text()[1].behind == ["fr"]
    with pytest.raises(ValidationError):
        consult(admin_user, text)
    second = text.text()[1].clause
    french = {"fr": Wording("Registre", "Le registre est publié chaque année.")}
    texts.edit_clause(rapporteur, second, french, seen(text), agrees=True)

    # A first vote finds neither quorum nor majority: 6 to 6, where 14 had to answer.
    first = consult(admin_user, text)
    vote(first, people["public"][:6], Ballot.Choice.FOR)
    vote(first, people["civil-society"][:6], Ballot.Choice.AGAINST)
    first = close(first)
    assert (first.result["asked"], first.result["answered"]) == (23, 12)
    assert first.has_passed is False
    assert state(text) == State.SETTLING

    # A second one, with all answering, ends in a tie of the spheres: that is no consent.
    tie = consult(admin_user, text, voice="sphere")
    vote(tie, people["public"] + people["international"], Ballot.Choice.FOR)
    vote(tie, people["civil-society"] + people["private"], Ballot.Choice.AGAINST)
    tie = close(tie)
    assert (tie.result["voices"]["for"], tie.result["voices"]["against"]) == (2, 2)
    assert tie.has_passed is False

    # In the third the quorum is waived while it lasts, and 7 against 2 consent.
    third = consult(admin_user, text)
    vote(third, people["civil-society"][:7], Ballot.Choice.FOR)
    vote(third, people["private"][:2], Ballot.Choice.AGAINST)
    consultations.waive_quorum(admin_user, third, "Troisième consultation sur ce texte.")
    third = close(third)
    assert third.has_passed is True
    assert third.result["quorum"]["is_waived"] is True
    assert state(text) == State.VALIDATED
    validated = text.steps.get(state=State.VALIDATED)
    assert validated.text_digest == text.text_digest()
    with pytest.raises(ValidationError):
        texts.edit_clause(rapporteur, second, {"fr": Wording("Non", "Non.")}, seen(text))
    with pytest.raises(ValidationError):
        vote(third, people["public"][:1], Ballot.Choice.AGAINST)

    # Handed over: the paper holds the validated text, and its checksum says so.
    document = OfficialDocument.objects.create(
        reference="2016/ESS/01",
        title_fr="Répondre",
        title_ar="الرد",
        letter_fr="Madame, Monsieur…",
        letter_ar="سيدتي، سيدي…",
        signatory_fr="La présidente",
        signatory_ar="الرئيسة",
    )
    document.texts.create(recommendation=text, place=1, version=0)
    document = handovers.issue_document(admin_user, document)
    paper = PdfReader(BytesIO(document.pdf.read()))
    (attached,) = [content for files in paper.attachments.values() for content in files]
    assert hashlib.sha256(attached).hexdigest() == document.checksum
    assert "quinze jours, un mois s’il faut enquêter" in attached.decode()
    institution = Institution.objects.create(name_fr="Un ministère", name_ar="وزارة")
    minister = DecisionMaker.objects.create(
        institution=institution, name_fr="X", name_ar="س", post_fr="Ministre", post_ar="وزير"
    )
    today = timezone.localdate()
    handover = handovers.hand_over(
        admin_user, document, minister, today, "in_person", "Secrétariat"
    )
    assert state(text) == State.HANDED_OVER

    # Answered clause by clause, and followed up.
    takes_up = Undertaking(
        clause=second, position="accepts", text_fr="Dès janvier.", text_ar="ابتداء من جانفي."
    )
    answer = handovers.record_answer(
        admin_user, handover, today, "Oui.", "نعم.", undertakings=[takes_up]
    )
    assert state(text) == State.ANSWERED
    handovers.follow_up(
        admin_user, answer.undertakings.get(), "under_way", today, "Commencé.", "بدأ."
    )
    assert state(text) == State.FOLLOWED_UP

    # Whoever comes later can see how each sentence came to be.
    steps = list(text.steps.all())
    assert [step.state for step in steps] == [
        State.OPEN,
        State.SETTLING,
        State.VALIDATED,
        State.HANDED_OVER,
        State.ANSWERED,
        State.FOLLOWED_UP,
    ]
    assert all(step.digest == step.computed_digest() for step in steps)
    first_clause = text.text()[0].clause
    credited = [
        amendment.author
        for version in History(text).of(first_clause.pk)
        for amendment in version.amendments.all()
    ]
    assert credited == [people["private"][0].user, people["civil-society"][0].user]


@pytest.mark.parametrize(("language", "words"), [("fr", "un mois"), ("ar", "في شهر")])
def test_reader_sees_the_settled_words_in_either_language(
    client, tree, people, text, language, words
):
    rapporteur = people["public"][0].user
    settled = {
        "fr": Wording("Un délai", "Répondre en un mois."),
        "ar": Wording("أجل", "يُرد في شهر."),
    }
    texts.edit_clause(rapporteur, text.text()[0].clause, settled, seen(text), agrees=True)
    page = (
        tree["recommendation"].get_translations(inclusive=True).get(locale__language_code=language)
    )
    assert words in client.get(page.url).content.decode()
