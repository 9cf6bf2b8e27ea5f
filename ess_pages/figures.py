"""The figures of recommendations: exact, each by the formula that its docstring gives."""

import datetime
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from django.db.models import Count, Max, Min, QuerySet
from django.utils.functional import cached_property

from .models import (
    Amendment,
    ClauseVersion,
    Comment,
    Handover,
    Institution,
    Opinion,
    Recommendation,
    Step,
    Voter,
)
from .models.recommendations import State

DAY = datetime.timedelta(days=1)
Kind = Amendment.Kind


class Stay(NamedTuple):
    """How long a recommendation was in a state; `until` is None for the one that it is in."""

    state: State
    since: datetime.datetime
    until: datetime.datetime | None

    @property
    def length(self) -> datetime.timedelta | None:
        """From the step that led there to the next one; None while there is none."""
        return self.until - self.since if self.until else None


def stays(begun_at: datetime.datetime | None, steps: Iterable[Step]) -> list[Stay]:
    """Return the states that a recommendation has been in, in order.

    `begun_at` is when the first version of its text was written: there its draft begins. Without
    one, its road begins with the first of its `steps`.
    """
    starts = [(State(step.state), step.at) for step in steps]
    if begun_at:
        starts = [(State.DRAFT, begun_at), *starts]
    ends = [at for _state, at in starts[1:]] + [None]
    return [Stay(state, at, end) for (state, at), end in zip(starts, ends, strict=False)]


def lengths(road: Iterable[Stay]) -> dict[State, datetime.timedelta]:
    """Return how long a recommendation was in each state that it has left.

    Of a state that it was in twice, the sum; of the one that it is in now, nothing, for it is not
    over.
    """
    road = list(road)
    total: dict[State, datetime.timedelta] = defaultdict(datetime.timedelta)
    for stay in road:
        if stay.length is not None:
            total[stay.state] += stay.length
    for stay in road:
        if stay.length is None:
            total.pop(stay.state, None)
    return dict(total)


def days(length: datetime.timedelta) -> float:
    """Return a length of time in days of 24 hours, to a tenth."""
    return round(length / DAY, 1)


def middle(several: Iterable[datetime.timedelta]) -> float:
    """Return the median of some lengths of time, in days to a tenth: of two, what is between."""
    return round(median(length / DAY for length in several), 1)


@dataclass(frozen=True)
class Clauses:
    """Where the clauses of the texts come from: `total = drafted + changed + added`."""

    total: int
    added: int
    changed: int

    @property
    def drafted(self) -> int:
        """How many the rapporteurs alone have written: `total - added - changed`."""
        return self.total - self.added - self.changed

    @property
    def amended(self) -> int:
        """How many came from amendments, whole or in part: `added + changed`."""
        return self.added + self.changed

    @property
    def share(self) -> int:
        """How many in a hundred came from amendments, rounded; 0 without clauses."""
        return round(100 * self.amended / self.total) if self.total else 0


@dataclass(frozen=True)
class Amendments:
    """What became of the amendments.

    `proposed` counts all that were ever proposed, so that
    `proposed = taken_up + declined + withdrawn + pending`.
    """

    accepted: int
    accepted_in_part: int
    merged: int
    declined: int
    withdrawn: int
    pending: int

    @property
    def taken_up(self) -> int:
        """How many put words into the text: `accepted + accepted_in_part + merged`."""
        return self.accepted + self.accepted_in_part + self.merged

    @property
    def proposed(self) -> int:
        """How many were proposed; drafts are their authors' own."""
        return self.taken_up + self.declined + self.withdrawn + self.pending


@dataclass(frozen=True)
class Stage:
    """How long a state took: `number` recommendations have left it, in so many days."""

    state: State
    number: int
    median: float
    shortest: float
    longest: float


@dataclass(frozen=True)
class Answering:
    """How an institution answers: of so many handovers, so many were acknowledged and answered."""

    institution: Institution
    handovers: int
    acknowledged: int
    answered: int
    median: float | None
    waiting_since: datetime.date | None


class Figures:
    """The figures of the recommendations in a queryset. Ten queries, whatever their number."""

    def __init__(self, recommendations: QuerySet[Recommendation]) -> None:
        # Without an order it is a condition for the queries below.
        self.recommendations = recommendations.order_by().values("pk")

    @cached_property
    def clauses(self) -> Clauses:
        """Where the clauses that the texts have now come from.

        `total` is the sum of the clauses of each text. `added` are those that an amendment which
        was taken up has added; `changed` those of the others that one has changed, however little,
        and whatever was changed since. Clauses that were struck are not counted, and to move a
        clause does not make it anybody's.
        """
        versions = ClauseVersion.objects.filter(recommendation__in=self.recommendations)
        last = versions.order_by().values("recommendation").annotate(last=Max("pk")).values("last")
        orders = ClauseVersion.objects.filter(pk__in=last).values_list("order", flat=True)
        now = {clause for order in orders for clause in order}
        taken_up = self._amendments.filter(state__in=Amendment.TAKEN_UP).values_list
        credits = set(taken_up("version__clause", "kind", "version__kind").order_by())
        added = {clause for clause, kind, _version in credits if kind == Kind.ADD}
        changed = {
            clause
            for clause, kind, version in credits
            # Taken up in words that the clause had already, it has changed nothing.
            if kind == Kind.CHANGE and version == ClauseVersion.Kind.CHANGED
        }
        return Clauses(len(now), len(now & added), len(now & changed - added))

    @cached_property
    def amendments(self) -> Amendments:
        """What became of the amendments: their numbers by state, drafts left out."""
        states = self._amendments.order_by().values_list("state")
        numbers = dict(states.annotate(number=Count("pk")))
        names = ["accepted", "accepted_in_part", "merged", "declined", "withdrawn"]
        return Amendments(
            **{name: numbers.get(name, 0) for name in names},
            pending=numbers.get(Amendment.State.PROPOSED, 0),
        )

    @cached_property
    def stages(self) -> list[Stage]:
        """How long each state took, as far as any recommendation has left it.

        Over the recommendations that have left a state and are not back in it: the median, the
        least and the most of `lengths`, in days.
        """
        found: dict[State, list[datetime.timedelta]] = {state: [] for state in State}
        for road in self._roads():
            for state, length in lengths(road).items():
                found[state].append(length)
        return [
            Stage(state, len(each), middle(each), days(min(each)), days(max(each)))
            for state, each in found.items()
            if each
        ]

    @cached_property
    def institutions(self) -> list[Answering]:
        """How each institution that received one of the recommendations answers, by name.

        A handover counts once, whatever the number of recommendations in its document, and is
        answered when it has an answer. `median` is that of the days from the handover to its first
        answer, over those answered; `waiting_since` the day of the oldest without an answer.
        """
        received = (
            Handover.objects.filter(document__texts__recommendation__in=self.recommendations)
            .select_related("decision_maker__institution")
            .annotate(answered_on=Min("answers__received_on"))
        )
        groups: dict[Institution, list] = {}
        for handover in received:
            groups.setdefault(handover.decision_maker.institution, []).append(handover)
        return [
            _answering(institution, groups[institution])
            for institution in sorted(groups, key=lambda each: each.name)
        ]

    @cached_property
    def participants(self) -> int:
        """How many people have taken part.

        Those who proposed an amendment, supported or opposed one, wrote a comment that is not
        hidden, or answered a consultation, each once. An account stands for its person; whose
        account is gone, or who never had one, is told by the name or by the list of voters.
        """
        return len(set(self._people()))

    @property
    def _amendments(self) -> QuerySet[Amendment]:
        return Amendment.objects.published().filter(recommendation__in=self.recommendations)

    def _roads(self) -> Iterator[list[Stay]]:
        versions = ClauseVersion.objects.filter(recommendation__in=self.recommendations)
        begun = versions.order_by().values_list("recommendation").annotate(first=Min("at"))
        steps: dict[int, list[Step]] = {pk: [] for pk, _first in begun}
        for step in Step.objects.filter(recommendation__in=self.recommendations):
            steps.setdefault(step.recommendation_id, []).append(step)
        first = dict(begun)
        return (stays(first.get(pk), each) for pk, each in steps.items())

    def _people(self) -> Iterator[Hashable]:
        comments = Comment.objects.filter(
            version__recommendation__in=self.recommendations, hidden_at=None
        )
        for written in (self._amendments, comments):
            for user, name in written.order_by().values_list("author", "author_name"):
                yield ("account", user) if user else ("name", name)
        opinions = Opinion.objects.filter(amendment__recommendation__in=self.recommendations)
        opinions = opinions.exclude(user=None)
        for user in opinions.order_by().values_list("user", flat=True):
            yield "account", user
        voters = Voter.objects.filter(
            consultation__recommendation__in=self.recommendations, has_voted=True
        )
        for voter, participant, user in voters.order_by().values_list(
            "pk", "participant", "participant__user"
        ):
            if user:
                yield "account", user
            else:
                yield ("participant", participant) if participant else ("voter", voter)


def _answering(institution: Institution, handovers: list) -> Answering:
    waits = [each.answered_on - each.handed_on for each in handovers if each.answered_on]
    waiting = [each.handed_on for each in handovers if not each.answered_on]
    return Answering(
        institution=institution,
        handovers=len(handovers),
        acknowledged=sum(1 for each in handovers if each.acknowledged_on),
        answered=len(waits),
        median=middle(waits) if waits else None,
        waiting_since=min(waiting, default=None),
    )
