"""Plays `texts.yaml` and `road.yaml`: recommendations come along by the actions of the portal.

Each event happens on its day: the clock is set to it while its action runs. Nobody is written to,
for whoever had to be was then.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from ess_pages import announcements, mails
from ess_pages.actions import amendments, consultations, handovers, road, texts
from ess_pages.models import (
    Amendment,
    Ballot,
    Consultation,
    DecisionMaker,
    Institution,
    OfficialDocument,
    Participant,
    Recommendation,
    Sphere,
    Undertaking,
    Voter,
    Wilaya,
)
from ess_pages.models.clauses import LANGUAGES, Wording

from .demo_days import Days, clock_at

Event = dict[str, Any]


def write_texts(file: Path, made: dict[str, Any]) -> None:
    """Write the clauses of the recommendations, in both languages, on the day that they began."""
    cast = _Cast(made)
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        with clock_at(cast.moment(document["begun"])):
            _write_text(cast.text(document["recommendation"]), document["clauses"])


def _write_text(recommendation: Recommendation, clauses: list[dict[str, str]]) -> None:
    last = None
    for clause in clauses:
        words = {
            language: Wording(clause[f"heading_{language}"], clause[f"text_{language}"])
            for language in LANGUAGES
        }
        last = texts.add_clause(None, recommendation, words, after=last).clause


def play(file: Path, made: dict[str, Any]) -> int:
    """Make the people and institutions of the file, then what happened. Return how many events.

    `made` holds the pages and people made before, by key; what is made here is added to it.
    """
    story = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    cast = _Cast(made)
    for key, person in story.get("people", {}).items():
        cast.add_person(key, person)
    for key, institution in story.get("institutions", {}).items():
        cast.add_institution(key, institution)
    events = story.get("events", [])
    for event in events:
        with clock_at(cast.moment(event["at"])), _nobody_written_to():
            VERBS[event["do"]](cast, event)
    return len(events)


@contextmanager
def _nobody_written_to() -> Iterator[None]:
    with (
        patch.object(mails, "send"),
        patch.object(announcements, "announce_opening"),
        patch.object(consultations, "write_to_voters"),
    ):
        yield


class _Cast(Days):
    """Who and what the events name."""

    def __init__(self, made: dict[str, Any]) -> None:
        super().__init__()
        self.made = made

    def add_person(self, key: str, fields: dict) -> None:
        """Give somebody an account that nobody can log in to."""
        user = get_user_model().objects.create_user(f"{key}@example.org")
        permissions = fields.pop("permissions", [])
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        person = self.made.get(key) or Participant()
        if actor := fields.pop("organisation", None):
            person.organisation = self.made[actor]
        for name, value in fields.items():
            setattr(person, name, _record(name, value))
        person.user = user
        person.save()
        self.made[key] = person

    def add_institution(self, key: str, fields: dict) -> None:
        """Make an institution and the person who decides there."""
        person = fields.pop("person")
        institution = Institution.objects.create(**fields)
        self.made[key] = DecisionMaker.objects.create(institution=institution, **person)

    def user(self, event: Event):
        """Return who does it."""
        return self.made[event["who"]].user

    def text(self, key: str) -> Recommendation:
        """Return the recommendation of a page, as it is now."""
        return Recommendation.objects.get(pk=self.made[key].recommendation.pk)

    def clause(self, event: Event, name: str = "clause") -> Any:
        """Return the clause that has this number in the text now, or None without a number."""
        number = event.get(name)
        return self.text(event["text"]).text()[number - 1].clause if number else None

    def amendment(self, event: Event) -> Amendment:
        """Return the amendment that the event is about."""
        return self.made[event["amendment"]]


def _record(name: str, value):
    models = {"sphere": Sphere, "wilaya": Wilaya}
    return models[name].objects.get(slug=value) if name in models else value


def _last(recommendation: Recommendation) -> int:
    return recommendation.versions.latest("number").number


def _open(cast: _Cast, event: Event) -> None:
    closes_at = cast.moment(event["closes"])
    road.open_amendments(cast.user(event), cast.text(event["text"]), closes_at)


def _amend(cast: _Cast, event: Event) -> None:
    recommendation, clause = cast.text(event["text"]), cast.clause(event)
    language = event["language"]
    wording = clause.versions.last().wording(language) if clause else Wording("", "")
    is_wording = event.get("kind", "change") in ("change", "add")
    amendment = amendments.save_amendment(
        cast.user(event),
        Amendment(
            recommendation=recommendation,
            kind=event.get("kind", Amendment.Kind.CHANGE),
            clause=clause,
            after=cast.clause(event, "after"),
            language=language,
            heading=event.get("new_heading", wording.heading) if is_wording else "",
            text=event.get("new_text", "") if is_wording else "",
            reason=event["reason"],
        ),
    )
    cast.made[event["key"]] = amendments.propose_amendment(cast.user(event), amendment)


def _opinion(cast: _Cast, event: Event) -> None:
    is_support = event["do"] == "support"
    amendments.give_opinion(
        cast.user(event), cast.amendment(event), is_support, event.get("reason", "")
    )


def _comment(cast: _Cast, event: Event) -> None:
    about = cast.amendment(event) if "amendment" in event else cast.clause(event)
    amendments.comment(cast.user(event), about, event["comment"], event.get("quote", ""))


def _accept(cast: _Cast, event: Event) -> None:
    amendment = cast.amendment(event)
    seen = _last(amendment.recommendation)
    amendments.accept_amendment(cast.user(event), amendment, event["reason"], seen)


def _merge(cast: _Cast, event: Event) -> None:
    rivals = [cast.made[key] for key in event["amendments"]]
    now = rivals[0].clause.versions.last()
    words = {each: Wording(now.wording(each).heading, event[each]) for each in LANGUAGES}
    seen = _last(rivals[0].recommendation)
    amendments.merge_amendments(cast.user(event), rivals, event["reason"], seen, words, agrees=True)


def _decline(cast: _Cast, event: Event) -> None:
    amendments.decline_amendment(cast.user(event), cast.amendment(event), event["reason"])


def _write(cast: _Cast, event: Event) -> None:
    clause, language = cast.clause(event), event["language"]
    now = clause.versions.last().wording(language)
    words = {language: Wording(event.get("new_heading", now.heading), event["new_text"])}
    seen = _last(clause.recommendation)
    texts.edit_clause(cast.user(event), clause, words, seen, agrees=event["agrees"])


def _settle(cast: _Cast, event: Event) -> None:
    road.start_settling(cast.user(event), cast.text(event["text"]))


def _withdraw(cast: _Cast, event: Event) -> None:
    text = cast.text(event["text"])
    road.withdraw_recommendation(cast.user(event), text, event["reason"])


def _consult(cast: _Cast, event: Event) -> None:
    details = {
        "rule": event["rule"],
        "quorum": event["quorum"],
        "voice": event.get("voice", Consultation.Voice.MEMBER),
        "is_secret": event.get("is_secret", False),
        "electorate": Consultation.Electorate.ALL,
        "closes_at": cast.moment(event["closes"]),
    }
    text = cast.text(event["text"])
    cast.made[event["key"]] = consultations.ask_consent(cast.user(event), text, details)


def _vote(cast: _Cast, event: Event) -> None:
    asked = Voter.objects.filter(consultation=cast.made[event["in"]])
    voters = {voter.participant_id: voter for voter in asked}
    for key in event["for"]:
        consultations.vote(voters[cast.made[key].pk], Ballot.Choice.FOR)
    for key, reason in event.get("against", {}).items():
        consultations.vote(voters[cast.made[key].pk], Ballot.Choice.AGAINST, reason)
    for key in event.get("abstain", []):
        consultations.vote(voters[cast.made[key].pk], Ballot.Choice.ABSTAIN)


def _waive(cast: _Cast, event: Event) -> None:
    consultations.waive_quorum(cast.user(event), cast.made[event["in"]], event["reason"])


def _close(cast: _Cast, event: Event) -> None:
    consultations.close_consultation(cast.made[event["in"]])


def _issue(cast: _Cast, event: Event) -> None:
    told = ("reference", "title", "letter", "signatory")
    fields = {name: value for name, value in event.items() if name.split("_")[0] in told}
    document = OfficialDocument.objects.create(dated=timezone.localdate(), **fields)
    for place, key in enumerate(event["texts"], start=1):
        document.texts.create(recommendation=cast.text(key), place=place, version=0)
    cast.made[event["key"]] = handovers.issue_document(cast.user(event), document)


def _hand_over(cast: _Cast, event: Event) -> None:
    user, today = cast.user(event), timezone.localdate()
    handover = handovers.hand_over(
        user,
        cast.made[event["document"]],
        cast.made[event["to"]],
        today,
        event["means"],
        event["recipient"],
    )
    cast.made[event["key"]] = handover
    if "acknowledged_after" in event:
        day = today + datetime.timedelta(days=event["acknowledged_after"])
        with clock_at(timezone.now() + datetime.timedelta(days=event["acknowledged_after"])):
            handovers.acknowledge(user, handover, day, event["acknowledgement"])


def _answer(cast: _Cast, event: Event) -> None:
    handover = cast.made[event["handover"]]
    text = handover.document.texts.get().recommendation.text()
    undertakings = [
        Undertaking(
            clause=text[number - 1].clause,
            position=said["position"],
            text_fr=said["text_fr"],
            text_ar=said["text_ar"],
            due_on=cast.day(said["due"]) if "due" in said else None,
        )
        for number, said in event["clauses"].items()
    ]
    day, texts = timezone.localdate(), (event["text_fr"], event["text_ar"])
    cast.made[event["key"]] = handovers.record_answer(
        cast.user(event), handover, day, *texts, undertakings=undertakings
    )


def _follow_up(cast: _Cast, event: Event) -> None:
    undertakings = list(cast.made[event["answer"]].undertakings.order_by("pk"))
    handovers.follow_up(
        cast.user(event),
        undertakings[event["clause"] - 1],
        event["progress"],
        timezone.localdate(),
        event["note_fr"],
        event["note_ar"],
    )


VERBS = {
    "open": _open,
    "amend": _amend,
    "support": _opinion,
    "oppose": _opinion,
    "comment": _comment,
    "accept": _accept,
    "merge": _merge,
    "decline": _decline,
    "write": _write,
    "settle": _settle,
    "withdraw": _withdraw,
    "consult": _consult,
    "vote": _vote,
    "waive": _waive,
    "close": _close,
    "issue": _issue,
    "hand_over": _hand_over,
    "answer": _answer,
    "follow_up": _follow_up,
}
