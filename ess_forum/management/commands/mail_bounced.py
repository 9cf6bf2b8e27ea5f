"""Stop the mails to an address that does not take them, or does not want them."""

import sys
from email import message_from_bytes
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...actions.stopped_addresses import stop
from ...models import StoppedAddress
from ...returned import Returned, returned


class Command(BaseCommand):
    """Takes an address, or without one a report from the mail server on its standard input."""

    help = (
        "Stop the mails to ADDRESS. Without one, read a report of delivery (RFC 3464) or of abuse "
        "(RFC 5965) from standard input: the mail server pipes there what comes back."
    )

    def add_arguments(self, parser) -> None:
        """Take an address and why its mails stop."""
        parser.add_argument("address", nargs="?")
        parser.add_argument(
            "--reason",
            choices=StoppedAddress.Reason.values,
            default=StoppedAddress.Reason.BOUNCE.value,
        )
        parser.add_argument("--detail", default="", help="what the mail server said")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stop them, and say for how many addresses."""
        if options["address"]:
            found = [_named(options)]
        else:
            found = returned(message_from_bytes(sys.stdin.buffer.read()))
        number = sum(stop(*each) for each in found)
        text = ngettext("%(number)d address stopped", "%(number)d addresses stopped", number)
        self.stdout.write(text % {"number": number})


def _named(options: dict[str, Any]) -> Returned:
    """Return what was given. Raises CommandError where it is no address."""
    try:
        StoppedAddress._meta.get_field("address").run_validators(options["address"])
    except ValidationError as error:
        text = _("“%(address)s” is no e-mail address.") % {"address": options["address"]}
        raise CommandError(text) from error
    return Returned(options["address"], options["reason"], options["detail"])
