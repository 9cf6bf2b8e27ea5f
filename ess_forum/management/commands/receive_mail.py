"""Take a mail that a member has answered."""

import logging
import sys
from os import EX_TEMPFAIL
from typing import Any

from django.core.management.base import BaseCommand

from ...actions.incoming import receive

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """To be run by the mail server for each mail to `reply+…@` the domain of replies."""

    help = "Read a mail from standard input, and post what a member answers in it."

    def add_arguments(self, parser) -> None:
        """Take to whom the mail is delivered."""
        parser.add_argument("--recipient", default="", help="the envelope's recipient")

    def handle(self, *args: Any, **options: Any) -> None:
        """Post it, and say what became of it. The mail server keeps it where we cannot."""
        try:
            outcome = receive(sys.stdin.buffer.read(), options["recipient"])
        except Exception:
            logger.exception("A mail could not be taken.")
            sys.exit(EX_TEMPFAIL)
        self.stdout.write(outcome.value)
