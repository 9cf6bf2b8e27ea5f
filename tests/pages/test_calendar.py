"""The calendar of meetings: the list, the map of hosts, and the iCalendar files."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from ess_pages import hosting
from ess_pages.models import Recommendation
from tests import factories
from tests.road import Walk, date_steps

FEED = "/fr/meetings.ics"
TODAY = timezone.localdate()


@pytest.fixture
def meetings(home):
    return factories.MeetingIndexPageFactory(parent=home, title="Rencontres")


def add(meetings, days: int, **fields):
    return factories.MeetingPageFactory(
        parent=meetings, starts_on=TODAY + datetime.timedelta(days=days), **fields
    )


def events(client, address: str = FEED) -> list:
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def read(client, url: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


# iCalendar


def test_meeting_with_a_time_is_in_the_time_zone_of_the_site(client, meetings):
    meeting = add(meetings, 30, starts_at="09:00", ends_at="16:30", venue="Maison, 3 rue du Port")
    (event,) = events(client)
    start = event.DTSTART
    assert (start.date(), start.hour, str(start.tzinfo)) == (meeting.starts_on, 9, "Africa/Algiers")
    assert event.DTEND - start == datetime.timedelta(hours=7, minutes=30)
    assert event["LOCATION"] == "Maison, 3 rue du Port"
    content = client.get(FEED).content
    assert content.count(b"BEGIN:VTIMEZONE") == 1
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    ("fields", "start", "length"),
    [
        ({}, datetime.date, datetime.timedelta(days=1)),
        ({"ends_on": TODAY + datetime.timedelta(days=32)}, datetime.date, datetime.timedelta(3)),
        (
            {"starts_at": "09:00", "ends_on": TODAY + datetime.timedelta(days=31)},
            datetime.datetime,
            datetime.timedelta(days=1, hours=15),
        ),
        ({"starts_at": "09:00"}, datetime.datetime, datetime.timedelta(0)),
    ],
    ids=["a day", "three days", "until the night", "no end"],
)
def test_end_is_the_first_moment_after_the_meeting(client, meetings, fields, start, length):
    add(meetings, 30, **fields)
    (event,) = events(client)
    assert type(event.DTSTART) is start
    assert event.duration == length


def test_both_languages_tell_of_the_same_meeting_in_their_words(client, meetings):
    meeting = add(meetings, 30, title="Rencontre de Sétif", summary="On parle d’eau.")
    factories.translate(meeting, {"Rencontre de Sétif": "لقاء سطيف"})
    (french,) = events(client)
    (arabic,) = events(client, FEED.replace("fr", "ar"))
    assert french["UID"] == arabic["UID"] == str(meeting.translation_key)
    assert (french["SUMMARY"], french["SUMMARY"].params["LANGUAGE"]) == ("Rencontre de Sétif", "fr")
    assert (arabic["SUMMARY"], arabic["SUMMARY"].params["LANGUAGE"]) == ("لقاء سطيف", "ar")
    assert french["URL"] == meeting.full_url
    assert "On parle d’eau." in french["DESCRIPTION"]


def test_meeting_published_again_is_a_newer_version(client, meetings):
    meeting = add(meetings, 30)
    meeting.refresh_from_db()
    meeting.first_published_at -= datetime.timedelta(days=1)
    meeting.save()
    (before,) = events(client)
    meeting.venue = "Ailleurs"
    meeting.save_revision().publish()
    meeting.refresh_from_db()
    meeting.last_published_at += datetime.timedelta(seconds=5)
    meeting.save()
    (after,) = events(client)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt


def test_calendar_leaves_out_what_it_cannot_or_may_not_tell(client, meetings):
    add(meetings, 30, date_note="Au printemps")
    add(meetings, 30, live=False)
    private = add(meetings, 30)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert events(client) == []
    assert client.get(f"/fr/meetings/{private.pk}.ics").status_code == 404


def test_one_meeting_is_a_file_to_add(client, meetings):
    meeting = add(meetings, 30)
    add(meetings, 40)
    address = f"/fr/meetings/{meeting.pk}.ics"
    (event,) = events(client, address)
    assert event["UID"] == str(meeting.translation_key)
    assert f'filename="{meeting.starts_on}.ics"' in client.get(address)["Content-Disposition"]


def test_calendar_is_sent_again_only_when_it_has_changed(client, meetings):
    meeting = add(meetings, 30)
    tag = client.get(FEED)["ETag"]
    assert client.get(FEED, headers={"if-none-match": tag}).status_code == 304
    meeting.unpublish()
    assert client.get(FEED, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("address", [FEED, "/fr/rencontres-test/"])
def test_queries_do_not_grow_with_the_meetings(client, home, address):
    meetings = factories.MeetingIndexPageFactory(parent=home, slug="rencontres-test")
    wilayas = [factories.WilayaFactory(slug=f"w-{n}", code=f"{n}") for n in range(100, 106)]

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for days in (-400, 30):
        add(meetings, days, wilaya=wilayas[0])
    few = queries()
    for number, wilaya in enumerate(wilayas):
        add(meetings, -30 * number - 1, wilaya=wilaya)
        add(meetings, 30 * number + 1, wilaya=wilaya)
    assert queries() == few


# What is open, and when it closes


@pytest.fixture
def open_text(tree):
    """The recommendation of the tree, open for amendments until tomorrow."""
    return Walk(tree["recommendation"]).open()


def closings(client, language: str = "fr") -> list:
    found = events(client, FEED.replace("fr", language))
    return [event for event in found if "-" in str(event["UID"])[36:]]


def test_closing_of_amendments_is_an_event_in_each_language(client, tree, open_text):
    (french,), (arabic,) = closings(client), closings(client, "ar")
    key = tree["recommendation"].translation_key
    assert french["UID"] == arabic["UID"] == f"{key}-amendments"
    assert open_text.text.closes_at.replace(microsecond=0) == french.DTSTART
    assert str(french.DTSTART.tzinfo) == "Africa/Algiers"
    assert "DTEND" not in french
    assert french["URL"] == tree["recommendation"].full_url
    assert tree["recommendation"].title in french["SUMMARY"]
    assert arabic["SUMMARY"].params["LANGUAGE"] == "ar"
    assert arabic["URL"] == tree["recommendation"].get_translations().get().full_url


def test_text_that_is_opened_again_is_the_same_event_in_a_newer_version(client, open_text):
    (before,) = closings(client)
    open_text.step("start_settling")
    assert closings(client) == []
    date_steps(open_text.text, 3, 2)
    open_text.open(until=datetime.timedelta(days=9))
    (after,) = closings(client)
    assert after["UID"] == before["UID"]
    assert after.DTSTART > before.DTSTART
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["CREATED"].dt < after["LAST-MODIFIED"].dt


def test_closing_of_a_consultation_is_an_event_that_leads_to_it(client, tree):
    walk = Walk(tree["recommendation"])
    asked = walk.consult()
    (event,) = closings(client)
    assert event["UID"] == f"{walk.page.translation_key}-consultation-{asked.pk}"
    assert event["URL"] == f"http://testserver/fr/consultations/{asked.pk}/"
    (event,) = closings(client, "ar")
    assert event["URL"] == f"http://testserver/ar/consultations/{asked.pk}/"


def test_what_has_closed_or_is_not_published_is_not_in_the_calendar(client, tree, open_text):
    Recommendation.objects.update(closes_at=timezone.now())
    assert closings(client) == []
    Recommendation.objects.update(closes_at=timezone.now() + datetime.timedelta(days=1))
    tree["recommendation"].unpublish()
    tree["recommendation"].get_translations().get().unpublish()
    assert closings(client) == []


# The list


def test_list_shows_the_next_meeting_first_and_past_ones_by_year(client, meetings):
    for days, title in ((90, "Plus tard"), (10, "Bientôt"), (-400, "Ancienne"), (-1, "Hier")):
        add(meetings, days, title=title)
    page = read(client, meetings.url)
    upcoming = [
        link.get_text(strip=True) for link in page.select("section[aria-labelledby=upcoming] h3")
    ]
    assert upcoming == ["Bientôt", "Plus tard"]
    past = page.select("section[aria-labelledby^=year-]")
    assert [section["aria-labelledby"] for section in past] == [
        f"year-{(TODAY - datetime.timedelta(days=days)).year}" for days in (1, 400)
    ]
    assert [h3.get_text(strip=True) for h3 in past[0].select("h3")] == ["Hier"]


def test_meeting_under_way_is_not_past(client, meetings):
    add(meetings, -1, ends_on=TODAY, title="En cours")
    assert read(client, meetings.url).select("section[aria-labelledby=upcoming] h3")


def test_second_page_holds_past_meetings_only(client, meetings, monkeypatch):
    monkeypatch.setattr(type(meetings), "page_size", 1)
    for days in (30, -10, -20):
        add(meetings, days)
    page = read(client, f"{meetings.url}?page=2")
    assert len(page.select("main .ess-card")) == 1
    assert not page.select("section[aria-labelledby=upcoming]")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_list_says_how_to_subscribe(client, meetings, language):
    url = (meetings if language == "fr" else factories.translate(meetings)).url
    feed = read(client, url).select_one(".ess-feed")
    addresses = [link["href"] for link in feed.select("a")]
    assert addresses == [
        f"webcal://testserver/{language}/meetings.ics",
        f"/{language}/meetings.ics",
    ]


# Who has hosted


@pytest.fixture
def algiers():
    return factories.WilayaFactory()


def place(wilaya):
    return next(place for place in hosting.hosts() if place.wilaya == wilaya)


def test_wilaya_tells_how_often_it_has_hosted_and_when_last(meetings, algiers):
    add(meetings, -400, wilaya=algiers)
    last = add(meetings, -30, wilaya=algiers)
    assert (place(algiers).count, place(algiers).url) == (2, last.url)
    assert str(last.starts_on.year) in place(algiers).note


def test_wilaya_that_has_not_hosted_says_so(meetings, algiers):
    add(meetings, -30)
    assert (place(algiers).count, place(algiers).url) == (0, "")
    assert place(algiers).note


def test_meeting_to_come_is_announced_but_not_counted(meetings, algiers):
    meeting = add(meetings, 30, wilaya=algiers)
    assert (place(algiers).count, place(algiers).url) == (0, meeting.url)


def test_meeting_counts_once_whatever_its_languages(meetings, algiers):
    factories.translate(add(meetings, -30, wilaya=algiers))
    assert place(algiers).count == 1


def test_private_meeting_is_not_on_the_map(meetings, algiers):
    private = add(meetings, -30, wilaya=algiers)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert place(algiers).count == 0


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_map_and_table_say_the_same(client, meetings, algiers, language):
    add(meetings, -30, wilaya=algiers)
    url = (meetings if language == "fr" else factories.translate(meetings)).url
    page = read(client, url)
    row = next(row for row in page.select(".ess-map-table tbody tr") if row.td.get_text() == "16")
    label = next(t for t in page.select(".ess-map title") if row.th.get_text(strip=True) in t.text)
    assert row.select("td")[-1].get_text(strip=True) in label.get_text()
