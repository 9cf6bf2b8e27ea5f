"""A directory as the address asks for it: searched, narrowed, in an order, in a view.

What the address says and the directory does not know is passed over.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from ..map import Map, Place, draw
from ..models import Wilaya
from ..models.directory import DirectoryIndexPage, DirectoryPage
from ..search import asked
from .facets import ABROAD, COUNTRY, FACETS, WILAYA, Facet, counts, narrowed
from .facets import Value as FacetValue
from .search import condition
from .sorting import orders

# A facet with more values than this is shown closed, until one of them is chosen.
MANY = 8


@dataclass(frozen=True)
class Option:
    """A value of a facet: how many entries it leads to, and whether it is chosen."""

    slug: str
    name: str | Promise
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A facet as a form shows it: its values that lead somewhere, and those that are chosen."""

    name: str
    label: Promise
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        """The options that are chosen."""
        return [option for option in self.options if option.is_chosen]

    @property
    def is_useful(self) -> bool:
        """Whether it tells entries apart, or did."""
        return len(self.options) > 1 or bool(self.chosen)

    @property
    def is_open(self) -> bool:
        """Whether its values are shown at once."""
        return len(self.options) <= MANY or bool(self.chosen)


@dataclass(frozen=True)
class Link:
    """A way to another state of the list: where it leads, and how many entries are there."""

    name: str | Promise
    url: str
    number: int | None = None
    is_current: bool = False
    group: str | Promise = ""


class Listing:
    """The entries of `index` that `parameters`, those of the address, ask for.

    Every answer takes a number of queries that does not grow with the entries.
    """

    def __init__(self, index: DirectoryIndexPage, parameters: QueryDict):
        self.index = index
        self.model = index.entry_type
        self.words = asked(parameters.get("q", ""))
        self.values = {facet: facet.values() for facet in FACETS[self.model]}
        self.chosen = {
            facet: [value for value in values if value.slug in parameters.getlist(facet.name)]
            for facet, values in self.values.items()
        }
        self.orders = {order.name: order for order in orders(self.model, bool(self.words))}
        self.usual_order = next(iter(self.orders.values()))
        self.order = self.orders.get(parameters.get("sort", ""), self.usual_order)
        self.is_map = parameters.get("view") == "map"
        self.page_number = _number(parameters.get("page", ""))

    # Entries

    @cached_property
    def entries(self) -> QuerySet[DirectoryPage]:
        """The entries asked for, in their order."""
        entries = self.order.sort(self._narrowed, self.words)
        if not self.is_by_country:
            return entries
        countries = enumerate(self.values[COUNTRY])
        places = [When(country=value.key, then=place) for place, value in countries]
        by_country = Case(*places, default=Value(-1), output_field=IntegerField())
        return entries.order_by(by_country, *entries.query.order_by)

    @cached_property
    def count(self) -> int:
        """How many entries are asked for."""
        return self._narrowed.count()

    @cached_property
    def page(self) -> Page | None:
        """The page of entries asked for, the nearest one for a wrong number; none with the map."""
        if self.is_map:
            return None
        keys = Paginator(self.entries.values_list("pk", flat=True), self.index.page_size)
        keys.count = self.count  # without the order, which no one needs to count
        page = keys.get_page(max(self.page_number, 1))
        # Loaded by themselves: a database that sorts carries whole rows along.
        found = self.index.loaded(self.model.objects.all()).in_bulk(list(page.object_list))
        page.object_list = [found[key] for key in page.object_list if key in found]
        return page

    @cached_property
    def is_by_country(self) -> bool:
        """Whether only entries abroad are asked for, which are shown country by country."""
        abroad = [value.key for value in self.chosen[ABROAD]] == [True]
        return abroad or bool(self.chosen[COUNTRY])

    @property
    def is_narrowed(self) -> bool:
        """Whether less than the whole directory is asked for."""
        return bool(self.words) or any(self.chosen.values())

    @property
    def is_empty(self) -> bool:
        """Whether the directory has no entry at all."""
        return not (self.is_narrowed or self.count)

    @cached_property
    def _narrowed(self) -> QuerySet[DirectoryPage]:
        return narrowed(self._searched, self.chosen)

    def _leaving_open(self, facet: Facet) -> QuerySet[DirectoryPage]:
        """Return the entries that what else is chosen leaves."""
        if not self.chosen[facet]:
            return self._narrowed
        others = {other: values for other, values in self.chosen.items() if other != facet}
        return narrowed(self._searched, others)

    @cached_property
    def _searched(self) -> QuerySet[DirectoryPage]:
        visible = self.index.visible()
        return visible.filter(condition(self.model, self.words)) if self.words else visible

    # Facets

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

    # Ways to other states

    def query(self, **changes: str | list[str]) -> str:
        """Return the query string of this state with some parameters changed, on the first page.

        What is usual is not written, so that a state has one address.
        """
        state: dict[str, str | list[str]] = {
            "q": self.words,
            **{facet.name: _slugs(values) for facet, values in self.chosen.items()},
            "sort": self.order.name,
            "view": "map" if self.is_map else "",
        } | changes
        _usual, *others = (order.name for order in orders(self.model, bool(state["q"])))
        if state["sort"] not in others:
            state["sort"] = ""
        return urlencode({name: value for name, value in state.items() if value}, doseq=True)

    @property
    def canonical_query(self) -> str:
        """The query string by which this state is known, page included."""
        number = self.page.number if self.page else 1
        return self.query(page=str(number) if number > 1 else "")

    @property
    def chips(self) -> list[Link]:
        """What narrows the list, each with the way to the list without it."""
        words = [Link(self.words, self._url(q=""), group=_("Search"))] if self.words else []
        return words + [
            Link(
                value.name,
                self._url(**{facet.name: _slugs(other for other in values if other != value)}),
                group=facet.label,
            )
            for facet, values in self.chosen.items()
            for value in values
        ]

    @property
    def all_url(self) -> str:
        """The whole directory, in the same order and view."""
        return self._url(q="", **{facet.name: [] for facet in self.values})

    @property
    def views(self) -> list[Link]:
        """The list and the map."""
        return [
            Link(_("List"), self._url(view=""), is_current=not self.is_map),
            Link(_("Map"), self._url(view="map"), is_current=self.is_map),
        ]

    @property
    def sortings(self) -> list[Link]:
        """The orders that the list can be read in."""
        return [
            Link(order.label, self._url(sort=order.name), is_current=order == self.order)
            for order in self.orders.values()
        ]

    @cached_property
    def map(self) -> Map:
        """The map of the wilayas, each with the way to the list of its entries."""
        numbers, chosen = self.counts[WILAYA], _slugs(self.chosen[WILAYA])
        return draw(
            Place(
                wilaya=wilaya,
                count=(number := numbers.get(wilaya.pk, 0)),
                url=self._url(wilaya=[wilaya.slug], view="") if number else "",
                label=_("%(wilaya)s: %(entries)s")
                % {"wilaya": wilaya.name, "entries": self.index.counted(number)},
                is_selected=wilaya.slug in chosen,
            )
            for wilaya in Wilaya.objects.all()
        )

    @property
    def countries(self) -> list[Link]:
        """The countries abroad where there are entries, each with the way to their list."""
        return [
            Link(
                value.name,
                self._url(country=[value.slug], abroad=[], wilaya=[], view=""),
                number=number,
                is_current=value in self.chosen[COUNTRY],
            )
            for value in self.values[COUNTRY]
            if (number := self.counts[COUNTRY].get(value.key, 0))
        ]

    @property
    def downloads(self) -> list[Link]:
        """The files in which all these entries can be had."""
        from ..open_data.download import FORMATS  # of datasets, which are made of listings

        return [
            Link(kind.name, self._url(view="", format=extension))
            for extension, kind in FORMATS.items()
        ]

    def _url(self, **changes: str | list[str]) -> str:
        return f"?{self.query(**changes)}"


def _number(text: str) -> int:
    """Return the number that an address says, or 1."""
    try:
        return int(text)
    except ValueError:
        return 1


def _slugs(values: Iterable[FacetValue]) -> list[str]:
    return [value.slug for value in values]
