"""Measures the directory of actors with 10,000 of them, in a database that it makes and drops.

    .venv/bin/python bench/directory.py

What is measured, and how to read it: see README.md beside this file.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_site.settings.test")

import django

django.setup()

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page, Site
from wagtail.search.backends import get_search_backend

from ess_pages import models
from ess_pages.search import folded

BATCH = 500
# Of ten actors, six have a page in both languages, three in French only, one in Arabic only.
LANGUAGES = (*[("fr", "ar")] * 6, *[("fr",)] * 3, ("ar",))
ABROAD = ("FR", "TN", "BE", "CA", "DE", "IT")
WORDS = {
    "fr": (
        ("Association", "Coopérative", "Mutuelle", "Fondation", "Collectif", "Union"),
        ("solidaire", "agricole", "artisanale", "oasienne", "littorale", "numérique"),
        ("El Amel", "Tadamoun", "Nour", "Tawiza", "Izdihar", "Assala", "Djazair"),
    ),
    "ar": (
        ("جمعية", "تعاونية", "تعاضدية", "مؤسسة", "تجمع", "اتحاد"),
        ("تضامنية", "فلاحية", "حرفية", "واحية", "ساحلية", "رقمية"),
        ("الأمل", "التضامن", "النور", "التويزة", "الازدهار", "الأصالة", "الجزائر"),
    ),
}
SUMMARY = {
    "fr": "Elle forme les jeunes, accompagne les familles et vend ses produits sur les marchés.",
    "ar": "تكوّن الشباب وترافق العائلات وتبيع منتجاتها في الأسواق.",
}
REQUESTS = {
    "list": "",
    "list, page 400": "?page=400",
    "one facet": "?wilaya=alger&wilaya=oran",
    "four facets": (
        "?sphere=civil-society&sector=agriculture&sector=crafts&topic=training&wilaya=alger"
    ),
    "language": "?language=ar",
    "abroad": "?abroad=1",
    "search, rare": "?q=tadamoun+oasienne+77",
    "search, common": "?q=association",
    "search, other language": "?q=التضامن",
    "search and facets": "?q=cooperative&wilaya=alger&sector=crafts",
    "by date": "?sort=new",
    "map": "?view=map",
    "csv": "?format=csv",
    "xlsx": "?format=xlsx",
    "geojson": "?format=geojson",
    "jsonld": "?format=jsonld",
}


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory() as folder:
        # Never the database of the tests; and in a file, as a portal has it, not in memory.
        scratch = {
            "sqlite": f"{folder}/directory.sqlite3",
            "postgresql": f"bench_{connection.settings_dict['NAME']}",
        }
        connection.settings_dict["TEST"]["NAME"] = scratch[connection.vendor]
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            settings.ALLOWED_HOSTS = ["*"]
            started = time.perf_counter()
            sections = make_tree()
            make_actors(sections, options.actors)
            make_index()
            print(f"{connection.vendor}: {options.actors} actors in {name}", end="")
            print(f", made and indexed in {time.perf_counter() - started:.0f} s\n")
            for language, section in sections.items():
                measure(language, section, options)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--actors", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--times", type=int, default=7, help="requests of each address (7)")
    parser.add_argument("--only", default="", help="measure the addresses with this in their name")
    return parser.parse_args()


# Content


def make_tree() -> dict[str, models.ActorIndexPage]:
    """Return the directory of each language, below a front page of its own."""
    call_command("load_reference_data", verbosity=0)
    root = Page.get_first_root_node()
    keys = {"home": uuid.uuid4(), "actors": uuid.uuid4()}
    sections = {}
    for code in ("fr", "ar"):
        locale, _created = Locale.objects.get_or_create(language_code=code)
        home = models.HomePage(
            title=f"Portail {code}", slug=code, locale=locale, translation_key=keys["home"]
        )
        root.add_child(instance=home)
        sections[code] = home.add_child(
            instance=models.ActorIndexPage(
                title=f"Acteurs {code}",
                slug="acteurs",
                locale=locale,
                translation_key=keys["actors"],
            )
        )
        root = Page.get_first_root_node()
    Site.objects.update(root_page=sections["fr"].get_parent(), hostname="testserver")
    Site.clear_site_root_paths_cache()
    return sections


def make_actors(sections: dict[str, models.ActorIndexPage], number: int) -> None:
    """Write the actors straight into the tables: to publish 10,000 pages takes an hour."""
    chance = random.Random(2016)
    pages = {code: [] for code in sections}
    for index in range(number):
        facts, key = make_facts(chance, index), uuid.uuid4()
        words = [chance.randrange(6), chance.randrange(6), chance.randrange(7)]
        for code in chance.choice(LANGUAGES):
            title = " ".join(kinds[n] for kinds, n in zip(WORDS[code], words, strict=True))
            pages[code].append(
                make_page(sections[code], len(pages[code]), f"{title} {index}", key, facts)
            )
    for code, section in sections.items():
        for start in range(0, len(pages[code]), BATCH):
            save(pages[code][start : start + BATCH])
        section.numchild = len(pages[code])
        section.save(update_fields=["numchild"])
    subjects = [
        (field, list(field.related_model.objects.values_list("pk", flat=True)))
        for field in models.ActorPage._meta.many_to_many
        if field.name in ("sectors", "topics", "target_groups")
    ]
    for field, records in subjects:
        chosen = {}
        rows = [
            field.remote_field.through(
                actorpage_id=page.pk, **{f"{field.related_model._meta.model_name}_id": record}
            )
            for code in pages
            for page in pages[code]
            for record in chosen.setdefault(
                page.translation_key, chance.sample(records, chance.randint(1, 3))
            )
        ]
        field.remote_field.through.objects.bulk_create(rows, batch_size=BATCH)


def make_facts(chance: random.Random, index: int) -> dict:
    """Return what an actor says alike in every language."""
    abroad = index % 20 == 0
    return {
        "country": chance.choice(ABROAD) if abroad else "DZ",
        "wilaya": None if abroad else chance.choice(list(RECORDS["wilaya"])),
        "sphere": chance.choice(list(RECORDS["sphere"])),
        "legal_form": chance.choice([None, *RECORDS["legal_form"]]),
        "founded": chance.randint(1962, 2025),
        "people": chance.randint(3, 900),
        "email": f"actor{index}@example.org",
        "contacts_consent": index % 2 == 0,
        "first_published_at": timezone.now() - timedelta(hours=index),
        "last_published_at": timezone.now() - timedelta(minutes=chance.randrange(500_000)),
    }


class Records(dict):
    """The records of a foreign key of actors, by its name, read once."""

    def __missing__(self, name: str) -> list:
        self[name] = list(models.ActorPage._meta.get_field(name).related_model.objects.all())
        return self[name]


RECORDS = Records()


def make_page(section: models.ActorIndexPage, number: int, title: str, key, facts: dict):
    code = section.locale.language_code
    return models.ActorPage(
        **facts,
        title=title,
        draft_title=title,
        slug=f"actor-{number}",
        path=models.ActorPage._get_path(section.path, section.depth + 1, number + 1),
        depth=section.depth + 1,
        url_path=f"{section.url_path}actor-{number}/",
        locale=section.locale,
        translation_key=key,
        content_type=ContentType.objects.get_for_model(models.ActorPage),
        summary=SUMMARY[code],
        body=[("text", f"<p>{SUMMARY[code] * 3}</p>")],
        sort_title=folded(title),
    )


def save(pages: list[models.ActorPage]) -> None:
    """Insert the pages, first as pages, then as actors: Django inserts in bulk for one table."""
    fields = [field.attname for field in Page._meta.local_concrete_fields]
    rows = [Page(**{name: getattr(page, name) for name in fields}) for page in pages]
    for page, row in zip(pages, Page.objects.bulk_create(rows), strict=True):
        page.pk = page.page_ptr_id = page.id = row.pk
    models.ActorPage._base_manager._insert(
        pages, fields=models.ActorPage._meta.local_concrete_fields, using="default"
    )


def make_index() -> None:
    index = get_search_backend().get_index_for_model(models.ActorPage)
    pages = models.ActorPage.get_indexed_objects().prefetch_related(
        "exchanges", "sectors", "topics", "target_groups"
    )
    keys = list(models.ActorPage.objects.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        index.add_items(models.ActorPage, pages.filter(pk__in=keys[start : start + BATCH]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


# Measures


def measure(language: str, section: models.ActorIndexPage, options: argparse.Namespace) -> None:
    print(f"{language:32}{'status':>8}{'queries':>9}{'median ms':>11}{'most ms':>9}{'bytes':>11}")
    client = Client()
    path = f"/{language}/acteurs/"
    for name, query in REQUESTS.items():
        if options.only in name:
            fetch(client, path + query)
            queries: list[str] = []
            with connection.execute_wrapper(partial(noted, queries)):
                status, size, _time = fetch(client, path + query)
            times = [fetch(client, path + query)[2] for _ in range(options.times)]
            print(
                f"  {name:30}{status:8}{len(queries):9}"
                f"{statistics.median(times):11.0f}{max(times):9.0f}{size:11}"
            )
    print()


def noted(queries: list[str], execute, sql: str, *arguments):
    queries.append(sql)
    return execute(sql, *arguments)


def fetch(client: Client, address: str) -> tuple[int, int, float]:
    """Return the status, the bytes and the milliseconds of an answer, read to its end."""
    start = time.perf_counter()
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, len(body), (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
