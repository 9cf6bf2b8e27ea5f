"""Tell editors of what waits for them."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...accounts.actions.applications import tell_editors


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again: each application is told of once."""

    help = "Mail those who may decide that somebody waits for an account, once an hour at most."

    def handle(self, *args, **options) -> None:
        """Tell them, and say how many mails were written."""
        sent = tell_editors()
        self.stdout.write(ngettext("%(sent)d mail", "%(sent)d mails", sent) % {"sent": sent})
