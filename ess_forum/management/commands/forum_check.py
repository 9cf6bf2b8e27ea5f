"""Check that the stored counters and read marks of the forum are what its posts say."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...checking import differences


class Command(BaseCommand):
    """To be run once a day: it changes nothing, and fails where something differs."""

    help = (
        "Recompute every counter, position and read mark of the forum from its posts. "
        "Names each that differs, and fails if there is one."
    )

    def handle(self, *args, **options) -> None:
        """Name what differs. Raises CommandError where something does."""
        found = 0
        for difference in differences():
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(
                ngettext("%(found)d thing differs.", "%(found)d things differ.", found)
                % {"found": found}
            )
        self.stdout.write(_("The forum is as its posts say."))
