"""Queries that are sent with every page, composed once: that takes longer than to answer them.

    @prepared
    def posts_by(thread: Any, authors: Any):
        return Post.objects.filter(thread=thread, author__in=authors).select_related("author")

    posts_by(7, [1, 2])  # a list of posts, by one query

What is decorated is called once, with slots in place of its arguments. Its query becomes SQL, in
which only the values differ from then on: numbers, words, times, and for `__in` lists of these. So
it may compare its arguments with fields, and cannot look at them.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from enum import Enum
from functools import cache, wraps
from inspect import signature
from typing import Any

from django.db import connections
from django.db.models import QuerySet, Value

LARGEST = 2**63  # what databases refuse as a number: no row has it


class Slot(Value):
    """Where an argument, known by its name, is put into a query."""

    def as_sql(self, compiler, connection) -> tuple[str, Any]:
        """Return what stands for it until it is known."""
        return f"({self.mark})", [self]

    @property
    def mark(self) -> str:
        """What gives way to the place of a value, or the places of all those of a list."""
        return f"/*{self.value}*/"


def prepared(compose: Callable[..., QuerySet[Any, Any]]) -> Callable[..., list[Any]]:
    """Return a function that sends the query with its arguments, and returns the rows."""
    taken = signature(compose)
    slots = [Slot(name) for name in taken.parameters]

    @cache
    def composed() -> tuple[QuerySet, Any, str, tuple]:
        rows = compose(*slots)
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        # How what the database says becomes values is the same each time, too.
        converters = compiler.get_converters([each[0] for each in compiler.select])
        compiler.get_converters = lambda _expressions: converters
        return rows, compiler, sql, params

    @wraps(compose)
    def send(*args: Any, **kwargs: Any) -> list[Any]:
        rows, compiler, sql, params = composed()
        connection = connections[rows.db]  # of this thread
        given = taken.bind(*args, **kwargs).arguments
        values = {slot.value: _values(given[slot.value], connection) for slot in slots}
        for slot in slots:
            places = ", ".join(["%s"] * len(values[slot.value]))
            sql = sql.replace(slot.mark, places or "NULL")  # nothing is among no values
        filled = [
            value
            for param in params
            for value in (values[param.value] if isinstance(param, Slot) else [param])
        ]
        if any(isinstance(value, int) and abs(value) >= LARGEST for value in filled):
            return []
        return list(_composed_as(rows, compiler, connection, (sql, filled)))

    return send


def _values(argument: Any, connection) -> list:
    is_list = isinstance(argument, Sequence) and not isinstance(argument, str)
    return [_value(each, connection) for each in (argument if is_list else [argument])]


def _value(value: Any, connection) -> Any:
    """Return a value as databases take it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.value if isinstance(value, Enum) else value


def _composed_as(rows: QuerySet, compiler: Any, connection, query: tuple[str, list]) -> QuerySet:
    """Return these rows anew, to be read by a query that is not composed again.

    What a row is made of is asked of the compiler: it knows since it composed the first.
    """
    rows, compiler = rows.all(), copy(compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *_args, **_options: query
    rows.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
    return rows
