"""JSON-LD: a schema.org Dataset with the entries as linked data, in ESSGlobal's terms too."""

import json
from collections.abc import Iterator

from ..models.directory import DirectoryPage
from ..schema_org import CONTEXT, without_empty
from .dataset import Dataset, licence


def write(dataset: Dataset) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    head = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": dataset.source,
        "url": dataset.source,
        "name": dataset.title,
        "description": dataset.index.description or dataset.title,
        "inLanguage": dataset.language,
        "dateModified": dataset.day.isoformat(),
        "license": licence().url,
        "isAccessibleForFree": True,
    }
    yield (
        _json(head)[:-1].encode() + b', "mainEntity": {"@type": "ItemList", "itemListElement": [\n'
    )
    separator = b""
    for pages in dataset.batches():
        yield separator + ",\n".join(_json(_item(page)) for page in pages).encode()
        separator = b",\n"
    yield b"\n]}}\n"


def _item(page: DirectoryPage) -> dict:
    description = without_empty(page.schema_org())
    # That of the file holds for all that is in it.
    return {key: value for key, value in description.items() if key != "@context"}


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)
