"""The words by which a directory is searched."""

from typing import Any

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.search.models import IndexEntry

from ..models.directory import DirectoryPage
from ..search import stems


def condition(model: type[DirectoryPage], words: str) -> Q:
    """Return the condition that an entry holds these words, in any of its languages.

    So a reader of the French directory finds an actor by its Arabic name. Words without a letter
    or digit are in no entry.
    """
    wanted = stems(words)
    if not wanted:
        return Q(pk__in=[])
    versions = model.objects.live().filter(pk__in=_found(model, wanted)).order_by()
    return Q(translation_key__in=versions.values("translation_key"))


def _found(model: type[DirectoryPage], wanted: str) -> QuerySet:
    """Return the keys of the pages of this model whose stems are in the search index.

    Wagtail’s own query joins each page to its entry of the index and matches its title and text
    together, for which no database has an index of use: 10,000 entries took 150 ms or more, for
    each of the facets. The stems are in the text alone, and the text has an index: 10 ms.
    """
    entries = IndexEntry.objects.filter(
        content_type__in=get_descendants_content_types_pks(model),
        **_match(model.objects.search(wanted)),
    )
    return entries.annotate(page=Cast("object_id", IntegerField())).values("page")


def _match(results) -> dict[str, Any]:
    """Return how entries of the index are filtered by what `results` are searched by."""
    compiler = results.query_compiler
    if connection.vendor == "postgresql":
        config = compiler.get_config(results.backend)
        return {"body": compiler.build_tsquery(compiler.query, config=config)}
    # Only SQLite has these.
    from modelsearch.backends.database.sqlite.query import MatchExpression
    from wagtail.search.models import SQLiteFTSIndexEntry

    match = MatchExpression(["body"], compiler.build_search_query(compiler.query))
    return {"pk__in": SQLiteFTSIndexEntry.objects.filter(match).values("pk")}
