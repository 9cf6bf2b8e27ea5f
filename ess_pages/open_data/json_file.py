"""JSON (RFC 8259): the tables of recommendations, each a list of rows by the names of columns."""

import json
from collections.abc import Iterator

from .dataset import licence
from .road import RoadDataset


def write(dataset: RoadDataset) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    head = {
        "title": dataset.title,
        "language": dataset.language,
        "date": dataset.day.isoformat(),
        "source": dataset.source,
        "licence": licence().url,
    }
    yield _json(head)[:-1].encode()
    for part in dataset.parts:
        yield f", {_json(part.shown_table.name)}: [\n".encode()
        separator = b""
        for rows in part.batches():
            lines = (_json({c.name: c.value(row) for c in part.columns}) for row in rows)
            yield separator + ",\n".join(lines).encode()
            separator = b",\n"
        yield b"\n]"
    yield b"}\n"


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)
