"""What the portal does by itself: some of it every few minutes, the rest once a day.

All of it is safe to run twice, and late.
"""

import datetime
import logging

from django.core.management import call_command
from django.utils import timezone

from .models import DailyRun

logger = logging.getLogger(__name__)

OFTEN = (
    # What is set for a date, by editors and by texts whose time is over.
    "publish_scheduled",
    "take_due_steps",
    # Mails and messages, and what a killed worker has left of them.
    "send_notifications",
    "rescue_tasks",
    "tell_editors",
    "forum_webhooks",
)
DAILY = (
    "ask_for_confirmation",
    "remind_decision_makers",
    "remind_of_meetings",
    "remind_of_resolutions",
    # Sessions, imports, files that were never posted, and all else that is kept for some time only.
    "purge_personal_data",
    "forum_trust",
    # These fail where a record or a counter is not as it was made, and name it.
    "check_road",
    "forum_check",
)
# In the morning, for the first of them write to people.
DAILY_FROM = datetime.time(7)


def run_due(now: datetime.datetime | None = None) -> list[str]:
    """Do what is due, and return the names of the commands that failed: the others are run still.

    A daily one that failed is run again the next day, and one that was killed at the next time.
    """
    now = timezone.localtime(now)
    failed = [name for name in OFTEN if not _succeeds(name)]
    if now.time() < DAILY_FROM:
        return failed
    runs = DailyRun.objects.filter(day=now.date())
    done = set(runs.values_list("command", flat=True))
    for name in DAILY:
        if name not in done:
            if not _succeeds(name):
                failed.append(name)
            DailyRun.objects.get_or_create(command=name, day=now.date())
    DailyRun.objects.filter(day__lt=now.date()).delete()
    return failed


def _succeeds(command: str) -> bool:
    try:
        call_command(command)
    except (Exception, SystemExit):
        logger.exception("%s", command)
        return False
    return True
