"""Who speaks for an entry: the representatives of an actor, and of the actors behind a practice."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from wagtail.models import Page

from .models import PracticeCarrier, Representative


def representatives_of(entries: Iterable[Page]) -> dict[UUID, list[Representative]]:
    """Return who represents each entry, by its translation key; inactive accounts do not.

    Two queries, whatever the number of entries.
    """
    actors: dict[UUID, set[UUID]] = {
        entry.translation_key: {entry.translation_key} for entry in entries
    }
    carriers = PracticeCarrier.objects.filter(practice__translation_key__in=actors)
    for practice, actor in carriers.values_list(
        "practice__translation_key", "actor__translation_key"
    ):
        actors[practice].add(actor)
    known = defaultdict(list)
    for representative in Representative.objects.filter(
        translation_key__in=set().union(*actors.values()), user__is_active=True
    ).select_related("user"):
        known[representative.translation_key].append(representative)
    return {
        entry: [person for actor in keys for person in known[actor]]
        for entry, keys in actors.items()
    }
