"""Erase the imports that are older than a month."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.imports import purge_imports


class Command(BaseCommand):
    """To be run once a day: files of entries may hold contacts that nobody agreed to publish."""

    help = "Erase the imports that are older than a month, files and rows; their entries stay."

    def handle(self, *args, **options) -> None:
        """Erase them, and say how many there were."""
        number = purge_imports()
        self.stdout.write(
            ngettext("%(number)d import erased", "%(number)d imports erased", number)
            % {"number": number}
        )
