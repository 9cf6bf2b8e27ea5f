"""Check that what is kept of recommendations is as it was made."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...models import Recommendation
from ...road_check import differences, differences_in_checksums


class Command(BaseCommand):
    """To be run once a day: it changes nothing, and fails where something was changed."""

    help = (
        "Check the chain of steps of each recommendation, the versions of its text, its credits, "
        "results and documents. Names each thing that differs, and fails if there is one."
    )

    def handle(self, *args, **options) -> None:
        """Name what differs. Raises CommandError where something does."""
        number = found = 0
        for recommendation in Recommendation.objects.order_by("pk").iterator():
            number += 1
            for difference in differences(recommendation):
                found += 1
                self.stdout.write(f"{recommendation}: {difference}")
        for difference in differences_in_checksums():
            found += 1
            self.stdout.write(difference)
        if found:
            raise CommandError(
                ngettext("%(found)d thing differs.", "%(found)d things differ.", found)
                % {"found": found}
            )
        self.stdout.write(_("Recommendations as they were made: %(number)d.") % {"number": number})
