"""Take the steps of recommendations whose time has come."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...actions.consultations import close_what_has_ended, remind_who_is_silent
from ...actions.road import settle_what_has_closed


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again, and at once: each is taken once."""

    help = "Close amendments and count votes whose time has passed; remind those who are silent."

    def handle(self, *args, **options) -> None:
        """Take the steps, and say how many of each."""
        text = _("settled: %(settled)d, counted: %(counted)d, reminded: %(reminded)d")
        numbers = {
            "settled": settle_what_has_closed(),
            "counted": close_what_has_ended(),
            "reminded": remind_who_is_silent(),
        }
        self.stdout.write(text % numbers)
