"""Clauses and amendments: nothing is lost, whatever is done in whatever order."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ess_pages.actions import amendments as verbs
from ess_pages.actions import road, texts
from ess_pages.history import Conflict, History
from ess_pages.models import Amendment, ClauseVersion, Recommendation, Step
from ess_pages.models.clauses import Wording
from ess_pages.models.kept import KeptRecordError
from tests import factories

State, Kind = Recommendation.State, Amendment.Kind
TOMORROW = datetime.timedelta(days=1)


@pytest.fixture
def rapporteur(tree):
    user = factories.UserFactory()
    workshop = tree["recommendation"].workshop
    workshop.rapporteurs.add(factories.ParticipantFactory(user=user, name_fr="La rapporteure"))
    workshop.save()
    return user


@pytest.fixture
def member(db):
    return factories.UserFactory()


@pytest.fixture
def text(tree):
    """The recommendation of the tree: two clauses, in both languages, a draft."""
    return tree["recommendation"].recommendation


@pytest.fixture
def open_text(text, rapporteur):
    road.open_amendments(rapporteur, text, timezone.now() + TOMORROW)
    text.refresh_from_db()
    return text


def headings(text, language="fr", number=None):
    return [version.wording(language).heading for version in text.text(number)]


def clause(text, place=1):
    return text.text()[place - 1].clause


def last(text) -> int:
    return text.versions.last().number


def propose(user, recommendation, kind=Kind.CHANGE, about=None, **fields):
    fields = {"language": "fr", "reason": "Plus clair.", **fields}
    if kind in (Kind.CHANGE, Kind.ADD):
        fields = {"heading": "Autre", "text": "Un autre texte.", **fields}
    draft = Amendment(recommendation=recommendation, kind=kind, clause=about, **fields)
    return verbs.propose_amendment(user, verbs.save_amendment(user, draft))


class TestClauses:
    def test_clause_keeps_its_identity_through_edits_moves_and_languages(self, text, rapporteur):
        first, second = (version.clause for version in text.text())
        texts.edit_clause(rapporteur, first, {"fr": Wording("Un", "Mieux.")}, last(text))
        texts.move_clause(rapporteur, first, second, last(text))
        assert [version.clause for version in text.text()] == [second, first]
        assert headings(text) == ["Clause 2", "Un"]
        assert headings(text, "ar") == ["عربي Clause 2", "عربي Clause 1"]

    def test_any_version_can_be_read_again(self, text, rapporteur):
        before = last(text)
        texts.strike_clause(rapporteur, clause(text), before, "Double.")
        texts.write_clause(rapporteur, text, {"fr": Wording("Trois", "Texte.")}, clause(text))
        assert headings(text) == ["Clause 2", "Trois"]
        assert headings(text, number=before) == ["Clause 1", "Clause 2"]
        assert [v.heading_fr for v in History(text).text(before)] == ["Clause 1", "Clause 2"]

    def test_struck_clause_comes_back_in_its_words(self, text, rapporteur):
        struck = clause(text)
        texts.strike_clause(rapporteur, struck, last(text), "Double.")
        texts.restore_clause(rapporteur, struck, clause(text))
        texts.restore_clause(rapporteur, struck, None)
        assert headings(text) == ["Clause 2", "Clause 1"]

    def test_other_language_has_to_follow_a_change(self, text, rapporteur):
        one = clause(text)
        texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Mieux.")}, last(text))
        assert text.text()[0].behind == ["ar"]
        texts.edit_clause(rapporteur, one, {"ar": Wording("واحد", "أحسن.")}, last(text))
        version = text.text()[0]
        assert (version.behind, version.kind) == ([], ClauseVersion.Kind.TRANSLATED)

    def test_each_language_may_have_a_change_that_the_other_lacks(self, text, rapporteur):
        one = clause(text)
        texts.find_differing(rapporteur, one, "fr", last(text), "Le délai manque.")
        texts.find_differing(rapporteur, one, "ar", last(text), "Le mot n’est pas le même.")
        assert text.text()[0].behind == ["fr", "ar"]
        texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Mieux.")}, last(text))
        assert text.text()[0].behind == ["ar"]
        texts.edit_clause(rapporteur, one, {}, last(text), agrees=True)
        assert text.text()[0].behind == []

    def test_clause_of_one_language_is_missing_in_the_other(self, text, rapporteur):
        version = texts.write_clause(rapporteur, text, {"ar": Wording("ثلاثة", "نص.")})
        assert version.behind == ["fr"]
        assert version.shown_language == "ar"

    def test_second_rapporteur_is_told_what_the_first_has_changed(self, text, rapporteur):
        seen, one = last(text), clause(text)
        texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Mieux.")}, seen)
        with pytest.raises(texts.MovedOnError):
            texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Autrement.")}, seen)
        assert text.text()[0].text_fr == "Mieux."

    def test_rapporteurs_of_two_clauses_do_not_meet(self, text, rapporteur):
        seen = last(text)
        for place in (1, 2):
            words = {"fr": Wording("Autre", "Mieux.")}
            texts.edit_clause(rapporteur, clause(text, place), words, seen)
        assert headings(text) == ["Autre", "Autre"]

    def test_same_words_twice_make_one_version(self, text, rapporteur):
        words = {"fr": Wording("Un", "Mieux.")}
        texts.edit_clause(rapporteur, clause(text), words, last(text))
        number = last(text)
        texts.edit_clause(rapporteur, clause(text), words, number)
        assert last(text) == number

    def test_clause_is_not_emptied_but_struck(self, text, rapporteur):
        with pytest.raises(ValidationError, match="supprimez"):
            texts.edit_clause(rapporteur, clause(text), {"fr": Wording("", "")}, last(text))

    def test_open_text_changes_by_amendments_alone(self, open_text, rapporteur):
        one = clause(open_text)
        with pytest.raises(ValidationError, match="amendements"):
            texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Mieux.")}, last(open_text))
        assert headings(open_text) == ["Clause 1", "Clause 2"]
        with pytest.raises(ValidationError):
            texts.strike_clause(rapporteur, one, last(open_text), "Double.")

    @pytest.mark.parametrize("verb", ["edit", "write", "move", "strike", "restore", "differ"])
    def test_member_does_not_write_the_text(self, text, member, verb):
        one = clause(text)
        calls = {
            "edit": lambda: texts.edit_clause(member, one, {}, 2),
            "write": lambda: texts.write_clause(member, text, {"fr": Wording("a", "b")}),
            "move": lambda: texts.move_clause(member, one, None, 2),
            "strike": lambda: texts.strike_clause(member, one, 2, "Non."),
            "restore": lambda: texts.restore_clause(member, one, None),
            "differ": lambda: texts.find_differing(member, one, "ar", 2, "Non."),
        }
        with pytest.raises(PermissionDenied):
            calls[verb]()


class TestKeptRecords:
    @pytest.mark.parametrize("model", [ClauseVersion, Step])
    def test_record_is_neither_altered_nor_deleted(self, open_text, model):
        record = model.objects.first()
        for attempt in (
            record.save,
            record.delete,
            lambda: model.objects.update(number=7),
            lambda: model.objects.all().delete(),
            lambda: model.objects.bulk_update([record], ["number"]),
        ):
            with pytest.raises(KeptRecordError):
                attempt()

    def test_account_that_goes_leaves_its_versions(self, text, rapporteur):
        texts.edit_clause(rapporteur, clause(text), {"fr": Wording("Un", "Mieux.")}, last(text))
        rapporteur.delete()
        assert text.versions.last().by is None


class TestRoad:
    def test_steps_form_a_chain(self, open_text, rapporteur):
        road.start_settling(rapporteur, open_text)
        first, second = open_text.steps.all()
        assert (first.state, second.state) == (State.OPEN, State.SETTLING)
        assert second.previous == first.digest
        assert [step.digest == step.computed_digest() for step in (first, second)] == [True, True]
        assert second.text_digest == open_text.text_digest()

    @pytest.mark.parametrize("verb", ["start_settling", "hand_over", "answer", "follow_up"])
    def test_no_step_is_skipped(self, text, verb):
        with pytest.raises(ValidationError, match="étape"):
            road.take_step(None, text, verb)
        assert not text.steps.exists()

    def test_text_closes_by_itself_once(self, open_text):
        Recommendation.objects.update(closes_at=timezone.now() - TOMORROW)
        assert (road.settle_what_has_closed(), road.settle_what_has_closed()) == (1, 0)
        open_text.refresh_from_db()
        assert open_text.state == State.SETTLING
        assert open_text.steps.last().by is None

    def test_text_without_a_clause_is_not_opened(self, tree, rapporteur):
        page = factories.RecommendationPageFactory(
            parent=tree["recommendations"], workshop=tree["recommendation"].workshop
        )
        with pytest.raises(ValidationError, match="clause"):
            road.open_amendments(rapporteur, page.recommendation, timezone.now() + TOMORROW)

    def test_time_that_has_passed_opens_nothing(self, text, rapporteur):
        with pytest.raises(ValidationError, match="passé"):
            road.open_amendments(rapporteur, text, timezone.now() - TOMORROW)

    def test_withdrawal_needs_a_reason_and_stays(self, open_text, admin_user):
        with pytest.raises(ValidationError):
            road.withdraw_recommendation(admin_user, open_text, " ")
        road.withdraw_recommendation(admin_user, open_text, "Une loi l’a devancée.")
        open_text.refresh_from_db()
        assert open_text.state == State.WITHDRAWN
        with pytest.raises(ValidationError):
            road.open_amendments(admin_user, open_text, timezone.now() + TOMORROW)

    @pytest.mark.parametrize("verb", ["open", "settle", "withdraw"])
    def test_member_takes_no_step(self, text, member, verb):
        calls = {
            "open": lambda: road.open_amendments(member, text, timezone.now() + TOMORROW),
            "settle": lambda: road.start_settling(member, text),
            "withdraw": lambda: road.withdraw_recommendation(member, text, "Non."),
        }
        with pytest.raises(PermissionDenied):
            calls[verb]()


class TestAmendments:
    def test_accepted_words_are_in_the_text_and_credited(self, open_text, member, rapporteur):
        one = clause(open_text)
        amendment = propose(member, open_text, about=one, text="Dans les trente jours.")
        version = verbs.accept_amendment(rapporteur, amendment, "Juste.", last(open_text))
        assert open_text.text()[0].text_fr == "Dans les trente jours."
        assert open_text.text()[0].behind == ["ar"]
        assert list(version.amendments.all()) == [amendment]

    def test_other_words_of_the_rapporteur_accept_in_part(self, open_text, member, rapporteur):
        amendment = propose(member, open_text, about=clause(open_text))
        words = {"fr": Wording("Un", "À mi-chemin."), "ar": Wording("واحد", "في منتصف الطريق.")}
        verbs.accept_amendment(rapporteur, amendment, "En partie.", last(open_text), words)
        amendment.refresh_from_db()
        assert amendment.state == Amendment.State.ACCEPTED_IN_PART
        assert open_text.text()[0].behind == []

    def test_rivals_are_merged_and_both_credited(self, open_text, member, rapporteur):
        one = clause(open_text)
        rivals = [propose(user, open_text, about=one) for user in (member, factories.UserFactory())]
        words = {"fr": Wording("Un", "Les deux ensemble.")}
        version = verbs.merge_amendments(rapporteur, rivals, "Unies.", last(open_text), words)
        assert list(version.amendments.all()) == rivals
        assert {a.state for a in version.amendments.all()} == {Amendment.State.MERGED}

    @pytest.mark.parametrize("kind", [Kind.ADD, Kind.MOVE, Kind.STRIKE])
    def test_clause_is_added_moved_and_struck(self, open_text, member, rapporteur, kind):
        first, second = clause(open_text, 1), clause(open_text, 2)
        about = None if kind == Kind.ADD else first
        after = None if kind == Kind.STRIKE else second
        amendment = propose(member, open_text, kind, about, after=after)
        verbs.accept_amendment(rapporteur, amendment, "Oui.", last(open_text))
        assert (
            headings(open_text)
            == {
                Kind.ADD: ["Clause 1", "Clause 2", "Autre"],
                Kind.MOVE: ["Clause 2", "Clause 1"],
                Kind.STRIKE: ["Clause 2"],
            }[kind]
        )

    def test_declined_amendment_leaves_the_text(self, open_text, member, rapporteur):
        amendment = propose(member, open_text, about=clause(open_text))
        number = last(open_text)
        verbs.decline_amendment(rapporteur, amendment, "Hors sujet.")
        amendment.refresh_from_db()
        assert (last(open_text), amendment.decision) == (number, "Hors sujet.")

    def test_no_decision_without_a_reason(self, open_text, member, rapporteur):
        amendment = propose(member, open_text, about=clause(open_text))
        with pytest.raises(ValidationError):
            verbs.accept_amendment(rapporteur, amendment, " ", last(open_text))
        with pytest.raises(ValidationError):
            verbs.decline_amendment(rapporteur, amendment, "")

    def test_decision_is_taken_once(self, open_text, member, rapporteur):
        amendment = propose(member, open_text, about=clause(open_text))
        verbs.decline_amendment(rapporteur, amendment, "Hors sujet.")
        with pytest.raises(ValidationError):
            verbs.accept_amendment(rapporteur, amendment, "Si.", last(open_text))

    @pytest.mark.parametrize(
        ("kind", "second", "conflict"),
        [
            (Kind.CHANGE, Kind.CHANGE, Conflict.CHANGED),
            (Kind.CHANGE, Kind.STRIKE, Conflict.STRUCK),
            (Kind.STRIKE, Kind.CHANGE, Conflict.CHANGED),
            (Kind.MOVE, Kind.MOVE, Conflict.MOVED),
            (Kind.ADD, Kind.STRIKE, Conflict.NO_PLACE),
        ],
    )
    def test_text_that_has_moved_on_is_a_conflict(
        self, open_text, member, rapporteur, kind, second, conflict
    ):
        one, two = clause(open_text, 1), clause(open_text, 2)
        about = None if kind == Kind.ADD else one
        after = {Kind.ADD: one, Kind.MOVE: two}
        late = propose(member, open_text, kind, about, after=after.get(kind))
        early = propose(
            factories.UserFactory(),
            open_text,
            second,
            one,
            text="D’abord.",
            after=after.get(second),
        )
        verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
        assert History(open_text).conflict(late) == conflict
        number = last(open_text)
        with pytest.raises(verbs.ConflictError):
            verbs.accept_amendment(rapporteur, late, "Oui.", last(open_text))
        assert last(open_text) == number

    def test_change_in_the_other_language_is_no_conflict(self, open_text, member, rapporteur):
        one = clause(open_text)
        late = propose(member, open_text, about=one)
        early = propose(member, open_text, about=one, language="ar", heading="غيره", text="نص آخر.")
        verbs.accept_amendment(rapporteur, early, "Oui.", last(open_text))
        assert History(open_text).conflict(late) is None
        verbs.accept_amendment(rapporteur, late, "Oui.", last(open_text))
        assert open_text.text()[0].behind == ["fr", "ar"]

    def test_conflict_is_settled_in_words_of_the_rapporteur(self, open_text, member, rapporteur):
        one = clause(open_text)
        late = propose(member, open_text, about=one)
        early = propose(factories.UserFactory(), open_text, about=one)
        verbs.accept_amendment(
            rapporteur, early, "Oui.", last(open_text), {"fr": Wording("U", "V")}
        )
        with pytest.raises(verbs.ConflictError):
            verbs.accept_amendment(rapporteur, late, "Oui.", last(open_text), despite_conflict=True)
        words = {"fr": Wording("Un", "V, et aussi W.")}
        verbs.accept_amendment(
            rapporteur, late, "Oui.", last(open_text), words, despite_conflict=True
        )
        assert open_text.text()[0].text_fr == "V, et aussi W."

    def test_draft_is_kept_unfinished_and_proposed_when_whole(self, open_text, member):
        draft = verbs.save_amendment(
            member,
            Amendment(
                recommendation=open_text, kind=Kind.CHANGE, clause=clause(open_text), language="fr"
            ),
        )
        with pytest.raises(ValidationError) as error:
            verbs.propose_amendment(member, draft)
        assert set(error.value.error_dict) == {"reason", "text"}
        assert not Amendment.objects.published().exists()

    def test_proposed_twice_is_proposed_once(self, open_text, member):
        amendment = propose(member, open_text, about=clause(open_text))
        assert verbs.propose_amendment(member, amendment) == amendment
        assert Amendment.objects.get().proposed_at == amendment.proposed_at

    def test_amendment_that_changes_nothing_is_refused(self, open_text, member):
        with pytest.raises(ValidationError, match="déjà"):
            propose(
                member,
                open_text,
                about=clause(open_text),
                heading="Clause 1",
                text="Texte de Clause 1.",
            )

    @pytest.mark.parametrize("state", [State.DRAFT, State.SETTLING, State.WITHDRAWN])
    def test_text_that_is_not_open_takes_no_amendment(self, text, member, state):
        Recommendation.objects.update(state=state)
        with pytest.raises(ValidationError, match="amendement"):
            propose(member, text, about=clause(text))

    def test_nothing_is_proposed_after_the_time(self, open_text, member):
        Recommendation.objects.update(closes_at=timezone.now())
        with pytest.raises(ValidationError, match="amendement"):
            propose(member, open_text, about=clause(open_text))

    def test_opinion_replaces_the_one_before(self, open_text, member):
        amendment = propose(factories.UserFactory(), open_text, about=clause(open_text))
        verbs.give_opinion(member, amendment, True)
        with pytest.raises(ValidationError):
            verbs.give_opinion(member, amendment, False)
        verbs.give_opinion(member, amendment, False, "Trop long.")
        counted = Amendment.objects.with_opinions().get()
        assert (counted.supports, counted.oppositions) == (0, 1)

    def test_author_has_no_opinion_on_the_own_amendment(self, open_text, member):
        with pytest.raises(PermissionDenied):
            verbs.give_opinion(member, propose(member, open_text, about=clause(open_text)), True)

    def test_comment_stays_with_the_clause_through_all_versions(self, text, member, rapporteur):
        one = clause(text)
        said = verbs.comment(member, one, "Quel délai ?", quote="Texte de Clause 1")
        assert verbs.comment(member, one, "Quel délai ?", quote="Texte de Clause 1") == said
        texts.edit_clause(rapporteur, one, {"fr": Wording("Un", "Mieux.")}, last(text))
        assert list(one.comments.all()) == [said]
        assert said.version.number == 2

    def test_withdrawn_amendment_is_shown_and_a_draft_is_gone(self, open_text, member):
        amendment = propose(member, open_text, about=clause(open_text))
        verbs.withdraw_amendment(member, amendment)
        assert Amendment.objects.get().state == Amendment.State.WITHDRAWN
        Amendment.objects.update(state=Amendment.State.DRAFT)
        verbs.withdraw_amendment(member, amendment)
        assert not Amendment.objects.exists()


# What may be done, by whom, to which of the clauses and amendments that there are then.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["change", "add", "move", "strike", "accept", "part", "merge", "decline", "withdraw"]
        ),
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from(["fr", "ar"]),
    ),
    max_size=14,
)


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_sequence_of_amendments_loses_a_clause_a_credit_or_a_vote(
    open_text, member, rapporteur, steps
):
    with transaction.atomic():
        authors = [member, factories.UserFactory()]
        votes = {}
        for number, step in enumerate(steps):
            act(open_text, authors[number % 2], authors[(number + 1) % 2], rapporteur, step, votes)
        check(open_text, votes)
        transaction.set_rollback(True)


def act(text, author, other, rapporteur, step, votes):
    verb, first, second, language = step
    clauses = list(text.clauses.all())
    proposed = list(Amendment.objects.filter(state=Amendment.State.PROPOSED))
    one = clauses[first % len(clauses)]
    words = {language: Wording(f"Titre {first}", f"Texte {first} {second}.")}
    try:
        with transaction.atomic():
            if verb in Kind.values:
                after = clauses[second % len(clauses)] if second else None
                about = None if verb == Kind.ADD else one
                fields = {"language": language, "after": after}
                if verb in (Kind.CHANGE, Kind.ADD):
                    fields |= {"heading": f"H{second}", "text": f"T{second}"}
                amendment = propose(author, text, Kind(verb), about, **fields)
                verbs.give_opinion(other, amendment, second % 2 == 0, "Voilà.")
                votes[amendment.pk] = (other.pk, second % 2 == 0)
            elif proposed:
                one = proposed[first % len(proposed)]
                if verb == "accept":
                    verbs.accept_amendment(rapporteur, one, "Oui.", last(text))
                elif verb == "part":
                    verbs.accept_amendment(
                        rapporteur, one, "Oui.", last(text), words, despite_conflict=True
                    )
                elif verb == "merge":
                    rivals = [a for a in proposed if a.clause_id == one.clause_id]
                    verbs.merge_amendments(rapporteur, rivals, "Oui.", last(text), words)
                elif verb == "decline":
                    verbs.decline_amendment(rapporteur, one, "Non.")
                else:
                    verbs.withdraw_amendment(author, one)
    except (ValidationError, PermissionDenied):
        pass


def check(text, votes):
    history = History(text)
    numbers = [version.number for version in history.versions]
    assert numbers == list(range(1, len(numbers) + 1))
    struck = {v.clause_id for v in history.versions if v.kind == ClauseVersion.Kind.STRUCK}
    # Each clause is in the text, once, or was struck by a version that says so.
    assert set(history.order()) | struck == {one.pk for one in text.clauses.all()}
    assert len(set(history.order())) == len(history.order())
    for earlier, later in zip(history.versions, history.versions[1:], strict=False):
        gone = set(earlier.order) - set(later.order)
        assert gone == ({later.clause_id} if later.kind == ClauseVersion.Kind.STRUCK else set())
    for amendment in Amendment.objects.all():
        is_taken_up = amendment.state in Amendment.TAKEN_UP
        assert is_taken_up == (amendment.version is not None)
        assert amendment.author_name
        if amendment.state == Amendment.State.ACCEPTED and amendment.text:
            assert amendment.version.wording(amendment.language) == amendment.wording
    # Whatever an amendment has put into the text is credited to it.
    written = [v for v in history.versions if v.reason or v.kind == ClauseVersion.Kind.MOVED]
    assert all(version.amendments.exists() for version in written)
    kept = {
        opinion.amendment_id: (opinion.user_id, opinion.is_support)
        for amendment in Amendment.objects.all()
        for opinion in amendment.opinions.all()
    }
    assert kept == votes
    assert [v.clause_id for v in text.text()] == history.order()
