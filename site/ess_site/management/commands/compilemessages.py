"""Compile the message catalogues without msgfmt, which a bare machine does not have."""

from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Takes the place of Django's command, which calls msgfmt."""

    help = "Compiles the catalogues of LOCALE_PATHS that are newer than their compiled form."
    requires_system_checks = []

    def handle(self, *args, **options):
        """Write a .mo file beside each .po file that needs one, and say how many."""
        catalogues = [
            catalogue
            for path in settings.LOCALE_PATHS
            for catalogue in Path(path).glob("*/LC_MESSAGES/*.po")
        ]
        outdated = [catalogue for catalogue in catalogues if is_outdated(catalogue)]
        for catalogue in outdated:
            polib.pofile(str(catalogue)).save_as_mofile(str(compiled(catalogue)))
        if options["verbosity"]:
            self.stdout.write(f"{len(outdated)} of {len(catalogues)} message catalogues compiled.")


def compiled(catalogue: Path) -> Path:
    """Return where Django looks for the compiled form of a .po file."""
    return catalogue.with_suffix(".mo")


def is_outdated(catalogue: Path) -> bool:
    """Return whether a .po file has no compiled form, or one older than itself."""
    mo = compiled(catalogue)
    return not mo.exists() or mo.stat().st_mtime < catalogue.stat().st_mtime
