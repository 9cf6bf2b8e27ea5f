"""Entries of a directory with all that they say, in a number of queries that does not grow."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from django.db.models import QuerySet, prefetch_related_objects

from ..links import in_language
from ..models import ActorPage, PracticePage
from ..models.directory import DirectoryPage

# So many entries are in memory at a time.
BATCH = 500
SUBJECTS = ("sectors", "topics", "target_groups")
PARTS = {
    ActorPage: (
        *SUBJECTS,
        "exchanges__resource",
        "exchanges__topic",
        "networks__network",
        "links",
    ),
    PracticePage: (*SUBJECTS, "figures", "carriers__actor", "scores__criterion"),
}
FACTS = {
    ActorPage: ("locale", "wilaya", "sphere", "legal_form"),
    PracticePage: ("locale", "wilaya"),
}


def batches(entries: QuerySet[DirectoryPage], language: str) -> Iterator[list[DirectoryPage]]:
    """Yield the entries, `complete`, a batch at a time."""
    rows = entries.select_related(*FACTS[entries.model]).defer("body").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        complete(batch, language)
        yield batch


def complete(pages: Sequence[DirectoryPage], language: str) -> None:
    """Load with these pages, all of one type, all that they say.

    Actors that they point to are given in `language` where they can be. The number of queries
    depends on the type alone.
    """
    if not pages:
        return
    prefetch_related_objects(pages, *FACTS[type(pages[0])], *PARTS[type(pages[0])])
    if isinstance(pages[0], ActorPage):
        _link(pages, "networks", "network", "network_actors", language)
        for page in pages:
            page.current_exchanges = [row for row in page.exchanges.all() if not row.is_over]
    else:
        _link(pages, "carriers", "actor", "carrying_actors", language)
        for page in pages:
            page.scores_by_criterion = sorted(
                page.scores.all(), key=lambda score: score.criterion_id
            )


def _link(
    pages: Sequence[DirectoryPage], rows: str, target: str, shown: str, language: str
) -> None:
    """Give each page as `shown` the actors that its rows point to, as far as they are shown."""
    linked = {
        page.pk: [
            actor
            # Where editors have given no order, that in which they were added.
            for row in sorted(
                getattr(page, rows).all(), key=lambda row: (row.sort_order or 0, row.pk)
            )
            if (actor := getattr(row, target))
        ]
        for page in pages
    }
    actors = in_language(
        ActorPage.objects.live().public(), chain.from_iterable(linked.values()), language
    )
    found = {actor.translation_key: actor for actor in actors}
    for page in pages:
        keys = [actor.translation_key for actor in linked[page.pk]]
        setattr(page, shown, [found[key] for key in keys if key in found])
