"""A meeting is cancelled: everything says so, and those who meant to come are told once."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from ess_pages import hosting
from ess_pages.actions.accreditations import ask_accreditation
from ess_pages.actions.registrations import cancel, register
from ess_pages.models import Accreditation, MeetingPage, Registration, Resolution, resolutions
from tests import factories

IN_A_MONTH = timezone.localdate() + datetime.timedelta(days=30)
State = Registration.State


@pytest.fixture
def meetings(home):
    return factories.MeetingIndexPageFactory(parent=home, title="Rencontres")


@pytest.fixture
def meeting(meetings):
    return factories.MeetingPageFactory(
        parent=meetings,
        title="Rencontre de Sétif",
        starts_on=IN_A_MONTH,
        wilaya=factories.WilayaFactory(),
        takes_registrations=True,
        capacity=1,
    )


def publish(meeting: MeetingPage, **facts) -> MeetingPage:
    """Publish the meeting anew with other facts."""
    page = MeetingPage.objects.get(pk=meeting.pk)
    for name, value in facts.items():
        setattr(page, name, value)
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.save_revision().publish()
    return page


def told() -> list[str]:
    """Return to whom mails went since this was last asked."""
    people = sorted(letter.to[0] for letter in mail.outbox)
    mail.outbox.clear()
    return people


def read(client, url: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


def event(client, address: str):
    (found,) = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    return found


# Mails


def test_those_who_meant_to_come_are_told_once(run_tasks, meeting):
    make = factories.RegistrationFactory
    make(meeting=meeting, email="place@example.org")
    make(meeting=meeting, email="waits@example.org", state=State.WAITING)
    make(meeting=meeting, email="left@example.org", state=State.CANCELLED)
    press = factories.AccreditationFactory
    press(meeting=meeting, email="press@example.org")
    press(meeting=meeting, email="refused@example.org", state=Accreditation.State.REFUSED)
    publish(meeting, is_cancelled=True)
    assert told() == ["place@example.org", "press@example.org", "waits@example.org"]
    publish(meeting, is_cancelled=True, venue="Ailleurs")
    assert told() == []


def test_meeting_that_takes_place_after_all_is_told_to_those_who_think_otherwise(
    run_tasks, meeting
):
    factories.RegistrationFactory(meeting=meeting, email="place@example.org")
    publish(meeting, is_cancelled=True)
    mail.outbox.clear()
    publish(meeting, is_cancelled=False)
    assert told() == ["place@example.org"]
    publish(meeting, is_cancelled=False)
    assert told() == []
    assert Registration.objects.get().state == State.CONFIRMED


def test_mail_is_in_the_readers_language_and_corrects_their_calendar(run_tasks, meeting):
    factories.translate(meeting, {"Rencontre de Sétif": "لقاء سطيف"})
    factories.RegistrationFactory(meeting=meeting, language="ar")
    publish(meeting, is_cancelled=True)
    (letter,) = mail.outbox
    assert "لقاء سطيف" in letter.subject
    assert 'dir="rtl"' in letter.alternatives[0].content
    (_name, content, _type) = letter.attachments[0]
    (found,) = Calendar.from_ical(content).walk("VEVENT")
    assert found["STATUS"] == "CANCELLED"


def test_nobody_is_told_once_the_meeting_has_started(run_tasks, meeting):
    factories.RegistrationFactory(meeting=meeting)
    publish(meeting, is_cancelled=True, starts_on=timezone.localdate())
    assert told() == []


def test_draft_tells_nobody(run_tasks, meeting):
    factories.RegistrationFactory(meeting=meeting)
    meeting.is_cancelled = True
    with TestCase.captureOnCommitCallbacks(execute=True):
        meeting.save_revision()
    assert told() == []


# Registration and accreditation


def test_nobody_registers_nor_asks_for_an_accreditation(meeting):
    meeting = publish(meeting, is_cancelled=True)
    with pytest.raises(ValidationError):
        register(factories.UserFactory(), meeting, {"name": "Samia", "language": "fr"})
    details = {"name": "Lina", "media": "Radio", "email": "lina@example.org", "language": "fr"}
    with pytest.raises(ValidationError):
        ask_accreditation(factories.UserFactory(), meeting, details)


def test_nobody_moves_up_on_the_waiting_list(run_tasks, meeting):
    place = factories.RegistrationFactory(meeting=meeting)
    waiting = factories.RegistrationFactory(meeting=meeting, state=State.WAITING)
    publish(meeting, is_cancelled=True, capacity=9)
    cancel(place)
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    publish(meeting, is_cancelled=False)
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED


# What is shown


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_in_both_languages_say_so(client, meeting, language):
    page = {"fr": meeting, "ar": factories.translate(meeting)}[language]
    assert not read(client, page.url).select(".ess-notice")
    publish(meeting, is_cancelled=True)
    html = read(client, page.url)
    assert html.select(".ess-notice")
    assert not html.select("main a[href*='/register/'], main a[href*='/accreditation/']")
    assert read(client, page.get_parent().url).select(".ess-card .ess-badge-off")


def test_ticket_says_so_and_shows_no_code(client, meeting):
    registration = factories.RegistrationFactory(meeting=meeting)
    address = f"/fr/registrations/{registration.token}/"
    assert read(client, address).select("figure svg")
    publish(meeting, is_cancelled=True)
    html = read(client, address)
    assert html.select(".ess-notice")
    assert not html.select("figure svg")


@pytest.mark.parametrize("view", ["register", "accreditation"])
def test_forms_say_so_in_place_of_asking(client, meeting, view):
    publish(meeting, is_cancelled=True)
    client.force_login(factories.UserFactory())
    html = read(client, f"/fr/meetings/{meeting.pk}/{view}/")
    assert html.select(".ess-notice")
    assert not html.select("main .ess-form")


def test_press_page_offers_no_accreditation(client, home, meeting):
    page = factories.PressPageFactory(parent=home, title="Presse")
    assert read(client, page.url).select("main a[href*='/accreditation/']")
    publish(meeting, is_cancelled=True)
    html = read(client, page.url)
    assert html.select(".ess-badge-off")
    assert not html.select("main a[href*='/accreditation/']")


def test_calendars_hear_of_it(client, meeting):
    meeting.refresh_from_db()
    meeting.first_published_at -= datetime.timedelta(days=1)
    meeting.save()
    before = event(client, "/fr/meetings.ics")
    assert before["STATUS"] == "CONFIRMED"
    publish(meeting, is_cancelled=True)
    MeetingPage.objects.update(last_published_at=timezone.now() + datetime.timedelta(seconds=5))
    after = event(client, "/fr/meetings.ics")
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["SUMMARY"] != meeting.title
    assert meeting.title in after["SUMMARY"]


def test_search_engines_hear_of_it(meeting):
    assert meeting.schema_org()["eventStatus"] == "https://schema.org/EventScheduled"
    meeting.is_cancelled = True
    described = meeting.schema_org()
    assert described["eventStatus"] == "https://schema.org/EventCancelled"
    assert "remainingAttendeeCapacity" not in described


def test_lists_of_the_admin_say_so(client, meeting):
    client.force_login(factories.UserFactory(is_superuser=True))
    listed = read(client, reverse("ess_pages_meetings")).select_one("td.title").get_text(strip=True)
    publish(meeting, is_cancelled=True)
    after = read(client, reverse("ess_pages_meetings")).select_one("td.title").get_text(strip=True)
    assert after != listed
    assert listed in after


def test_meeting_that_did_not_take_place_was_not_hosted(meeting):
    def note() -> str:
        (place,) = (place for place in hosting.hosts() if place.wilaya == meeting.wilaya)
        return place.note

    planned = note()
    publish(meeting, is_cancelled=True)
    assert note() != planned
    publish(meeting, is_cancelled=True, starts_on=datetime.date(2016, 3, 15))
    assert [place.count for place in hosting.hosts()] == [0]


def test_open_resolutions_wait_for_the_meeting_after(meetings, meeting):
    past = factories.MeetingPageFactory(parent=meetings)
    report = factories.MeetingReportPageFactory(parent=past)
    report.resolutions.add(Resolution(title="Faire une carte", text="<p>Une carte.</p>"))
    report.save()
    after = factories.MeetingPageFactory(
        parent=meetings, starts_on=IN_A_MONTH + datetime.timedelta(days=90)
    )
    assert resolutions.carried_over(after) == []
    publish(meeting, is_cancelled=True)
    assert [item.title for item in resolutions.carried_over(after)] == ["Faire une carte"]
