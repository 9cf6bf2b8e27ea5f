"""Remind those who have a place of the meetings of the next days."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.reminders import remind_of_meetings


class Command(BaseCommand):
    """To be run once a day. Safe to run again: nobody is reminded twice of the same day."""

    help = "Remind those who have a place at a meeting of the next three days, by mail."

    def handle(self, *args, **options) -> None:
        """Remind them, and say how many mails were written."""
        sent = remind_of_meetings()
        self.stdout.write(ngettext("%(sent)d mail", "%(sent)d mails", sent) % {"sent": sent})
