"""The days of the demonstration: counted from that of loading, and lived by the actions."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Set the clock that the actions read."""
    with patch.object(timezone, "now", lambda: moment):
        yield


class Days:
    """The days around that of loading."""

    def __init__(self) -> None:
        self.today = timezone.localdate()

    def day(self, days: int) -> datetime.date:
        """Return the day so many days from that of loading."""
        return self.today + datetime.timedelta(days=days)

    def moment(self, text: str) -> datetime.datetime:
        """Return the moment of "-14 10:00": a day as `day` counts it, and a time."""
        days, time = text.split()
        time_of_day = datetime.time.fromisoformat(time)
        return timezone.make_aware(datetime.datetime.combine(self.day(int(days)), time_of_day))
