"""Content that many tests begin with: made once in each process, then written back row by row."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from wagtail.models import Page

Rows = dict[type[models.Model], dict[Any, tuple]]  # of each table, by primary key


@dataclass
class Content:
    """What a function wrote in the database, to be written again in the transaction of a test.

    A page is made, published and translated by hundreds of queries; its rows take a dozen.
    """

    keys: dict[str, int]  # of the pages that the function returned
    removed: Rows
    added: Rows
    below: "Content | None" = None

    def write(self) -> None:
        """Write the same rows, with the same keys, above the content below them."""
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows in self.removed.items():
                _delete(cursor, model, rows)
            for model, rows in self.added.items():
                _insert(cursor, model, rows)

    def pages(self, **known: Page) -> "Pages":
        """Return the pages that the function returned, with others that are known already."""
        return Pages(self.keys, **known)


class Pages(Mapping[str, Page]):
    """Pages by name, each read when a test first asks for it: most ask for one or two of them."""

    def __init__(self, keys: dict[str, int], **known: Page) -> None:
        self._keys = keys | {name: page.pk for name, page in known.items()}
        self._known = known

    def __getitem__(self, name: str) -> Page:
        if name not in self._known:
            self._known[name] = Page.objects.get(pk=self._keys[name]).specific
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def make(
    function: Callable[[], dict[str, Page] | None], below: Content | None, base: Rows
) -> Content:
    """Return what the function writes above the base and the content below; nothing of it stays."""
    with transaction.atomic():
        put_back(base)
        _write_all(below)
        before = read()
        pages = function() or {}
        after = read()
        transaction.set_rollback(True)
    keys = {name: page.pk for name, page in pages.items()}
    return Content(keys, _difference(before, after), _difference(after, before), below)


def _write_all(content: Content | None) -> None:
    if content:
        _write_all(content.below)
        content.write()


def read() -> Rows:
    """Return every row of the database, tables that a trigger fills aside."""
    with connection.cursor() as cursor:
        return {model: _select(cursor, model) for model in _models()}


def put_back(rows: Rows) -> None:
    """Make the database what it was when these rows were read."""
    now = read()
    Content({}, _difference(now, rows), _difference(rows, now)).write()
    ContentType.objects.clear_cache()


def _difference(rows: Rows, others: Rows) -> Rows:
    difference = {
        model: {key: row for key, row in own.items() if others[model].get(key) != row}
        for model, own in rows.items()
    }
    return {model: own for model, own in difference.items() if own}


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.db_table.endswith("_fts")
    ]


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields if not field.generated]


def _quote(*names: str) -> str:
    return ", ".join(map(connection.ops.quote_name, names))


def _select(cursor, model: type[models.Model]) -> dict[Any, tuple]:
    columns = _columns(model)
    key = columns.index(model._meta.pk.column)
    cursor.execute(f"SELECT {_quote(*columns)} FROM {_quote(model._meta.db_table)}")
    # SQLite's driver gives times, and does not take them.
    return {
        row[key]: tuple(str(v) if isinstance(v, datetime.time) else v for v in row)
        for row in cursor.fetchall()
    }


def _delete(cursor, model: type[models.Model], keys) -> None:
    table, column = _quote(model._meta.db_table), _quote(model._meta.pk.column)
    cursor.executemany(f"DELETE FROM {table} WHERE {column} = %s", [(key,) for key in keys])


def _insert(cursor, model: type[models.Model], rows: dict[Any, tuple]) -> None:
    columns = _columns(model)
    values = ", ".join(["%s"] * len(columns))
    cursor.executemany(
        f"INSERT INTO {_quote(model._meta.db_table)} ({_quote(*columns)}) VALUES ({values})",
        list(rows.values()),
    )
