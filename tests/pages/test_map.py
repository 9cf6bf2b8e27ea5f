"""The map of the wilayas, and the table that says the same.

No test here may reach the database: pytest-django then fails any that makes a query.
"""

import csv
import datetime
import gzip
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

import ess_pages
from ess_pages.data.build_map import STEPS_PER_KM, area, distance, project
from ess_pages.map import Place, draw
from ess_pages.models import Wilaya

DATA = Path(ess_pages.__file__).parent / "data" / "wilayas.csv"
ROWS = list(csv.DictReader(DATA.read_text(encoding="utf-8").splitlines()))
NUMBER = {row["slug"]: number for number, row in enumerate(ROWS, start=1)}
COAST = 1.5 * STEPS_PER_KM  # how far into the sea a simplified coast may leave a harbour
TO_COME = {row["slug"]: row["mother"] for row in ROWS if row["active_from"]}


def wilaya(slug, **values):
    """Return a wilaya of the data file, without a database."""
    row = ROWS[NUMBER[slug] - 1]
    start = timezone.localdate() + datetime.timedelta(days=1) if row["active_from"] else None
    names = {name: row[name] for name in ("slug", "code", "name_fr", "name_ar")}
    made = Wilaya(pk=NUMBER[slug], active_from=start, mother_id=NUMBER.get(row["mother"]), **names)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def places(counts=(), *, selected=(), without_url=(), **values):
    """Return a place for each wilaya of the data file."""
    counts = dict(counts)
    return [
        Place(
            wilaya(slug, **values),
            counts.get(slug, 0),
            "" if slug in without_url else f"?wilaya={slug}",
            f"{slug}: {counts.get(slug, 0)} actors",
            is_selected=slug in selected,
        )
        for slug in NUMBER
    ]


def shapes(drawn):
    return {shape.place.wilaya.slug: shape for shape in drawn.shapes}


def rings(shape):
    """Return the points of a shape, as a list for each ring."""
    paths = re.findall(r"M([^l]+)l([^z]+)z", shape.outline)
    result = []
    for start, moves in paths:
        x, y = map(int, re.findall(r"-?\d+", start))
        points = [(x, y)]
        numbers = [int(number) for number in re.findall(r"-?\d+", moves)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        result.append(points)
    return result


def size(shape):
    return sum(area(ring) for ring in rings(shape))


def soup(template, drawn, **context):
    html = render_to_string(f"ess_pages/includes/{template}.html", {"map": drawn, **context})
    return BeautifulSoup(html, "html.parser")


def links(soup):
    """Return the links that the keyboard and screen readers meet in the drawing."""
    return [
        link
        for link in soup.select(".ess-map-panels a")
        if link.has_attr("href") and link.get("tabindex") != "-1"
    ]


def test_every_chief_town_lies_in_the_shape_of_its_wilaya():
    drawn = shapes(draw(places(active_from=None)))
    astray = set()
    for row in ROWS:
        x, y = project(float(row["longitude"]), float(row["latitude"]))
        town = x * STEPS_PER_KM, y * STEPS_PER_KM
        if max(distance(town, ring) for ring in rings(drawn[row["slug"]])) < -COAST:
            astray.add(row["slug"])
    assert not astray
    assert len(drawn) == 69


def test_every_code_is_written_inside_the_shape():
    for shape in draw(places(active_from=None)).shapes:
        assert max(distance(shape.middle, ring) for ring in rings(shape)) > 0, shape.place.label


def test_north_is_up_and_east_is_right():
    drawn = shapes(draw(places()))
    assert drawn["tamanrasset"].middle[1] > drawn["ghardaia"].middle[1] > drawn["alger"].middle[1]
    assert drawn["tlemcen"].middle[0] < drawn["alger"].middle[0] < drawn["el-tarf"].middle[0]


def test_wilaya_to_come_is_part_of_its_mother_and_nothing_is_lost():
    after, before = draw(places(active_from=None)), draw(places())
    assert (len(after.shapes), len(before.shapes)) == (69, 58)
    assert {wilaya.slug for wilaya in before.to_come} == set(TO_COME)
    assert not after.to_come
    alone, together = shapes(after), shapes(before)
    assert size(together["djelfa"]) == sum(
        size(alone[slug]) for slug in ("djelfa", "ain-oussera", "messaad")
    )
    assert sum(map(size, after.shapes)) == sum(map(size, before.shapes))
    assert all(len(rings(together[mother])) == 1 for mother in TO_COME.values())


@pytest.mark.parametrize(
    "values", [{"counts": {"aflou": 2}}, {"selected": {"aflou"}}], ids=["has entries", "selected"]
)
def test_wilaya_to_come_stands_alone_once_there_is_something_to_say_of_it(values):
    drawn = draw(places(**values))
    assert "aflou" in shapes(drawn)
    assert "aflou" in {place.wilaya.slug for place in drawn.rows}
    assert len(drawn.to_come) == 10


def test_wilaya_stands_alone_on_the_day_it_takes_up_its_powers():
    assert len(draw(places(active_from=timezone.localdate())).shapes) == 69


def test_wilaya_that_the_boundaries_do_not_know_is_in_the_table_alone():
    new = Place(Wilaya(pk=70, slug="nouvelle", code="70", name_fr="Nouvelle"), 4, "?", "Nouvelle")
    drawn = draw([*places(), new])
    assert drawn.rows[-1] == new
    assert "nouvelle" not in shapes(drawn)


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, []),
        (1, [(5, 1, 1)]),
        (2, [(3, 1, 1), (5, 2, 2)]),
        (5, [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)]),
        (12, [(1, 1, 2), (2, 3, 3), (3, 4, 4), (4, 5, 7), (5, 8, 12)]),
        (1000, [(1, 1, 4), (2, 5, 20), (3, 21, 60), (4, 61, 300), (5, 301, 1000)]),
    ],
)
def test_legend_sets_none_apart_and_gives_the_most_the_darkest_shade(most, steps):
    drawn = draw(places({"oran": most}))
    assert [(step.shade, step.low, step.high) for step in drawn.steps] == [(0, 0, 0), *steps]
    assert shapes(drawn)["oran"].shade == (5 if most else 0)
    assert shapes(drawn)["adrar"].shade == 0


def test_steps_leave_no_count_out():
    for most in range(1, 400):
        steps = draw([Place(wilaya("oran"), most, "", "")]).steps
        counts = [n for step in steps for n in range(step.low, step.high + 1)]
        assert counts == list(range(most + 1))


@pytest.mark.parametrize("active_from", [None, datetime.date(2999, 1, 1)])
def test_keyboard_meets_each_wilaya_once_with_its_label(active_from):
    counts = {slug: number for slug, number in NUMBER.items() if slug not in TO_COME}
    drawn = draw(places(counts, active_from=active_from))
    found = {link["href"]: link.title.string for link in links(soup("map", drawn))}
    assert len(links(soup("map", drawn))) == len(drawn.rows)
    assert found == {place.url: place.label for place in drawn.rows}


def test_selected_wilaya_is_marked_on_the_map_and_in_the_table():
    drawn = draw(places({"oran": 3}, selected={"oran"}))
    (link,) = soup("map", drawn).select(".ess-map-panels [aria-current]")
    assert link["href"] == "?wilaya=oran"
    assert {use["href"] for use in soup("map", drawn).select(".ess-map-selected use")} == {
        "#wilaya-oran"
    }
    (link,) = soup("map_table", drawn).select("[aria-current]")
    assert link.string == "Oran"


def test_wilaya_without_address_is_said_but_is_no_link():
    drawn = draw(places(without_url={"oran"}))
    page = soup("map", drawn)
    assert "?wilaya=oran" not in {link.get("href") for link in page.select("a")}
    assert "oran: 0 actors" in {title.string for title in page.select("[role=img] > title")}
    assert not [link for link in soup("map_table", drawn).select("a") if link.string == "Oran"]


def test_table_says_every_number_by_code_and_notes_if_there_are_any():
    counts = {"alger": 12, "adrar": 1}
    cells = [
        [cell.get_text(strip=True) for cell in row.select("td, th")]
        for row in soup("map_table", draw(places(counts))).select("tbody tr")
    ]
    assert len(cells) == 58
    assert cells[0] == ["01", "Adrar", "1"]
    assert cells[1] == ["02", "Chlef", "0"]
    assert cells[15] == ["16", "Alger", "12"]
    note = draw([Place(wilaya("oran"), 1, "", "", note="in March")])
    row = soup("map_table", note).select_one("tbody tr")
    assert row.select("td")[-1].string == "in March"


@pytest.mark.parametrize(("language", "name"), [("fr", "Alger"), ("ar", "الجزائر")])
def test_table_names_wilayas_in_the_active_language(language, name):
    with override(language):
        page = soup("map_table", draw(places()))
    assert page.find("a", href="?wilaya=alger").string == name


def test_labels_are_escaped():
    drawn = draw([Place(wilaya("oran"), 1, '?q="><script>', "<script>1</script>")])
    assert not soup("map", drawn).select("script")
    assert not soup("map_table", drawn).select("script")


def test_map_asks_nothing_of_another_host_and_states_its_source():
    page = soup("map", draw(places()))
    assert not page.select("script, style, image, img, [style], [src]")
    assert all(use["href"].startswith("#") for use in page.select("use"))
    assert page.select_one('figcaption a[href="https://www.openstreetmap.org/copyright"]')


def test_map_is_light():
    drawn = draw(places(dict.fromkeys(NUMBER, 1000), active_from=None))
    html = render_to_string("ess_pages/includes/map.html", {"map": drawn}).encode()
    assert len(html) < 60_000
    assert len(gzip.compress(html)) < 20_000
