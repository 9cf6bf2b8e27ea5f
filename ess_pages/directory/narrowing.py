"""A list as its address narrows it: of each facet, the values chosen and what each leads to.

What the address says and the facets do not know is passed over.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property

from ess_ground.choices import Choice, Option

from .facets import Facet, Value, counts, narrowed


@dataclass(frozen=True)
class Link:
    """A way to another state of the list: where it leads, and how many entries are there."""

    name: str | Promise
    url: str
    number: int | None = None
    is_current: bool = False
    group: str | Promise = ""


class Narrowing:
    """The entries of a list that have, of each of the facets, one of the values chosen."""

    def __init__(self, facets: Iterable[Facet], parameters: QueryDict):
        self.values = {facet: facet.values() for facet in facets}
        self.chosen = {
            facet: [value for value in values if value.slug in parameters.getlist(facet.name)]
            for facet, values in self.values.items()
        }

    @property
    def everything(self) -> QuerySet:
        """The entries that the facets narrow."""
        raise NotImplementedError

    def query(self, **changes: str | list[str]) -> str:
        """Return the query string of this state with some parameters changed."""
        raise NotImplementedError

    @cached_property
    def narrowed(self) -> QuerySet:
        """The entries that all that is chosen leaves."""
        return narrowed(self.everything, self.chosen)

    def _leaving_open(self, facet: Facet) -> QuerySet:
        """Return the entries that what else is chosen leaves."""
        if not self.chosen[facet]:
            return self.narrowed
        others = {other: values for other, values in self.chosen.items() if other != facet}
        return narrowed(self.everything, others)

    @cached_property
    def counts(self) -> dict[Facet, Mapping[Hashable, int]]:
        """How many entries each value leads to beside what else is chosen, by facet and key."""
        return counts((facet, self._leaving_open(facet)) for facet in self.values)

    @cached_property
    def choices(self) -> list[Choice]:
        """The facets that tell the entries apart."""
        choices = [Choice(facet.name, facet.label, self._options(facet)) for facet in self.values]
        return [choice for choice in choices if choice.is_useful]

    def _options(self, facet: Facet) -> list[Option]:
        numbers, chosen = self.counts[facet], self.chosen[facet]
        options = [
            Option(value.slug, value.name, numbers.get(value.key, 0), value in chosen)
            for value in self.values[facet]
        ]
        return [option for option in options if option.number or option.is_chosen]

    @property
    def chips(self) -> list[Link]:
        """What narrows the list, each with the way to the list without it."""
        return [
            Link(
                value.name,
                self._url(**{facet.name: slugs(other for other in values if other != value)}),
                group=facet.label,
            )
            for facet, values in self.chosen.items()
            for value in values
        ]

    def _url(self, **changes: str | list[str]) -> str:
        return f"?{self.query(**changes)}"


def slugs(values: Iterable[Value]) -> list[str]:
    """Return what the values are called in addresses."""
    return [value.slug for value in values]
