"""The orders in which a directory can be read."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ess_ground.words import folded, stems

from ..models import PracticePage
from ..models.directory import DirectoryPage
from ..models.practices import mean_score

NAME = ("sort_title", "pk")


@dataclass(frozen=True)
class Order:
    """An order: `name` in addresses, `label` for people; `sort` takes entries and the query."""

    name: str
    label: Promise
    sort: Callable[[QuerySet[DirectoryPage], str], QuerySet[DirectoryPage]]


def _by_relevance(entries: QuerySet[DirectoryPage], words: str) -> QuerySet[DirectoryPage]:
    """Put first the entries whose name has the words, those that begin with them at the very top.

    Not by the rank of the search index: SQLite works it out anew for each entry found.
    """
    named = [Q(sort_title__contains=stem) for stem in stems(words).split()]
    if not named:
        return entries.order_by(*NAME)
    rank = Case(
        When(sort_title__startswith=folded(words), then=0),
        When(Q(*named), then=1),
        default=2,
        output_field=IntegerField(),
    )
    return entries.order_by(rank, *NAME)


def _by_score(entries: QuerySet[DirectoryPage], _words: str) -> QuerySet[DirectoryPage]:
    """Put the highest scores first, practices without one last."""
    return entries.annotate(mean_score=mean_score()).order_by(
        F("mean_score").desc(nulls_last=True), *NAME
    )


def _newest(field: str) -> Callable:
    return lambda entries, _words: entries.order_by(F(field).desc(nulls_last=True), *NAME)


BY_RELEVANCE = Order("relevance", _("Relevance"), _by_relevance)
BY_NAME = Order("name", _("Name"), lambda entries, _words: entries.order_by(*NAME))
BY_SCORE = Order("score", _("Score"), _by_score)
ORDERS = (
    BY_NAME,
    Order("new", _("Newest"), _newest("first_published_at")),
    Order("updated", _("Last updated"), _newest("last_published_at")),
)


def orders(model: type[DirectoryPage], is_searched: bool) -> tuple[Order, ...]:
    """Return the orders that entries of this model can be read in; the first is the usual one."""
    return (
        *([BY_RELEVANCE] if is_searched else []),
        *ORDERS,
        *([BY_SCORE] if model is PracticePage else []),
    )
