"""Remind those who answer for resolutions of what is due in the next days."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...actions.resolution_reminders import remind_of_resolutions


class Command(BaseCommand):
    """To be run once a day. Safe to run again: nobody is told twice of the same day."""

    help = "Tell the owners of resolutions what is due in the next seven days."

    def handle(self, *args, **options) -> None:
        """Tell them, and say how many resolutions are due."""
        self.stdout.write(_("resolutions due: %(number)d") % {"number": remind_of_resolutions()})
