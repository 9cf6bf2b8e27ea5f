"""Take up what workers that were killed have left."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...failed_tasks import rescue


class Command(BaseCommand):
    """To be run every few minutes. Safe to run again, and at once."""

    help = (
        "Queue again the mails that a killed worker has left, and note its other tasks as failed."
    )

    def handle(self, *args, **options) -> None:
        """Take them up, and say how many there were."""
        mails, others = rescue()
        text = _("mails: %(mails)d, other tasks: %(others)d")
        self.stdout.write(text % {"mails": mails, "others": others})
