"""Clear away what nobody has posted, and the notes of mails that do not come again."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions import attachments, incoming


class Command(BaseCommand):
    """Delete uploaded files that no post and no draft has taken in a day, and old notes."""

    help = "Delete uploaded files that no post and no draft has taken in a day. Run it every day."

    def handle(self, *args: Any, **options: Any) -> None:
        """Clear them away and say how many there were."""
        incoming.forget()
        number = attachments.clear()
        text = ngettext("%(number)d file deleted", "%(number)d files deleted", number)
        self.stdout.write(text % {"number": number})
