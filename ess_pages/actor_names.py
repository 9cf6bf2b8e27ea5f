"""Actors as people name them: in either script, with or without accents, by some of the words."""

from typing import NamedTuple

from django.db.models import Case, IntegerField, QuerySet, Value, When

from ess_ground.words import folded, folded_words

from .languages import listed
from .links import in_language
from .models import ActorPage

# Of more actors than this, whoever looks for one types more of its name.
LIMIT = 10
# Fewer letters would be in too many names.
SHORTEST = 2


class Option(NamedTuple):
    """An actor as a choice shows it: namesakes differ by their place."""

    key: str
    name: str
    place: str


class Named(NamedTuple):
    """The actors that may be meant, in the active language if they can be, the likeliest first."""

    actors: list[ActorPage]
    has_more: bool

    @property
    def options(self) -> list[Option]:
        """The actors as choices."""
        return [
            Option(str(actor.translation_key), actor.title, listed(actor.place))
            for actor in self.actors
        ]


def shown() -> QuerySet[ActorPage]:
    """Return the actors that everybody may read of."""
    return ActorPage.objects.live().public()


def named(text: str) -> QuerySet[ActorPage]:
    """Return the pages, in any language, whose title has all the words of this text."""
    words = _words(text)
    pages = shown() if words else shown().none()
    for word in words:
        pages = pages.filter(sort_title__contains=word)
    return pages


def exactly_named(text: str) -> list[ActorPage]:
    """Return the actors with just this name: more than one where they share it. Two queries."""
    pages = shown().filter(sort_title=folded(text)[:255]).order_by("pk")
    return _once_each(pages[: (LIMIT + 1) * 2])


def likely_named(text: str) -> Named:
    """Return the actors that this text may mean, a few of them. Two queries."""
    if len("".join(_words(text))) < SHORTEST:
        return Named([], has_more=False)
    begins = When(sort_title__startswith=folded(text), then=Value(0))
    rank = Case(begins, default=Value(1), output_field=IntegerField())
    pages = named(text).order_by(rank, "sort_title", "pk")
    # Twice as many, for an actor may be found in both languages.
    actors = _once_each(pages[: (LIMIT + 1) * 2])
    return Named(actors[:LIMIT], has_more=len(actors) > LIMIT)


def _words(text: str) -> list[str]:
    return folded_words(text).split()


def _once_each(pages: QuerySet[ActorPage]) -> list[ActorPage]:
    found = {page.translation_key: page for page in pages.only("translation_key")}
    return in_language(shown().defer("body").select_related("wilaya"), found.values())
