"""The check of what is kept: each thing that somebody alters behind the actions is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from ess_pages.models import (
    Amendment,
    Ballot,
    Consultation,
    DocumentText,
    OfficialDocument,
    Recommendation,
    Step,
    Voter,
)
from ess_pages.models.clauses import canonical, digest
from ess_pages.models.handovers import canonical_of_document
from tests import factories
from tests.road import Walk, institution

Kind = Amendment.Kind


@pytest.fixture
def walk(tree):
    """A recommendation that was amended, voted on, validated and handed over."""
    walk = Walk(tree["recommendation"]).open()
    member = factories.UserFactory()
    walk.accept(walk.propose(member))
    walk.accept(walk.propose(member, Kind.STRIKE, walk.clause(2)))
    walk.accept(walk.propose(member, Kind.ADD))
    walk.decline(walk.propose(member, Kind.ADD, text="Non."))
    walk.step("start_settling")
    consultation = walk.consult()
    sphere = factories.SphereFactory()
    for choice in ("for", "against", None):
        voter = Voter.objects.create(
            consultation=consultation,
            name_fr="N",
            name_ar="ن",
            sphere=sphere,
            has_voted=choice is not None,
        )
        if choice:
            Ballot.objects.create(
                consultation=consultation, sphere=sphere, choice=choice, voter=voter
            )
    choices = {"for": 1, "against": 1, "abstain": 0}
    unkept(Consultation).update(
        closed_at=timezone.now(),
        has_passed=False,
        result={"asked": 3, "answered": 2, "choices": choices},
    )
    walk.step("validate")
    walk.hand_over(institution())
    unkept(OfficialDocument).update(
        checksum=digest(canonical_of_document([canonical(walk.text.text())]))
    )
    walk.step("hand_over")
    return walk


def unkept(model) -> QuerySet:
    """The rows of a model, without what keeps them from being altered."""
    return QuerySet(model)


def check() -> str:
    """Run the command, and return what it names; empty where all is as it was made."""
    told = StringIO()
    try:
        call_command("check_road", stdout=told)
    except CommandError:
        return told.getvalue()
    return ""


def test_untouched_road_passes(walk, capsys):
    told = StringIO()
    call_command("check_road", stdout=told)
    assert told.getvalue().strip().endswith("1.")


def test_many_recommendations_are_counted(walk, tree):
    factories.RecommendationPageFactory(parent=tree["recommendations"])
    told = StringIO()
    call_command("check_road", stdout=told)
    assert told.getvalue().strip().endswith("2.")


def rename(row, **values):
    unkept(type(row)).filter(pk=row.pk).update(**values)


def _reason_of_a_step(walk):
    rename(walk.text.steps.first(), reason="Autre chose.")


def _reason_and_digest_of_a_step(walk):
    step = walk.text.steps.get(number=2)
    step.reason = "Autre chose."
    rename(step, reason=step.reason, digest=step.computed_digest())


def _step_is_gone(walk):
    unkept(Step).filter(pk=walk.text.steps.get(number=2).pk).delete()


def _version_of_a_step(walk):
    rename(walk.text.steps.last(), version=99)


def _state(walk):
    Recommendation.objects.update(state="answered")


def _words_of_a_version(walk):
    rename(walk.text.versions.get(number=3), text_ar="كلام آخر.")


def _version_is_gone(walk):
    version = walk.text.versions.get(number=1)
    with connection.cursor() as cursor:  # whatever points to it
        cursor.execute("DELETE FROM ess_pages_clauseversion WHERE id = %s", [version.pk])


def _clause_is_lost(walk):
    last = walk.text.versions.last()
    rename(last, order=last.order[:-1])


def _clause_is_slipped_in(walk):
    struck = walk.text.versions.get(kind="struck")
    last = walk.text.versions.last()
    rename(last, order=[*last.order, struck.clause_id])


def _clause_stands_twice(walk):
    last = walk.text.versions.last()
    rename(last, order=[*last.order, last.order[0]])


def _clause_without_a_version(walk):
    walk.text.clauses.create()


def _credit_is_gone(walk):
    Amendment.objects.filter(kind="change").update(version=None)


def _credit_of_a_declined_one(walk):
    declined = Amendment.objects.filter(state="declined")
    declined.update(version=walk.text.versions.first())


def _credit_in_another_text(walk):
    page = factories.RecommendationPageFactory(parent=walk.page.get_parent(), clauses=["Autre"])
    Amendment.objects.filter(kind="change").update(version=page.recommendation.versions.get())


def _name_of_an_author(walk):
    Amendment.objects.filter(kind="change").update(author_name="")


def _text_of_a_consultation(walk):
    unkept(Consultation).update(text_digest="0" * 64)


def _ballot(walk):
    unkept(Ballot).filter(choice="against").update(choice="for")


def _ballot_is_gone(walk):
    unkept(Ballot).filter(choice="against").delete()


def _voter_is_gone(walk):
    unkept(Voter).filter(has_voted=False).delete()


def _result(walk):
    consultation = Consultation.objects.get()
    unkept(Consultation).update(result=consultation.result | {"answered": 3})


def _text_of_a_document(walk):
    unkept(DocumentText).update(text_digest="0" * 64)


def _checksum_of_a_document(walk):
    unkept(OfficialDocument).update(checksum="0" * 64)


BREAKS = {
    "reason": (_reason_of_a_step, 1),
    # The step after it does not follow it any more.
    "reason and digest": (_reason_and_digest_of_a_step, 1),
    "step": (_step_is_gone, 2),
    "version of a step": (_version_of_a_step, 2),
    "state": (_state, 1),
    # The steps, the consultation, the document and its checksum all have the text.
    "words": (_words_of_a_version, None),
    "version": (_version_is_gone, None),
    "lost clause": (_clause_is_lost, None),
    "slipped in": (_clause_is_slipped_in, None),
    "twice": (_clause_stands_twice, None),
    "no version": (_clause_without_a_version, 1),
    "credit": (_credit_is_gone, 1),
    "false credit": (_credit_of_a_declined_one, 1),
    "foreign credit": (_credit_in_another_text, 1),
    "author": (_name_of_an_author, 1),
    "text voted on": (_text_of_a_consultation, 1),
    "ballot": (_ballot, 1),
    "lost ballot": (_ballot_is_gone, 1),
    "lost voter": (_voter_is_gone, 1),
    "result": (_result, 1),
    "text handed over": (_text_of_a_document, 1),
    "checksum": (_checksum_of_a_document, 1),
}


@pytest.mark.parametrize(("alter", "number"), BREAKS.values(), ids=BREAKS)
def test_what_is_altered_is_named(walk, alter, number):
    assert check() == ""
    alter(walk)
    told = check().splitlines()
    assert told
    assert len(set(told)) == len(told)
    if number is not None:
        assert len(told) == number, told
