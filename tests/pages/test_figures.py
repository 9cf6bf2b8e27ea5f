"""The figures of recommendations, counted by hand beside."""

import datetime

import pytest
from django.utils import timezone

from ess_pages.actions import amendments as verbs
from ess_pages.figures import Amendments, Clauses, Figures, Stay, days, lengths, stays
from ess_pages.models import Amendment, Comment, Recommendation, Step, Voter
from ess_pages.models.recommendations import State
from tests import factories
from tests.road import TODAY, Walk, date_steps, institution

Kind = Amendment.Kind
DAY = datetime.timedelta(days=1)
START = datetime.datetime(2016, 3, 1, 9, tzinfo=datetime.UTC)


@pytest.fixture
def walk(tree):
    return Walk(tree["recommendation"])


@pytest.fixture
def other(tree, walk):
    """A second recommendation, with one clause."""
    page = factories.RecommendationPageFactory(parent=tree["recommendations"], clauses=["Seule"])
    return Walk(page, walk.rapporteur)


def figures(*walks) -> Figures:
    return Figures(Recommendation.objects.filter(pk__in=[walk.text.pk for walk in walks]))


def step(state, day):
    return Step(state=state, at=START + day * DAY)


# How long each stage took


def test_stay_lasts_from_the_step_to_the_next():
    road = stays(START, [step("open", 3), step("settling", 10)])
    assert road == [
        Stay(State.DRAFT, START, START + 3 * DAY),
        Stay(State.OPEN, START + 3 * DAY, START + 10 * DAY),
        Stay(State.SETTLING, START + 10 * DAY, None),
    ]


def test_state_that_was_left_twice_took_both_times():
    road = stays(
        START, [step("open", 1), step("settling", 4), step("open", 5), step("settling", 9)]
    )
    assert lengths(road) == {State.DRAFT: DAY, State.OPEN: 7 * DAY}


def test_state_that_it_is_back_in_is_not_over():
    road = stays(START, [step("open", 1), step("settling", 4), step("open", 5)])
    assert lengths(road) == {State.DRAFT: DAY, State.SETTLING: DAY}


def test_road_without_a_text_begins_with_its_first_step():
    assert stays(None, [step("withdrawn", 1)]) == [Stay(State.WITHDRAWN, START + DAY, None)]
    assert stays(None, []) == []


def test_days_are_of_24_hours_to_a_tenth():
    assert [days(datetime.timedelta(hours=hours)) for hours in (1, 12, 30)] == [0.0, 0.5, 1.2]


def test_median_of_a_stage_is_over_those_that_have_left_it(walk, other):
    for each in (walk, other):
        each.open().step("start_settling")
    date_steps(walk.text, 10, 4)  # a day of draft, six days open
    date_steps(other.text, 10, 8)  # a day of draft, two days open
    stages = {stage.state: stage for stage in figures(walk, other).stages}
    assert set(stages) == {State.DRAFT, State.OPEN}
    opened = stages[State.OPEN]
    assert (opened.number, opened.median, opened.shortest, opened.longest) == (2, 4.0, 2.0, 6.0)
    assert stages[State.DRAFT].median == 1.0


# Clauses and amendments


def test_clauses_come_from_drafts_and_from_amendments(walk, other):
    walk.open()
    member = factories.UserFactory()
    first, second = walk.clause(1), walk.clause(2)
    walk.accept(walk.propose(member, Kind.CHANGE, second))
    added = walk.accept(walk.propose(member, Kind.ADD, after=first, text="Neuf.")).clause
    # What an amendment has added stays added, whatever changes it since.
    walk.accept(walk.propose(member, Kind.CHANGE, added, text="Encore."))
    # To move a clause makes it nobody's; what is declined changes nothing.
    walk.accept(walk.propose(member, Kind.MOVE, first, after=second))
    walk.decline(walk.propose(member, Kind.CHANGE, first, text="Non."))
    assert figures(walk).clauses == Clauses(total=3, added=1, changed=1)
    both = figures(walk, other).clauses
    assert both == Clauses(total=4, added=1, changed=1)
    assert (both.drafted, both.amended, both.share) == (2, 2, 50)


def test_struck_clause_is_not_counted(walk):
    walk.open()
    member = factories.UserFactory()
    added = walk.accept(walk.propose(member, Kind.ADD)).clause
    walk.accept(walk.propose(member, Kind.STRIKE, added))
    assert figures(walk).clauses == Clauses(total=2, added=0, changed=0)


def test_amendment_taken_up_in_the_words_that_there_were_changes_nothing(walk):
    walk.open()
    amendment = walk.propose(factories.UserFactory(), Kind.CHANGE, walk.clause(1))
    walk.accept(amendment, words=("Clause 1", "Texte de Clause 1."))
    assert figures(walk).clauses == Clauses(total=2, added=0, changed=0)
    assert figures(walk).amendments.accepted_in_part == 1


def test_amendments_are_counted_by_what_became_of_them(walk):
    walk.open()
    member = factories.UserFactory()
    rivals = [walk.propose(member, text=f"Texte {number}.") for number in range(5)]
    accepted = walk.propose(member, Kind.CHANGE, walk.clause(2))
    walk.accept(accepted)
    verbs.decline_amendment(walk.rapporteur, rivals[0], "Non.")
    verbs.withdraw_amendment(member, rivals[1])
    verbs.merge_amendments(
        walk.rapporteur, rivals[2:4], "Unies.", walk.last(), {"fr": rivals[2].wording}
    )
    verbs.save_amendment(
        member, Amendment(recommendation=walk.text, kind=Kind.ADD, language="fr", text="Brouillon")
    )
    found = figures(walk).amendments
    assert found == Amendments(
        accepted=1, accepted_in_part=0, merged=2, declined=1, withdrawn=1, pending=1
    )
    assert (found.taken_up, found.proposed) == (3, 6)


# Who took part


def test_each_person_is_counted_once(walk):
    walk.open()
    author, reader, silent = (factories.UserFactory() for _ in range(3))
    amendment = walk.propose(author)
    walk.propose(author, Kind.ADD)
    verbs.give_opinion(reader, amendment, True)
    verbs.comment(reader, amendment, "Bien.")
    hidden = verbs.comment(silent, amendment, "Publicité.")
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    consultation = walk.consult()
    reading = factories.ParticipantFactory(user=reader)
    alone = factories.ParticipantFactory()
    for participant, has_voted in ((reading, True), (alone, True), (None, True), (None, False)):
        Voter.objects.create(
            consultation=consultation,
            participant=participant,
            name_fr="N",
            name_ar="ن",
            sphere=alone.sphere,
            has_voted=has_voted,
        )
    # The author, the reader, the one without an account and the one who is in no list any more.
    assert figures(walk).participants == 4
    author.delete()
    assert figures(walk).participants == 4


# Institutions


def test_institutions_answer_each_for_itself(walk, other):
    ministry, agency = institution("Ministère"), institution("Agence")
    walk.answer(walk.hand_over(ministry, days_ago=10), days_ago=4)  # after six days
    handover = other.hand_over(
        ministry, days_ago=10, reference="2016/ESS/02", acknowledged_on=TODAY
    )
    other.answer(handover, days_ago=2)  # after eight
    other.answer(handover, days_ago=1)  # said again
    other.hand_over(agency, days_ago=30, reference="2016/ESS/02")
    other.hand_over(agency, days_ago=20, reference="2016/ESS/03")
    first, second = figures(walk, other).institutions
    assert (first.institution, first.handovers, first.answered) == (agency, 2, 0)
    assert (first.median, first.waiting_since) == (None, TODAY - 30 * DAY)
    assert (second.institution, second.handovers, second.answered) == (ministry, 2, 2)
    assert (second.acknowledged, second.median, second.waiting_since) == (1, 7.0, None)


def test_handover_of_two_recommendations_counts_once(walk, other):
    ministry = institution()
    walk.hand_over(ministry)
    document = walk.text.document_texts.get().document
    document.texts.model.objects.bulk_create(
        [
            document.texts.model(
                document=document, recommendation=other.text, place=2, version=1, text_digest="-"
            )
        ]
    )
    (found,) = figures(walk, other).institutions
    assert found.handovers == 1


def test_nothing_is_counted_of_nothing(db):
    nothing = Figures(Recommendation.objects.none())
    assert nothing.clauses == Clauses(0, 0, 0)
    assert nothing.clauses.share == 0
    assert nothing.amendments.proposed == nothing.participants == 0
    assert nothing.stages == nothing.institutions == []
