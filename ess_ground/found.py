"""What the search index holds, asked directly.

Wagtail’s own query joins each record to its entry of the index and matches its title and text
together, for which no database has an index of use: 10,000 entries took 150 ms or more. The stems
(see `ess_ground.words`) are in the text alone, and the text has an index: 10 ms.
"""

from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.functions import Cast
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry


def keys(model: type[Any], wanted: str) -> QuerySet:
    """Return the keys of the records of this model with all of these stems, as `key`."""
    rows, _rank = _matching(model, wanted)
    return rows.values("key")


def ranked(model: type[Any], wanted: str) -> QuerySet:
    """Return the keys of these records, as `key`, with `rank`: the lowest says most of them."""
    rows, rank = _matching(model, wanted)
    return rows.annotate(rank=rank).order_by("rank", "-key").values("key", "rank")


def _matching(model: type[Any], wanted: str) -> tuple[QuerySet, Any]:
    """Return what in the index matches, and by what it is ranked."""
    backend = get_search_backend()
    compiler = backend.search(wanted, model).query_compiler
    types = get_descendants_content_types_pks(model)
    key = BigIntegerField()
    if connection.vendor == "postgresql":
        from django.contrib.postgres.search import SearchRank

        query = compiler.build_tsquery(compiler.query, config=compiler.get_config(backend))
        rows = IndexEntry.objects.filter(content_type__in=types, body=query)
        return rows.annotate(key=Cast("object_id", key)), -SearchRank(F("body"), query)
    # Only SQLite has these.
    from modelsearch.backends.database.sqlite.query import BM25, MatchExpression
    from wagtail.search.models import SQLiteFTSIndexEntry

    match = MatchExpression(["body"], compiler.build_search_query(compiler.query))
    entries = SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=types)
    return entries.annotate(key=Cast("index_entry__object_id", key)), BM25()
