"""The map of Algeria's wilayas: shapes, shades and rows for the templates to write.

The boundaries are in data/map.topojson, projected and simplified; data/README.md tells the source.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate, pairwise
from math import ceil
from pathlib import Path

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Wilaya

FILE = Path(__file__).parent / "data" / "map.topojson"
PANEL_TITLES = {
    "country": _("Algeria"),
    "north-west": _("The north-west, enlarged"),
    "north-east": _("The north-east, enlarged"),
}
SHADES = 5
# Room that a code needs between its middle and the edge of a panel.
LABEL_MARGIN = 20

Point = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """What the map says of a wilaya.

    `label` says it in words of the active language: “Alger: 12 actors”. Without `url` there is
    no link. `note` is for the table, such as the date of the last meeting.
    """

    wilaya: Wilaya
    count: int
    url: str
    label: str
    is_selected: bool = False
    note: str = ""


@dataclass(frozen=True)
class Step:
    """A shade of the legend: 0 for none, else 1 to 5, and the counts that it stands for."""

    shade: int
    low: int
    high: int


@dataclass(frozen=True)
class Box:
    """A rectangle; y runs southwards."""

    left: int
    top: int
    right: int
    bottom: int

    def __or__(self, other: "Box") -> "Box":
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    @property
    def width(self) -> int:
        """How far it reaches from west to east."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """How far it reaches from north to south."""
        return self.bottom - self.top

    def holds(self, other: "Box") -> bool:
        """Tell whether the other rectangle lies within this one."""
        return self | other == self

    def meets(self, other: "Box") -> bool:
        """Tell whether the other rectangle and this one have a part in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Shape:
    """A wilaya on the map, as an SVG path, with the point at which its code fits best."""

    place: Place
    shade: int
    outline: str
    box: Box
    middle: Point


@dataclass(frozen=True)
class Area:
    """A shape as a panel shows it.

    The keyboard meets each wilaya once: where `is_main`. Its code is written where `is_labelled`.
    """

    shape: Shape
    is_main: bool
    is_labelled: bool


@dataclass(frozen=True)
class Panel:
    """A part of the map with a scale of its own."""

    name: str
    title: Promise
    box: Box
    areas: list[Area]


@dataclass(frozen=True)
class Map:
    """What the templates draw.

    `rows` are the places of the table, in the order of the codes; `to_come` the wilayas drawn as
    part of the one they come from.
    """

    shapes: list[Shape]
    panels: list[Panel]
    steps: list[Step]
    rows: list[Place]
    to_come: list[Wilaya]

    @property
    def has_notes(self) -> bool:
        """Whether the table needs a column for notes."""
        return any(place.note for place in self.rows)


def draw(places: Iterable[Place]) -> Map:
    """Return the map of these places: one for each wilaya, zero included. It makes no query.

    A wilaya that has not taken up its powers yet is part of its mother, unless there is something
    in it or it is selected. A wilaya that the boundaries do not know is in the table alone.
    """
    places = sorted(places, key=lambda place: place.wilaya.code)
    holders = _holders(places)
    steps = _steps(max((place.count for place in places), default=0))
    rows = [place for place in places if holders[place.wilaya] == place.wilaya]
    shapes = _shapes(rows, holders, steps)
    return Map(
        shapes=shapes,
        panels=_panels(shapes),
        steps=steps,
        rows=rows,
        to_come=[wilaya for wilaya, holder in holders.items() if holder != wilaya],
    )


def _holders(places: list[Place]) -> dict[Wilaya, Wilaya]:
    """Return the wilaya that each is drawn as part of: itself, or its mother."""
    today = timezone.localdate()
    shown: dict[int | None, Wilaya] = {
        place.wilaya.pk: place.wilaya
        for place in places
        if place.count or place.is_selected or _in_force(place.wilaya, today)
    }
    return {
        place.wilaya: shown.get(place.wilaya.pk)
        or shown.get(place.wilaya.mother_id)
        or place.wilaya
        for place in places
    }


def _in_force(wilaya: Wilaya, day: date) -> bool:
    return wilaya.active_from is None or wilaya.active_from <= day


def _steps(most: int) -> list[Step]:
    """Return the steps from nothing to `most`; the darkest shade is always that of the most.

    They grow by the same factor, since a few wilayas have far more than the others, and end on
    numbers with one digit that is not zero.
    """
    none = Step(0, 0, 0)
    if not most:
        return [none]
    ends = sorted({_one_digit(most ** (n / SHADES)) for n in range(1, SHADES)} | {most})
    lows = [1, *(end + 1 for end in ends[:-1])]
    shades = (ceil(n * SHADES / len(ends)) for n in range(1, len(ends) + 1))
    return [none, *map(Step, shades, lows, ends)]


def _one_digit(number: float) -> int:
    whole = round(number)
    return round(whole, 1 - len(str(whole)))


def _shapes(rows: list[Place], holders: dict[Wilaya, Wilaya], steps: list[Step]) -> list[Shape]:
    geometry = _geometry()
    parts = defaultdict(list)
    for wilaya, holder in holders.items():
        if wilaya.slug in geometry.boxes:
            parts[holder].append(wilaya.slug)
    ends = [step.high for step in steps]
    return [
        Shape(
            place=place,
            shade=steps[bisect_left(ends, place.count)].shade,
            outline=_outline(tuple(parts[place.wilaya])),
            box=_box(parts[place.wilaya]),
            middle=geometry.middles[place.wilaya.slug],
        )
        for place in rows
        if place.wilaya.slug in geometry.boxes
    ]


def _box(slugs: list[str]) -> Box:
    *_rest, box = accumulate((_geometry().boxes[slug] for slug in slugs), Box.__or__)
    return box


def _panels(shapes: list[Shape]) -> list[Panel]:
    """Return the panels, each with the shapes that it shows."""
    boxes = _geometry().panels
    main = {shape.place.wilaya: _main_panel(shape, boxes) for shape in shapes}
    return [
        Panel(
            name=name,
            title=title,
            box=boxes[name],
            areas=[
                Area(
                    shape,
                    is_main=(is_main := main[shape.place.wilaya] == name),
                    is_labelled=is_main or (name != "country" and _fits(shape, boxes[name])),
                )
                for shape in shapes
                if boxes[name].meets(shape.box)
            ],
        )
        for name, title in PANEL_TITLES.items()
    ]


def _main_panel(shape: Shape, boxes: dict[str, Box]) -> str:
    """Return the first enlarged panel that shows all of a shape, else the country."""
    enlarged = (name for name in boxes if name != "country" and boxes[name].holds(shape.box))
    return next(enlarged, "country")


def _fits(shape: Shape, box: Box) -> bool:
    x, y = shape.middle
    return box.holds(Box(x - LABEL_MARGIN, y - LABEL_MARGIN, x + LABEL_MARGIN, y + LABEL_MARGIN))


@dataclass(frozen=True)
class _Geometry:
    """The boundaries: borders between neighbours, and for each wilaya which of them surround it.

    A border is a list of points. A wilaya has their numbers, clockwise; `~n` is border n backwards.
    """

    panels: dict[str, Box]
    borders: list[list[Point]]
    around: dict[str, list[int]]
    boxes: dict[str, Box]
    middles: dict[str, Point]


@cache
def _geometry() -> _Geometry:
    topology = json.loads(FILE.read_text(encoding="utf-8"))
    wilayas = {shape["id"]: shape for shape in topology["objects"]["wilayas"]["geometries"]}
    return _Geometry(
        panels={
            name: Box(left, top, left + width, top + height)
            for name, (left, top, width, height) in topology["panels"].items()
        },
        borders=[
            list(accumulate(map(tuple, moves), lambda a, b: (a[0] + b[0], a[1] + b[1])))
            for moves in topology["arcs"]
        ],
        around={
            slug: [number for polygon in shape["arcs"] for ring in polygon for number in ring]
            for slug, shape in wilayas.items()
        },
        boxes={slug: Box(*shape["properties"]["box"]) for slug, shape in wilayas.items()},
        middles={slug: tuple(shape["properties"]["label"]) for slug, shape in wilayas.items()},
    )


@cache
def _outline(slugs: tuple[str, ...]) -> str:
    """Return the SVG path around these wilayas, without the borders between them."""
    geometry = _geometry()
    numbers = {number for slug in slugs for number in geometry.around[slug]}
    lines = {}
    for number in numbers:
        if ~number not in numbers:
            border = geometry.borders[max(number, ~number)]
            line = border if number >= 0 else border[::-1]
            lines[line[0]] = line
    path = ""
    while lines:
        path += _ring(lines)
    return path


def _ring(lines: dict[Point, list[Point]]) -> str:
    """Take lines that follow one another out of `lines`; return the ring as an SVG path."""
    start, line = lines.popitem()
    points = list(line)
    while points[-1] != start:
        points += lines.pop(points[-1])[1:]
    moves = (f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(points[:-1]))
    return f"M{start[0]} {start[1]}l{' '.join(moves)}z".replace(" -", "-")
