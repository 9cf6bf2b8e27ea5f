"""Make every attempt to tell a webhook that is due."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.webhooks import deliver_due


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again, and at once."""

    help = (
        "Tells webhooks what is due. Run it every few minutes where the task queue cannot defer "
        "work, and after a queue was lost."
    )

    def handle(self, **options) -> None:
        """Say how many attempts were made."""
        number = deliver_due()
        text = ngettext("%(number)d attempt made", "%(number)d attempts made", number)
        self.stdout.write(text % {"number": number})
