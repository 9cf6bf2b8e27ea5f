"""Comma-separated values (RFC 4180), marked as UTF-8 for spreadsheet programs."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from io import StringIO

from .cells import neutral
from .columns import Value, flat
from .dataset import Dataset


def write(dataset: Dataset) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    yield BOM_UTF8 + _lines([[str(column.label) for column in dataset.columns]])
    for pages in dataset.batches():
        yield _lines([_cell(column.value(page)) for column in dataset.columns] for page in pages)


def _cell(value: Value) -> str | int | float | None:
    text = flat(value)
    return neutral(text) if isinstance(text, str) else text


def _lines(rows) -> bytes:
    lines = StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode()
