"""A directory as the address asks for it: searched, narrowed, in an order, in a view.

What the address says and the directory does not know is passed over.
"""

from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ess_ground.words import asked

from ..map import Map, Place, draw
from ..models import Wilaya
from ..models.directory import DirectoryIndexPage, DirectoryPage
from .facets import ABROAD, COUNTRY, FACETS, WILAYA
from .narrowing import Link, Narrowing, slugs
from .search import condition
from .sorting import orders


class Listing(Narrowing):
    """The entries of `index` that `parameters`, those of the address, ask for.

    Every answer takes a number of queries that does not grow with the entries.
    """

    def __init__(self, index: DirectoryIndexPage, parameters: QueryDict):
        self.index = index
        self.model = index.entry_type
        self.words = asked(parameters.get("q", ""))
        super().__init__(FACETS[self.model], parameters)
        self.orders = {order.name: order for order in orders(self.model, bool(self.words))}
        self.usual_order = next(iter(self.orders.values()))
        self.order = self.orders.get(parameters.get("sort", ""), self.usual_order)
        self.is_map = parameters.get("view") == "map"
        self.page_number = _number(parameters.get("page", ""))

    # Entries

    @cached_property
    def entries(self) -> QuerySet[DirectoryPage]:
        """The entries asked for, in their order."""
        entries = self.order.sort(self.narrowed, self.words)
        if not self.is_by_country:
            return entries
        countries = enumerate(self.values[COUNTRY])
        places = [When(country=value.key, then=place) for place, value in countries]
        by_country = Case(*places, default=Value(-1), output_field=IntegerField())
        return entries.order_by(by_country, *entries.query.order_by)

    @cached_property
    def count(self) -> int:
        """How many entries are asked for."""
        return self.narrowed.count()

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
    def everything(self) -> QuerySet[DirectoryPage]:
        """The entries that hold the words searched for."""
        visible = self.index.visible()
        return visible.filter(condition(self.model, self.words)) if self.words else visible

    # Ways to other states

    def query(self, **changes: str | list[str]) -> str:
        """Return the query string of this state with some parameters changed, on the first page.

        What is usual is not written, so that a state has one address.
        """
        state: dict[str, str | list[str]] = {
            "q": self.words,
            **{facet.name: slugs(values) for facet, values in self.chosen.items()},
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
        return words + super().chips

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
        numbers, chosen = self.counts[WILAYA], slugs(self.chosen[WILAYA])
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


def _number(text: str) -> int:
    """Return the number that an address says, or 1."""
    try:
        return int(text)
    except ValueError:
        return 1
