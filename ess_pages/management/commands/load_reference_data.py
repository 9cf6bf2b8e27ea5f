"""Create the wilayas, spheres and legal forms that are missing."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from ess_pages.models import LegalForm, Sphere, Wilaya

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    """Create missing records. Safe to run again: what exists, by its slug, is left as it is."""

    help = "Create the wilayas, spheres and legal forms that are missing."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        """Read the data files in the order in which they depend on one another."""
        for model, name in ((Sphere, "spheres"), (LegalForm, "legal_forms"), (Wilaya, "wilayas")):
            created = sum(self._create(model, row) for row in _rows(name))
            self.stdout.write(f"{model._meta.verbose_name_plural}: {created} created")

    def _create(self, model, row: dict) -> bool:
        if mother := row.pop("mother", None):
            row["mother"] = Wilaya.objects.get(slug=mother)
        values = {key: value for key, value in row.items() if value != ""}
        return model.objects.get_or_create(slug=values.pop("slug"), defaults=values)[1]


def _rows(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
