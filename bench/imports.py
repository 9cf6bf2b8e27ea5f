"""Measures the import of 5,000 actors: all of them new, all there already, all changed.

    DATABASE_URL=sqlite:////tmp/imports.sqlite3 .venv/bin/python bench/imports.py

What is measured, and how to read it: see README.md beside this file.
"""

import argparse
import csv
import io
import os
import random
import resource
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEED = 20151216
KINDS = [
    "Association",
    "Coopérative",
    "Mutuelle",
    "Fondation",
    "Réseau",
    "Atelier",
    "جمعية",
    "تعاونية",
]
NAMES = ["de la laine", "du Souf", "des artisanes", "de l’oued", "المستقبل", "du littoral", "الأمل"]
SENTENCES = [
    "Elle réunit des familles de la commune et des environs.",
    "On y apprend un métier en l’exerçant, avec des gens qui le connaissent.",
    "تجمع الحرفيات وتسوق منتجاتهن في الولاية وخارجها.",
    "Ses comptes sont publiés chaque année et lus en assemblée.",
]


def main() -> None:
    rows = parse_options().rows
    start_django()
    section, user = prepare()
    created = make_file(rows, 1998)
    print(f"\n{rows} rows, {len(created) / 2**20:.1f} MB of CSV; seconds, and MB at most\n")
    print_row("", "check", "import", "of it locked", "others waited", "memory")
    for name, content in (
        ("all new", created),
        ("all there", created),
        ("all changed", make_file(rows, 2003)),
    ):
        print_row(name, *(f"{figure:.1f}" for figure in measure(section, user, content)))
    seconds, number = announce()
    print(f"\n  then, in the background: {number} entries announced in {seconds:.0f} s")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5000, help="in the file (5000)")
    return parser.parse_args()


def start_django() -> None:
    if "DATABASE_URL" not in os.environ:
        sys.exit("Set DATABASE_URL to a database that may be filled: a new one.")
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_site.settings.dev")
    import django

    django.setup()


def prepare():
    """Return the section and the editor of a new portal with nothing else in it."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from wagtail.models import Locale, Page, Site

    from ess_pages.models import ActorIndexPage, HomePage

    quiet = io.StringIO()
    call_command("migrate", verbosity=0)
    call_command("setup_portal", stdout=quiet)
    if HomePage.objects.exists():
        sys.exit("This database has content already: give a new one.")
    locale = Locale.objects.get(language_code="fr")
    home = HomePage(title="Accueil", slug="accueil", locale=locale)
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.update(root_page=home)
    section = home.add_child(
        instance=ActorIndexPage(title="Acteurs", slug="acteurs", locale=locale)
    )
    return section, get_user_model().objects.create_superuser("bench@example.org", "bench")


def make_file(rows: int, founded: int) -> bytes:
    """Return the same CSV whenever it is asked for, but for the year."""
    from ess_pages.models import Sector, Sphere, TargetGroup, Topic, Wilaya

    chance = random.Random(SEED)
    lists = {
        name: list(model.objects.values_list("name_fr", flat=True))
        for name, model in (
            ("sphere", Sphere),
            ("wilaya", Wilaya),
            ("sectors", Sector),
            ("topics", Topic),
            ("target_groups", TargetGroup),
        )
    }
    file = io.StringIO()
    writer = csv.writer(file)
    texts = ["title", "summary", "products", "founded", "people", "women", "email", "phone"]
    writer.writerow([*texts, "links", "networks", "locality", *lists])
    for number in range(rows):
        people = chance.randrange(5, 900)
        writer.writerow(
            [
                f"{chance.choice(KINDS)} {chance.choice(NAMES)} {number}",
                " ".join(chance.sample(SENTENCES, 2)),
                " ".join(chance.sample(SENTENCES, 3)),
                founded,
                people,
                people // 2,
                f"contact{number}@example.org",
                f"+213 21 {number:06}",
                f"https://example.org/{number}",
                "Réseau d’exemple",
                "Commune d’exemple",
                chance.choice(lists["sphere"]),
                chance.choice(lists["wilaya"]),
                *(" | ".join(chance.sample(lists[name], 2)) for name in list(lists)[2:]),
            ]
        )
    return file.getvalue().encode()


def measure(section, user, content: bytes) -> tuple[float, float, float, float, float]:
    """Return how long the steps of an import took, and how long another writer had to wait."""
    from ess_pages.actions.imports import import_entries, start_import
    from ess_pages.imports import runs

    run = start_import(user, section, "bench.csv", content)
    run.refresh_from_db()
    checked = timed(runs.check, run)
    run.refresh_from_db()
    imported = locked = waited = 0.0
    if run.rows.exclude(outcome="same").exists():
        import_entries(user, run)
        run.refresh_from_db()
        write, spent = runs.write, []
        runs.write = lambda *args: spent.append(timed(write, *args))
        with other_writer(user) as waits:
            imported = timed(runs.carry_out, run)
        runs.write = write
        locked, waited = spent[0], max(waits)
    run.refresh_from_db()
    if run.problem:
        sys.exit(run.problem)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return checked, imported, locked, waited, memory


def timed(function, *args) -> float:
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


class other_writer:  # noqa: N801
    """Somebody who writes five times a second meanwhile; gives how long each time took."""

    def __init__(self, user):
        self.user, self.waits, self.is_over = user, [], threading.Event()
        self.thread = threading.Thread(target=self.work)

    def work(self) -> None:
        from django.db import connection

        people = type(self.user).objects.filter(pk=self.user.pk)
        while not self.is_over.wait(0.2):
            self.waits.append(timed(lambda: people.update(first_name="Bench")))
        connection.close()

    def __enter__(self) -> list[float]:
        self.thread.start()
        return self.waits

    def __exit__(self, *error) -> None:
        self.is_over.set()
        self.thread.join()


def announce() -> tuple[float, int]:
    """Do the tasks that the last import has left, and return how long it took and how many."""
    from ess_pages.imports.announcing import AT_ONCE, announce_rows
    from ess_pages.models import ImportRow, ImportRun

    run = ImportRun.objects.filter(rows__outcome="change").first()
    rows = ImportRow.objects.filter(run=run)
    start = time.perf_counter()
    for first in range(0, run.total + AT_ONCE, AT_ONCE):
        announce_rows.func(run.pk, first, first + AT_ONCE - 1)
    return time.perf_counter() - start, rows.filter(is_announced=True).count()


def print_row(name: str, *cells: str) -> None:
    print(f"  {name:12}" + "".join(f"{cell:>15}" for cell in cells))


if __name__ == "__main__":
    main()
