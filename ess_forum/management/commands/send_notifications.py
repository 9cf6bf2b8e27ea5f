"""Send by mail, and to browsers, what members have not read on the site."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...actions.digests import send_due_digests
from ...actions.notification_mails import send_due_mails
from ...actions.pushes import send_due_pushes


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again, and at once: each goes out once."""

    help = "Tell members by mail and in browsers what concerns them, and send the due digests."

    def handle(self, *args, **options) -> None:
        """Send them, and say how many of each."""
        text = _("mails: %(mails)d, digests: %(digests)d, messages to browsers: %(pushes)d")
        numbers = {
            "mails": send_due_mails(),
            "digests": send_due_digests(),
            "pushes": send_due_pushes(),
        }
        self.stdout.write(text % numbers)
