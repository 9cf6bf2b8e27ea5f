"""Open data as files to download: `?format=` at the address of a list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from . import csv_file, geojson, json_file, jsonld, xlsx_file
from .dataset import Dataset
from .road import RoadDataset


@dataclass(frozen=True)
class Format:
    """A format: its name for people, its media type, and what writes a dataset in it."""

    name: str
    media_type: str
    write: Callable[[Any], Iterator[bytes]]


# By what the address and the end of the file name say.
FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", csv_file.write),
    "xlsx": Format(
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx_file.write,
    ),
    "geojson": Format("GeoJSON", "application/geo+json", geojson.write),
    "jsonld": Format("JSON-LD", "application/ld+json", jsonld.write),
}
# Those of recommendations, which have several tables and no place.
ROAD_FORMATS = {
    "csv": FORMATS["csv"],
    "xlsx": FORMATS["xlsx"],
    "json": Format("JSON", "application/json", json_file.write),
}


def download(dataset: Dataset | RoadDataset, extension: str) -> HttpResponseBase:
    """Return the dataset as a file in this format, one of those that there are for it."""
    kind = (ROAD_FORMATS if isinstance(dataset, RoadDataset) else FORMATS)[extension]
    # What is written while it is sent is written when the request, and its language, are over.
    pieces = _in_language(kind.write(dataset), get_language())
    return StreamingHttpResponse(
        pieces,
        content_type=kind.media_type,
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=dataset.file_name(extension)
            ),
            "X-Robots-Tag": "noindex",
        },
    )


def _in_language(pieces: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
