"""Remind of official documents that no institution has answered."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.handover_reminders import remind_decision_makers


class Command(BaseCommand):
    """To be run once a day. Safe to run again: a handover is told of once for each due day."""

    help = "Mail the editors whose handovers have had no answer, with a text to send on."

    def handle(self, *args, **options) -> None:
        """Remind, and say how many mails were written."""
        sent = remind_decision_makers()
        self.stdout.write(ngettext("%(sent)d mail", "%(sent)d mails", sent) % {"sent": sent})
