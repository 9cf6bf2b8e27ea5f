"""What the templates of a recommendation's road ask for."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import figures
from .. import timeline as timelines
from ..figures import Amendments, Clauses, lengths, stays
from ..models import Amendment, Recommendation
from ..models.recommendations import State

register = template.Library()

# The states that a recommendation goes through, whatever becomes of it.
USUAL = tuple(state for state in State if state != State.WITHDRAWN)


@dataclass(frozen=True)
class Stage:
    """A state on the road: since when, where the recommendation has been in it, and how long."""

    state: State
    since: datetime.datetime | None
    length: datetime.timedelta | None
    is_current: bool

    @property
    def days(self) -> int:
        """For how many whole days it was in it."""
        return self.length.days if self.length else 0


@register.simple_tag
def stages(recommendation: Recommendation) -> list[Stage]:
    """Return the states on the road of a recommendation, with what it took. Two queries."""
    first = recommendation.versions.first()
    road = stays(first.at if first else None, recommendation.steps.all())
    last = {stay.state: stay.since for stay in road}
    took: Mapping[State, datetime.timedelta] = lengths(road)
    shown = USUAL if recommendation.state != State.WITHDRAWN else tuple(State)
    return [
        Stage(state, last.get(state), took.get(state), state == recommendation.state)
        for state in shown
    ]


@register.simple_tag
def timeline(recommendation: Recommendation) -> list[timelines.Event]:
    """Return all that has happened to a recommendation, the first first."""
    return timelines.timeline(recommendation)


# Charts


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: so long, of 100; `details` are what else the table has of it."""

    label: str | Promise
    value: float
    share: float
    details: tuple[float, ...] = ()


def _bars(rows: list[tuple]) -> list[Bar]:
    """Return a bar for each label, value and details, the longest as long as the chart."""
    most = max((row[1] for row in rows), default=0) or 1
    return [Bar(row[0], row[1], round(100 * row[1] / most, 1), row[2:]) for row in rows]


@register.simple_tag
def bars_of_clauses(clauses: Clauses) -> list[Bar]:
    """Return where clauses come from as bars; none where there is no clause."""
    if not clauses.total:
        return []
    return _bars(
        [
            (_("Written by the rapporteurs"), clauses.drafted),
            (_("Changed by amendments"), clauses.changed),
            (_("Added by amendments"), clauses.added),
        ]
    )


@register.simple_tag
def bars_of_amendments(amendments: Amendments) -> list[Bar]:
    """Return what became of amendments as bars; none where there is no amendment."""
    if not amendments.proposed:
        return []
    names = ["accepted", "accepted_in_part", "merged", "declined", "withdrawn"]
    rows = [(Amendment.State(name).label, getattr(amendments, name)) for name in names]
    return _bars([*rows, (_("Not decided yet"), amendments.pending)])


@register.simple_tag
def bars_of_stages(found: list[figures.Stage]) -> list[Bar]:
    """Return how long the stages took as bars; none where none is over."""
    return _bars(
        [
            (each.state.label, each.median, each.shortest, each.longest, each.number)
            for each in found
        ]
    )
