"""Make a migrated database ready for its first editor."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import Locale

from ess_site.groups import grant_permissions


class Command(BaseCommand):
    """Create the languages, the records and the groups' permissions. Safe to run again."""

    help = "Create the languages, the reference records and the groups' permissions."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        """Create what is missing; leave the rest as it is."""
        for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
            Locale.objects.get_or_create(language_code=code)
        call_command("load_reference_data", stdout=self.stdout)
        grant_permissions()
