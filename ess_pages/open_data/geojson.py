"""GeoJSON (RFC 7946): each entry as a point, at the chief town of its wilaya."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ..models.directory import DirectoryPage
from .dataset import Dataset, licence


def write(dataset: Dataset) -> Iterator[bytes]:
    """Yield the file, piece by piece."""
    head = {
        "type": "FeatureCollection",
        "title": dataset.title,
        "language": dataset.language,
        "date": dataset.day.isoformat(),
        "source": dataset.source,
        "licence": licence().url,
        "note": _("The points are the chief towns of the wilayas, not addresses."),
    }
    yield _json(head)[:-1].encode() + b', "features": [\n'
    separator = b""
    for pages in dataset.batches():
        yield separator + ",\n".join(_json(_feature(dataset, page)) for page in pages).encode()
        separator = b",\n"
    yield b"\n]}\n"


def _feature(dataset: Dataset, page: DirectoryPage) -> dict:
    point = _point(page)
    properties = {column.name: column.value(page) for column in dataset.columns}
    return {
        "type": "Feature",
        "id": str(page.translation_key),
        "geometry": point,
        "properties": properties | {"position": point and "chief town of the wilaya"},
    }


def _point(page: DirectoryPage) -> dict | None:
    """Return where its wilaya's chief town is, longitude first; None abroad, or when not known."""
    wilaya = page.wilaya
    if wilaya is None or wilaya.latitude is None or wilaya.longitude is None:
        return None
    return {"type": "Point", "coordinates": [float(wilaya.longitude), float(wilaya.latitude)]}


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)
