"""Ask those who speak for old entries whether they are still right."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.confirmations import ask_for_confirmation


class Command(BaseCommand):
    """To be run once a day. Safe to run again: nobody is asked twice within 30 days."""

    help = "Ask the representatives of entries not confirmed for a year, by mail."

    def add_arguments(self, parser) -> None:
        """Add how many entries to ask about at most."""
        parser.add_argument("--limit", type=int, default=200, help="entries to ask about at most")

    def handle(self, *args, **options) -> None:
        """Ask, and say how many mails were written."""
        sent = ask_for_confirmation(limit=options["limit"])
        self.stdout.write(ngettext("%(sent)d mail", "%(sent)d mails", sent) % {"sent": sent})
