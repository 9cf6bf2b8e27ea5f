"""Erase personal data that has been kept for long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from ess_ground.personal import rules


class Command(BaseCommand):
    """To be run once a day; safe to run again, and at once."""

    help = "Erase what has been kept for as long as the page on personal data says."

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out each rule, and say how many records it erased."""
        for rule in rules():
            number = rule.carry_out()
            if number or options["verbosity"] > 1:
                self.stdout.write(f"{rule.what}: {number}")
