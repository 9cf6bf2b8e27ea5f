"""Give the forum back, as JSON Lines with its files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...exports import export


class Command(BaseCommand):
    """Reads one moment of the forum, and lets people write meanwhile."""

    help = "Write the forum into a folder or a .zip: see docs/forum-export.md."

    def add_arguments(self, parser) -> None:
        """Add where it is written, and what personal data it may hold."""
        parser.add_argument("path", type=Path, help="a new folder, or a file that ends in .zip")
        parser.add_argument("--with-emails", action="store_true", help="addresses of members too")
        parser.add_argument(
            "--with-personal",
            action="store_true",
            help="private conversations, bookmarks, follows, read marks and blocks too",
        )

    def handle(self, *args, **options) -> None:
        """Export, and say how many records there are. Raises CommandError where it cannot."""
        try:
            manifest = export(
                options["path"],
                emails=options["with_emails"],
                personal=options["with_personal"],
            )
        except FileExistsError as error:
            raise CommandError(
                _("There is something at %(path)s already.") % {"path": options["path"]}
            ) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        for name, file in manifest["files"].items():
            self.stdout.write(f"{name}: {file['count']}")
        missing = manifest["attachments"]["missing"]
        self.stdout.write(f"files/: {manifest['attachments']['count']}")
        if missing:
            self.stderr.write(_("Files that are gone: %(keys)s") % {"keys": ", ".join(missing)})
