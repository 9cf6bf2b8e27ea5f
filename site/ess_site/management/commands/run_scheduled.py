"""Do what is due."""

from django.core.management.base import BaseCommand, CommandError

from ...schedule import run_due


class Command(BaseCommand):
    """To be run every few minutes, by systemd or cron. Safe to run again, and at once."""

    help = "Do what is due: every few minutes, and once a day."

    def handle(self, *args, **options) -> None:
        """Do it, and fail where something of it failed: the log says why."""
        if failed := run_due():
            raise CommandError(", ".join(failed))
