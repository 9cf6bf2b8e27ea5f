"""Create the records of the reference lists that are missing."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from ess_pages.models import (
    Criterion,
    LegalForm,
    Resource,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)

DATA = Path(__file__).resolve().parents[2] / "data"
LISTS = (
    (Sphere, "spheres"),
    (LegalForm, "legal_forms"),
    (Sector, "sectors"),
    (TargetGroup, "target_groups"),
    (Topic, "topics"),
    (Resource, "resources"),
    (Criterion, "criteria"),
    (Wilaya, "wilayas"),
)
# Came after the records: filled in where they are still empty.
ADDED_LATER = {Wilaya: ("latitude", "longitude")}


class Command(BaseCommand):
    """Create missing records. Safe to run again: what an editor has changed is left as it is."""

    help = "Create the records of the reference lists that are missing."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        """Read the data files, a wilaya's mother before its daughters."""
        for model, name in LISTS:
            created = sum(self._create(model, row) for row in _rows(name))
            self.stdout.write(f"{model._meta.verbose_name_plural}: {created} created")

    def _create(self, model, row: dict[str, str]) -> bool:
        values = {key: value for key, value in row.items() if value != ""}
        if mother := values.pop("mother", None):
            values["mother"] = Wilaya.objects.get(slug=mother)
        record, created = model.objects.get_or_create(slug=values.pop("slug"), defaults=values)
        if not created:
            self._complete(record, values)
        return created

    def _complete(self, record, values: dict) -> None:
        names = [name for name in ADDED_LATER.get(type(record), ()) if name in values]
        # Together or not at all: half of an editor's place is no place.
        if names and all(getattr(record, name) is None for name in names):
            for name in names:
                setattr(record, name, values[name])
            record.save(update_fields=names)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
