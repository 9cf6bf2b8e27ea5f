"""Which posts quote a post: asked for a whole page at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from ess_ground.prepared import prepared

from .models import Post, State
from .viewer import Viewer

# As many of those that quote a post are named: of the others, the number.
NAMED = 10


class Named(NamedTuple):
    """A post that another one names, by who wrote it."""

    pk: int
    name: str


@dataclass(frozen=True)
class Quotes:
    """How many posts quote a post, and the latest of them."""

    count: int
    posts: tuple[Named, ...]


def quotes_of(viewer: Viewer, numbers: Iterable[int]) -> dict[int, Quotes]:
    """Return what quotes the posts with these numbers, as far as the viewer sees it. One query.

    Posts that nobody quotes are not in it. A private conversation quotes unseen.
    """
    found: dict[int, Quotes] = {}
    seen = [category.pk for category in viewer.categories]
    for of, count, pk, name in _quoting(seen, list(set(numbers))):
        before = found.get(of, Quotes(count, ()))
        found[of] = Quotes(count, (*before.posts, Named(pk, name)))
    return found


@prepared
def _quoting(categories: Any, posts: Any):
    rows = (
        Post.objects.visible()
        .filter(thread__category__in=categories, quoted__in=posts, thread__state=State.VISIBLE)
        .annotate(
            of=F("quoted"),
            count=Window(Count("pk"), partition_by=F("quoted")),
            number=Window(RowNumber(), partition_by=F("quoted"), order_by=F("pk").desc()),
        )
        .filter(number__lte=NAMED)
        .order_by("pk")
    )
    return rows.values_list("of", "count", "pk", "author__name")
