"""The directory of members, as an address asks for it: searched, and narrowed by facets.

It is for members: only what its owner lets them read is searched, counted or shown. Within a facet,
values are alternatives; facets narrow one another. What the address says and the directory does not
know is passed over.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ess_ground.choices import Choice, Option
from ess_ground.words import asked, folded_words, with_and_without_article

from . import profile
from .models import Member, SpokenLanguage
from .profile import OPEN, Facet, listed

PAGE_SIZE = 24
LANGUAGE = Facet(
    "language",
    _("Language"),
    "spoken_languages__code",
    "languages_audience",
    lambda: SpokenLanguage.Code.choices,
)


def having(members: QuerySet[Member], words: str) -> QuerySet[Member]:
    """Return those of these members of whom others may read all these words, or their beginnings.

    Names are found in either script, whatever way they are written, with the Arabic article or
    without.
    """
    for word in folded_words(asked(words)).split():
        forms = with_and_without_article(word)
        members = members.filter(reduce(or_, map(profile.found_by, forms)))
    return members


class Directory:
    """The members that `parameters`, those of the address, ask for; a member is looking.

    It takes a number of queries that does not grow with the members.
    """

    def __init__(self, parameters: QueryDict):
        self.words = asked(parameters.get("q", ""))
        self.parts = profile.parts()
        facets = [facet for part in self.parts for facet in part.facets]
        self.values = {facet: list(facet.choices()) for facet in (*facets, LANGUAGE)}
        self.chosen = {
            facet: [
                value for value, _name in values if str(value) in parameters.getlist(facet.name)
            ]
            for facet, values in self.values.items()
        }
        self.page_number = parameters.get("page", "")

    @property
    def is_narrowed(self) -> bool:
        """Whether less than all members are asked for."""
        return bool(self.words) or any(self.chosen.values())

    @cached_property
    def members(self) -> QuerySet[Member]:
        """The members asked for."""
        return self._narrowed(self.chosen)

    @cached_property
    def page(self) -> Page:
        """The page asked for, the nearest one for a wrong number."""
        related = [name for part in self.parts for name in part.related]
        members = self.members.select_related("user", *related).order_by("name", "pk")
        members = members.prefetch_related("spoken_languages")
        return Paginator(members, PAGE_SIZE).get_page(self.page_number)

    @cached_property
    def choices(self) -> list[Choice]:
        """The facets that tell the members apart, or did."""
        choices = [Choice(facet.name, facet.label, self._options(facet)) for facet in self.values]
        return [choice for choice in choices if choice.options]

    def _options(self, facet: Facet) -> list[Option]:
        numbers, chosen = self._counts(facet), self.chosen[facet]
        options = [
            Option(str(value), name, numbers.get(value, 0), value in chosen)
            for value, name in self.values[facet]
        ]
        return [option for option in options if option.number or option.is_chosen]

    def _counts(self, facet: Facet) -> Mapping[object, int]:
        """Return how many members each value leads to, beside what else is chosen. One query."""
        others = {other: values for other, values in self.chosen.items() if other != facet}
        members = self._narrowed(others).values("pk")
        rows = Member.objects.filter(
            **{"pk__in": members, f"{facet.audience}__in": OPEN, f"{facet.path}__isnull": False}
        )
        return dict(rows.order_by().values_list(facet.path).annotate(Count("pk", distinct=True)))

    def _narrowed(self, chosen: Mapping[Facet, Iterable[object]]) -> QuerySet[Member]:
        conditions = [_has_one_of(facet, values) for facet, values in chosen.items() if values]
        return having(listed(), self.words).filter(*conditions)


def _has_one_of(facet: Facet, values: Iterable[object]) -> Q:
    """Return the condition that a member has one of these values, and lets members know."""
    conditions = {f"{facet.path}__in": values, f"{facet.audience}__in": OPEN}
    # Joined apart, so that each member stays one row.
    return Q(pk__in=Member.objects.filter(**conditions).values("pk"))
