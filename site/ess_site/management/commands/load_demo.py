"""Load the demonstration content: the seminar of 2015-16, in both languages."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from ess_pages.models import HomePage
from ess_site.demo import ACCOUNTS, PASSWORD, DemoError, load


class Command(BaseCommand):
    """Load the demonstration content once; a portal that has a home page is left alone."""

    help = "Load the demonstration content, unless the portal has content already."

    def handle(self, *args, **options) -> None:
        """Set the portal up, then load pages and accounts, all of them or nothing."""
        if HomePage.objects.exists():
            self.stdout.write("The portal has content already: nothing loaded.")
        else:
            self._load()
        if settings.DEMO_ACCOUNTS:
            self.stdout.write(f"Demo accounts, password {PASSWORD}: {', '.join(ACCOUNTS)}")

    @transaction.atomic
    def _load(self) -> None:
        call_command("setup_portal", stdout=self.stdout)
        try:
            load(say=self.stdout.write, with_accounts=settings.DEMO_ACCOUNTS)
        except DemoError as error:
            raise CommandError(str(error)) from error
