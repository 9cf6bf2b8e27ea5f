"""The words by which a directory is searched."""

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast
from modelsearch.utils import get_descendants_content_types_pks

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
    """Return the keys of the pages of this model that the search index finds."""
    results = model.objects.search(wanted, order_by_relevance=False)
    if connection.vendor != "sqlite":
        return results.get_queryset().order_by().values("pk")
    # Wagtail joins the index to its entries, and SQLite, without statistics, then asks the index
    # anew for every entry: some 300 ms for 10,000. Asked first and alone, it takes 10.
    from modelsearch.backends.database.sqlite.query import MatchExpression
    from wagtail.search.models import IndexEntry, SQLiteFTSIndexEntry

    compiler = results.query_compiler
    match = MatchExpression(compiler.FTS_TABLE_FIELDS, compiler.build_search_query(compiler.query))
    entries = IndexEntry.objects.filter(
        pk__in=SQLiteFTSIndexEntry.objects.filter(match).values("pk"),
        content_type__in=get_descendants_content_types_pks(model),
    )
    return entries.annotate(page=Cast("object_id", IntegerField())).values("page")
