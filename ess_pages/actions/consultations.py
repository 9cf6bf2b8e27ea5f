"""The participants' consent to a text: asked, given or refused, counted once its time is over."""

import secrets
from collections import Counter
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import counting
from ..models import Amendment, Ballot, Consultation, Recommendation, RecommendationPage, Voter
from ..models.recommendations import State
from ..policy import require
from ..voters import ASKED, REMINDER, RESULT, can_be_asked, write_to_voters
from .road import take_step
from .texts import hold

AGAINST = Ballot.Choice.AGAINST
# Of fewer in a sphere, its voice would tell what each of them said.
FEWEST_IN_SECRET = 3


@transaction.atomic
def ask_consent(user, recommendation: Recommendation, details: dict[str, Any]) -> Consultation:
    """Put a text to the participants, by a rule that stands from now on, and write to them.

    `details` holds `rule`, `quorum`, `voice`, `electorate`, `is_secret` and `closes_at`. The text
    cannot be changed until the votes have been counted.

    Raises PermissionDenied, and ValidationError where the text is not ready (it is not being
    settled, a language lacks a clause or has not followed it, amendments wait for a decision, the
    page is not published), is put to them already, or nobody can be asked.
    """
    require(user, "ask_consent", recommendation)
    held = hold(recommendation)
    _refuse_unless_ready(held)
    consultation = Consultation(
        recommendation=held,
        version=held.versions.latest("number").number,
        text_digest=held.text_digest(),
        opened_at=timezone.now(),
        opened_by=user,
        **details,
    )
    consultation.full_clean(exclude=["recommendation", "opened_by"], validate_constraints=False)
    if consultation.closes_at <= consultation.opened_at:
        raise ValidationError({"closes_at": _("This time has passed.")})
    voters = [
        Voter(
            participant=person,
            name_fr=person.name_fr,
            name_ar=person.name_ar,
            sphere=person.sphere,
        )
        for person in can_be_asked(held, consultation.electorate).select_related("sphere")
    ]
    _refuse_unless_askable(consultation, voters)
    consultation.save()
    for voter in voters:
        voter.consultation = consultation
    Voter.objects.bulk_create(voters, batch_size=500)
    log(
        held,
        "ess_pages.ask_consent",
        user=user,
        data={"consultation": consultation.pk, "voters": len(voters)},
    )
    write_to_voters.enqueue(consultation.pk, ASKED)
    return consultation


@transaction.atomic
def vote(voter: Voter, choice: str, reason: str = "") -> Voter:
    """Keep what somebody says to a text. Whoever holds the voter's token may vote.

    An open ballot can be changed until the end. A secret one is final; nothing is kept that leads
    from it to its voter: see `_put_among_the_others`.

    Raises ValidationError when the time has passed, where an objection has no reason, and
    (code "final") where a secret vote has been cast already.
    """
    consultation = Consultation.objects.select_for_update().get(pk=voter.consultation_id)
    if not consultation.is_open:
        raise ValidationError(_("The time to answer has passed."), code="closed")
    if choice == AGAINST and not reason.strip():
        raise ValidationError({"reason": _("Say why you object.")})
    says = {"choice": choice, "reason": reason.strip() if choice == AGAINST else ""}
    voter.refresh_from_db(fields=["has_voted"])
    if not consultation.is_secret:
        _keep_open(consultation, voter, says)
    elif voter.has_voted:
        raise ValidationError(
            _("Your vote has been cast already: in a secret ballot it is final."), code="final"
        )
    else:
        sphere = voter.sphere if consultation.is_by_sphere else None
        _put_among_the_others(Ballot(consultation=consultation, sphere=sphere, **says))
    voter.has_voted = True
    voter.save(update_fields=["has_voted"])
    return voter


@transaction.atomic
def waive_quorum(user, consultation: Consultation, reason: str) -> Consultation:
    """Ask for no quorum any more, and publish why. Twice is once.

    Raises PermissionDenied, and ValidationError without a reason, where there is no quorum, and
    once the time to answer has passed: then it would be known what it changes.
    """
    require(user, "waive_quorum", consultation.recommendation)
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if consultation.quorum_waived_at:
        return consultation
    if not consultation.is_open:
        raise ValidationError(_("The time to answer has passed."))
    if not consultation.quorum:
        raise ValidationError(_("No quorum is asked for."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    consultation.quorum_waived_at, consultation.quorum_waiver = timezone.now(), reason.strip()
    consultation.save(update_fields=["quorum_waived_at", "quorum_waiver"])
    log(
        consultation.recommendation,
        "ess_pages.waive_quorum",
        user=user,
        data={"consultation": consultation.pk},
    )
    return consultation


@transaction.atomic
def close_consultation(consultation: Consultation, user=None) -> Consultation:
    """Count the votes once the time is over, and validate the text if consent is given.

    By a validator, or by the clock where `user` is None. Twice is once. Otherwise the text goes on
    being settled. Raises PermissionDenied, and ValidationError before its time.
    """
    if user is not None:
        require(user, "close_consultation", consultation.recommendation)
    held = hold(consultation.recommendation)
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if consultation.closed_at:
        return consultation
    if consultation.is_open:
        raise ValidationError(_("The time to answer has not passed yet."))
    consultation.result = _count(consultation)
    consultation.has_passed = consultation.result["has_passed"]
    consultation.closed_at = timezone.now()
    consultation.save(update_fields=["result", "has_passed", "closed_at"])
    log(
        held,
        "ess_pages.close_consultation",
        user=user,
        data={"consultation": consultation.pk, "has_passed": consultation.has_passed},
    )
    if consultation.has_passed:
        take_step(user, held, "validate")
    write_to_voters.enqueue(consultation.pk, RESULT)
    return consultation


def close_what_has_ended() -> int:
    """Count the votes of the consultations whose time has passed; return of how many."""
    ended = Consultation.objects.filter(closed_at=None, closes_at__lte=timezone.now())
    return len([close_consultation(each) for each in ended.select_related("recommendation")])


def remind_who_is_silent() -> int:
    """Write once to those who have not answered, near the end; return about how many votes."""
    running = Consultation.objects.filter(closed_at=None, reminded_at=None)
    return sum(_remind_if_due(each) for each in running)


@transaction.atomic
def _remind_if_due(consultation: Consultation) -> bool:
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    is_near = consultation.is_open and consultation.remind_at <= timezone.now()
    is_due = is_near and consultation.reminded_at is None
    if is_due:
        consultation.reminded_at = timezone.now()
        consultation.save(update_fields=["reminded_at"])
        write_to_voters.enqueue(consultation.pk, REMINDER)
    return is_due


def _refuse_unless_ready(recommendation: Recommendation) -> None:
    if recommendation.state != State.SETTLING:
        raise ValidationError(
            _("Consent is asked to a text that is being settled, not now: %(state)s.")
            % {"state": recommendation.get_state_display()}
        )
    if recommendation.consultations.filter(closed_at=None).exists():
        raise ValidationError(_("The text is put to the participants already."))
    text = recommendation.text()
    if not text:
        raise ValidationError(_("The text has no clause yet."))
    if behind := [version for version in text if version.behind]:
        names = " · ".join(f"{each.place}. {each.shown.heading}" for each in behind)
        raise ValidationError(
            _("These clauses do not say the same in both languages yet: %(clauses)s")
            % {"clauses": names}
        )
    if recommendation.amendments.filter(state=Amendment.State.PROPOSED).exists():
        raise ValidationError(_("Some amendments wait for a decision."))
    if not RecommendationPage.objects.live().filter(recommendation=recommendation).exists():
        raise ValidationError(_("Publish the page first: nobody can read the text yet."))


def _refuse_unless_askable(consultation: Consultation, voters: list[Voter]) -> None:
    if not voters:
        raise ValidationError({"electorate": _("There is nobody to ask.")})
    if consultation.is_secret and consultation.is_by_sphere:
        sizes = Counter(voter.sphere for voter in voters)
        small = [str(each) for each, number in sizes.items() if number < FEWEST_IN_SECRET]
        if small:
            raise ValidationError(
                {
                    "is_secret": _(
                        "So few are asked of these spheres that their voice would tell what each "
                        "has said: %(spheres)s. Choose one voice a participant, or an open ballot."
                    )
                    % {"spheres": " · ".join(small)}
                }
            )


def _keep_open(consultation: Consultation, voter: Voter, says: dict[str, str]) -> None:
    """Keep what somebody says under their name, in the place of what they said before."""
    ballot = Ballot.objects.filter(voter=voter).first()
    if ballot and {"choice": ballot.choice, "reason": ballot.reason} == says:
        return
    ballot = ballot or Ballot(consultation=consultation, voter=voter, sphere=voter.sphere)
    ballot.choice, ballot.reason = says["choice"], says["reason"]
    ballot.full_clean(exclude=["consultation", "voter", "sphere"])
    ballot.save()
    log(
        consultation.recommendation,
        "ess_pages.vote",
        user=voter.participant and voter.participant.user,
        data={"consultation": consultation.pk},
    )


def _put_among_the_others(ballot: Ballot) -> None:
    """Keep a secret ballot: without its voter, and all of them written anew in random order.

    A row that is added at the same moment as its voter is ticked off would tell whose it is: by its
    place in the table, or in PostgreSQL by the number of the transaction. So no row stays as it was
    added. For the same reason there is no log entry of it; that somebody has voted is noted with
    the voter, without the time.
    """
    ballot.full_clean(exclude=["consultation", "voter", "sphere"])
    others = ballot.consultation.ballots.all()
    box = [*others, ballot]
    others.delete()
    secrets.SystemRandom().shuffle(box)
    for each in box:
        each.pk = uuid4()
    Ballot.objects.bulk_create(box, batch_size=500)


def _count(consultation: Consultation) -> dict[str, Any]:
    asked = Counter(consultation.voters.values_list("sphere__slug", flat=True))
    ballots = consultation.ballots.values_list("choice", "sphere__slug")
    result = counting.count(
        consultation.rule,
        consultation.voice,
        asked,
        [counting.Vote(choice, sphere or "") for choice, sphere in ballots],
        consultation.quorum,
        is_waived=consultation.quorum_waived_at is not None,
    )
    if consultation.is_secret:  # the voice of a sphere is told, not who made it
        told = ("sphere", "asked", "answered", "voice")
        result["spheres"] = [{name: row[name] for name in told} for row in result["spheres"]]
    return result
