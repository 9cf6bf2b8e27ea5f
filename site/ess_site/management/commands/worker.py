"""Do background tasks, whichever queue they are in."""

import logging

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from rq import SimpleWorker

from ...redis_queue import calls


class Command(BaseCommand):
    """To be kept running. Several may run beside one another.

    Ctrl+C, or SIGTERM, ends one after its task.
    """

    help = "Do background tasks, whichever queue they are in."

    def add_arguments(self, parser) -> None:
        """Take whether to end with the last task."""
        parser.add_argument("--burst", action="store_true", help="end with the last task")

    def handle(self, *args, burst: bool, verbosity: int, **options) -> None:
        """Wait until Redis calls, or else ask the database each second."""
        if settings.TASKS_URL:
            # What comes and goes with each call is not worth a line; what fails is in the admin.
            logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
            queue = calls()
            worker = SimpleWorker([queue], connection=queue.connection)
            worker.work(burst=burst, logging_level="WARNING")
        else:
            reload = settings.DEBUG and not burst
            call_command(
                "db_worker", queue_name="*", batch=burst, reload=reload, verbosity=verbosity
            )
