"""Those who have a place are reminded of their meeting some days before."""

import datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from ess_pages.actions.reminders import DAYS_BEFORE, remind_of_meetings
from ess_pages.models import MeetingPage, Registration
from tests import factories

State = Registration.State


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def meeting(home):
    index = factories.MeetingIndexPageFactory(parent=home, title="Rencontres")
    return factories.MeetingPageFactory(
        parent=index, title="Rencontre de Sétif", starts_on=days(2), takes_registrations=True
    )


@pytest.fixture
def registration(meeting):
    return factories.RegistrationFactory(meeting=meeting, email="place@example.org")


@pytest.mark.parametrize(
    ("number", "is_near"), [(-1, 0), (0, 0), (1, 1), (DAYS_BEFORE, 1), (DAYS_BEFORE + 1, 0)]
)
def test_reminder_goes_out_when_the_meeting_is_near(meeting, registration, number, is_near):
    MeetingPage.objects.update(starts_on=days(number))
    assert remind_of_meetings() == is_near


def test_only_those_who_have_a_place_are_reminded(run_tasks, meeting, registration):
    for state in (State.WAITING, State.CANCELLED):
        factories.RegistrationFactory(meeting=meeting, state=state)
    assert remind_of_meetings() == 1
    assert [letter.to for letter in mail.outbox] == [["place@example.org"]]


@pytest.mark.parametrize(
    "facts", [{"is_cancelled": True}, {"date_note": "Au printemps"}, {"live": False}]
)
def test_nobody_is_reminded_of_what_does_not_take_place_that_day(meeting, registration, facts):
    MeetingPage.objects.update(**facts)
    assert remind_of_meetings() == 0


def test_reminder_brings_the_ticket_and_the_way_out(run_tasks, registration):
    remind_of_meetings()
    (letter,) = mail.outbox
    assert "Rencontre de Sétif" in letter.subject
    assert registration.token in letter.body
    assert [name for name, _content, _type in letter.attachments] == ["ticket.png", "meeting.ics"]


def test_reminder_is_in_the_language_of_who_reads_it(run_tasks, meeting, registration):
    factories.translate(meeting, {"Rencontre de Sétif": "لقاء سطيف"})
    factories.RegistrationFactory(meeting=meeting, email="ar@example.org", language="ar")
    assert remind_of_meetings() == 2
    (letter,) = (letter for letter in mail.outbox if letter.to == ["ar@example.org"])
    assert "لقاء سطيف" in letter.subject
    assert 'dir="rtl"' in letter.alternatives[0].content


def test_command_run_twice_reminds_once(run_tasks, registration):
    for _run in range(2):
        call_command("remind_of_meetings", stdout=StringIO())
    assert len(mail.outbox) == 1


def test_meeting_that_moved_is_reminded_of_anew(meeting, registration):
    assert remind_of_meetings() == 1
    MeetingPage.objects.update(starts_on=days(3))
    assert remind_of_meetings() == 1
