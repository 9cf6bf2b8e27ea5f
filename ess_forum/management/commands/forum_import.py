"""Bring in another forum: Discourse or phpBB."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...imports.discourse import Discourse
from ...imports.dumps import DumpError
from ...imports.phpbb import PhpBB
from ...imports.writing import Import

READERS: dict[str, type[Discourse] | type[PhpBB]] = {"discourse": Discourse, "phpbb": PhpBB}


class Command(BaseCommand):
    """Safe to run again: what is here already is left as it is, and the rest is brought in."""

    help = (
        "Bring in the users, categories, threads, posts and files of a Discourse backup or of a "
        "MySQL dump of phpBB. See docs/forum-import.md."
    )

    def add_arguments(self, parser) -> None:
        """Add where the dump is."""
        parser.add_argument("software", choices=READERS)
        parser.add_argument("path", type=Path, help="the dump, or the archive of the backup")
        parser.add_argument("--source", required=True, help="a name for that forum, ever the same")
        parser.add_argument("--files", type=Path, help="the folder of its files")
        parser.add_argument("--old-root", default="", help="where that forum was: /forum")
        parser.add_argument("--prefix", default="phpbb_", help="of the tables of phpBB (phpbb_)")

    def handle(self, *args, **options) -> None:
        """Import, and say what came and what did not. Raises CommandError without a whole dump."""
        if not options["path"].is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": options["path"]})
        try:
            reader = READERS[options["software"]](
                options["path"], options["files"], options["prefix"]
            )
            run = Import(
                reader, options["source"], root=options["old_root"], tell=self.stderr.write
            )
            run.run()
        except (DumpError, OSError) as error:
            raise CommandError(str(error)) from error
        for kind, number in run.written.items():
            refused = run.refused[kind]
            self.stdout.write(
                _("%(kind)s: %(number)d new, %(refused)d refused")
                % {"kind": kind, "number": number, "refused": refused}
            )
        for what, number in reader.left_out.items():
            self.stdout.write(_("%(what)s: %(number)d left out") % {"what": what, "number": number})
        self.stdout.write(_("Now update the search index: manage.py update_index"))
