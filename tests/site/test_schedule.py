"""One command does all that is due: often, or once a day, whatever fails or is killed."""

import datetime

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.utils import timezone

from ess_site import schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    """A function that does what is due at an hour of a day, and returns which commands were run.

    `run.broken` has those that raise something.
    """

    def call(name: str) -> None:
        run.called.append(name)
        if name in run.broken:
            raise run.broken[name]

    def run(hour: int, day: int = 15) -> list[str]:
        run.called = []
        now = datetime.datetime(2016, 3, day, hour, tzinfo=timezone.get_default_timezone())
        run.failed = schedule.run_due(now)
        return run.called

    run.broken = {}
    monkeypatch.setattr(schedule, "call_command", call)
    return run


OFTEN, DAILY = list(schedule.OFTEN), list(schedule.DAILY)


def test_daily_work_is_done_once_a_day_from_the_morning_on(run):
    assert run(6) == OFTEN
    assert run(7) == OFTEN + DAILY
    assert run(8) == OFTEN
    assert run(5, day=16) == OFTEN
    assert run(23, day=16) == OFTEN + DAILY


@pytest.mark.parametrize("error", [CommandError("no"), SystemExit(1), ZeroDivisionError()])
def test_what_fails_is_named_and_holds_nothing_else_up(run, error):
    run.broken = {OFTEN[0]: error, DAILY[0]: error}
    assert run(7) == OFTEN + DAILY
    assert run.failed == [OFTEN[0], DAILY[0]]
    # The one is tried the next time, the other the next day.
    assert run(8) == OFTEN
    assert run.failed == [OFTEN[0]]
    assert DAILY[0] in run(7, day=16)


def test_what_was_killed_is_done_at_the_next_time(run):
    run.broken = {DAILY[2]: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        run(7)
    run.broken = {}
    assert run(8) == OFTEN + DAILY[2:]


def test_all_of_it_runs(home, caplog):
    assert set(OFTEN + DAILY) <= set(get_commands())
    now = timezone.localtime().replace(hour=12)
    assert schedule.run_due(now) == []
    assert caplog.records == []


def test_command_fails_where_something_failed(monkeypatch):
    monkeypatch.setattr(schedule, "OFTEN", ("check_no_such_thing",))
    with pytest.raises(CommandError, match="check_no_such_thing"):
        call_command("run_scheduled")
