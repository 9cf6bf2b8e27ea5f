"""Take the steps of recommendations whose time has come."""

from django.core.management.base import BaseCommand

from ...actions.consultations import close_what_has_ended, remind_who_is_silent
from ...actions.road import settle_what_has_closed


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again, and at once: each is taken once."""

    help = "Close amendments and count votes whose time has passed; remind those who are silent."

    def handle(self, *args, **options) -> None:
        """Take the steps, and say how many of each."""
        settled = settle_what_has_closed()
        counted = close_what_has_ended()
        reminded = remind_who_is_silent()
        self.stdout.write(f"settled: {settled}, counted: {counted}, reminded: {reminded}")
