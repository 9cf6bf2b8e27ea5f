"""All recommendations, as the address of their board asks for them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.functional import cached_property

from .directory.facets import FACETS, STATE
from .directory.narrowing import Choice, Link, Narrowing, slugs
from .figures import Figures
from .models import (
    ClauseVersion,
    Recommendation,
    RecommendationIndexPage,
    RecommendationPage,
    Step,
)
from .models.recommendations import State, load_workshops
from .open_data.download import ROAD_FORMATS

ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class Group:
    """The recommendations of a page of the board that are in one state; `number` in all."""

    state: State
    number: int
    pages: list[RecommendationPage]


class Board(Narrowing):
    """The recommendations of `index` that `parameters`, those of the address, ask for.

    Every answer takes a number of queries that does not grow with them.
    """

    def __init__(self, index: RecommendationIndexPage, parameters: QueryDict):
        super().__init__(FACETS[RecommendationPage], parameters)
        self.index = index
        self.page_number = parameters.get("page")

    @cached_property
    def everything(self) -> QuerySet[RecommendationPage]:
        """The recommendations that a visitor sees, in the order of the list."""
        return self.index.entries()

    @cached_property
    def recommendations(self) -> QuerySet[Recommendation]:
        """The records of those asked for."""
        keys = self.narrowed.order_by().values("recommendation")
        return Recommendation.objects.filter(pk__in=keys)

    @cached_property
    def figures(self) -> Figures:
        """The figures of those asked for."""
        return Figures(self.recommendations)

    @property
    def count(self) -> int:
        """How many are asked for."""
        return self.page.paginator.count

    @cached_property
    def page(self) -> Page:
        """The page of recommendations asked for, the nearest one for a wrong number."""
        places = [When(recommendation__state=state, then=place) for state, place in ORDER.items()]
        by_state = Case(*places, default=Value(len(ORDER)), output_field=IntegerField())
        entries = self.narrowed.order_by(by_state, *self.narrowed.query.order_by)
        entries = entries.annotate(since=since()).defer("body")
        page = Paginator(entries, self.index.page_size).get_page(self.page_number)
        page.object_list = list(page.object_list)
        load_workshops(page.object_list)
        return page

    @cached_property
    def groups(self) -> list[Group]:
        """Those of the page, state by state."""
        pages: dict[State, list[RecommendationPage]] = {}
        for page in self.page.object_list:
            pages.setdefault(State(page.status), []).append(page)
        return [Group(state, self.counts[STATE][state], each) for state, each in pages.items()]

    @property
    def states(self) -> list[Link]:
        """The states, each with the way to the recommendations in it that are else asked for."""
        numbers, chosen = self.counts[STATE], slugs(self.chosen[STATE])
        return [
            Link(
                value.name,
                self._url(status=[value.slug]),
                number=numbers.get(value.key, 0),
                is_current=value.slug in chosen,
            )
            for value in self.values[STATE]
        ]

    @property
    def chosen_states(self) -> list[str]:
        """The states that are chosen, as addresses name them."""
        return slugs(self.chosen[STATE])

    @property
    def all_states(self) -> Link:
        """The way to the recommendations in any state."""
        number = sum(self.counts[STATE].values())
        return Link("", self._url(status=[]), number=number, is_current=not self.chosen[STATE])

    @property
    def facets(self) -> list[Choice]:
        """The facets beside the state."""
        return [choice for choice in self.choices if choice.name != STATE.name]

    @property
    def is_narrowed(self) -> bool:
        """Whether less than the whole board is asked for."""
        return any(self.chosen.values())

    def query(self, **changes: str | list[str]) -> str:
        """Return the query string of this state with some parameters changed, on the first page."""
        state: dict[str, str | list[str]] = {
            facet.name: slugs(values) for facet, values in self.chosen.items()
        }
        kept = {name: value for name, value in (state | changes).items() if value}
        return urlencode(kept, doseq=True)

    @property
    def canonical_query(self) -> str:
        """The query string by which this state is known, page included."""
        return self.query(page=str(self.page.number) if self.page.number > 1 else "")

    @property
    def all_url(self) -> str:
        """The whole board."""
        return f"?{self.query(**{facet.name: [] for facet in self.values})}"

    @property
    def downloads(self) -> list[Link]:
        """The files in which all these recommendations can be had."""
        return [
            Link(kind.name, self._url(format=extension)) for extension, kind in ROAD_FORMATS.items()
        ]


def since() -> Coalesce:
    """Return the expression for when a recommendation's page came to its state.

    That is its last step, or else the beginning of its text.
    """
    about = {"recommendation": OuterRef("recommendation")}
    last = Step.objects.filter(**about).order_by("-number").values("at")[:1]
    first = ClauseVersion.objects.filter(**about).order_by("number").values("at")[:1]
    return Coalesce(Subquery(last), Subquery(first))
