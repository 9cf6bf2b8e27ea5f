"""Journalists ask for an accreditation, and are answered."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ess_pages.actions.accreditations import decide_accreditation
from ess_pages.models import Accreditation
from ess_pages.throttle import RATES
from tests import factories

State = Accreditation.State
REQUEST = {"name": "Nadia", "media": "Radio Sétif", "email": "Nadia@example.org"}


@pytest.fixture
def meeting(home):
    index = factories.MeetingIndexPageFactory(parent=home, title="Rencontres")
    return factories.MeetingPageFactory(
        parent=index,
        title="Rencontre de Sétif",
        starts_on=timezone.localdate() + datetime.timedelta(days=30),
    )


@pytest.fixture
def address(meeting):
    return f"/fr/meetings/{meeting.pk}/accreditation/"


@pytest.fixture
def editor(db):
    return factories.UserFactory(is_superuser=True)


def read(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_journalist_asks_without_an_account(run_tasks, client, meeting, address, language):
    arabic = factories.translate(meeting)
    response = client.post(address.replace("/fr/", f"/{language}/"), REQUEST)
    assert response["Location"] == (meeting if language == "fr" else arabic).url
    request = Accreditation.objects.get()
    assert (request.language, request.email, request.state) == (
        language,
        "nadia@example.org",
        State.WAITING,
    )
    assert [message.to for message in mail.outbox] == [["nadia@example.org"]]
    assert arabic.title in mail.outbox[0].subject if language == "ar" else True


def test_second_request_of_an_address_changes_nothing_and_says_so(
    run_tasks, client, meeting, address
):
    client.post(address, REQUEST)
    response = client.post(address, REQUEST | {"name": "Autre", "email": "NADIA@example.org"})
    page = read(response)
    assert page.select(".errorlist")
    assert page.select_one("[name=name]")["value"] == "Autre"
    assert Accreditation.objects.get().name == "Nadia"
    assert len(mail.outbox) == 1


def test_program_that_fills_in_everything_is_refused(client, address):
    assert client.post(address, REQUEST | {"website": "http://spam.example"}).status_code == 200
    assert not Accreditation.objects.exists()


def test_bad_input_is_told_and_kept(client, address):
    page = read(client.post(address, REQUEST | {"email": "faux"}))
    assert page.select(".errorlist")
    assert page.select_one("[name=media]")["value"] == "Radio Sétif"


def test_too_many_requests_are_refused(client, address, monkeypatch):
    monkeypatch.setitem(RATES, "ask_accreditation", "1/hour")
    client.post(address, REQUEST)
    again = client.post(address, REQUEST | {"email": "autre@example.org"})
    assert again.status_code == 429
    assert Accreditation.objects.count() == 1


def test_meeting_that_is_over_takes_no_request(client, meeting, address):
    meeting.starts_on = timezone.localdate() - datetime.timedelta(days=1)
    meeting.save_revision().publish()
    assert not read(client.get(address)).select("main form")
    client.post(address, REQUEST)
    assert not Accreditation.objects.exists()


@pytest.mark.parametrize(("state", "attachments"), [(State.GRANTED, 1), (State.REFUSED, 0)])
def test_answer_is_mailed_in_the_language_of_the_request(
    run_tasks, meeting, editor, state, attachments
):
    arabic = factories.translate(meeting, {"Rencontre de Sétif": "لقاء سطيف"})
    request = factories.AccreditationFactory(meeting=meeting, language="ar")
    decide_accreditation(editor, arabic, request, state, "إلى اللقاء.")
    (message,) = mail.outbox
    assert "لقاء سطيف" in message.subject
    assert "إلى اللقاء." in message.body
    assert len(message.attachments) == attachments
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (state, editor)
    assert request.decided_at


def test_same_answer_is_mailed_once(run_tasks, meeting, editor):
    request = factories.AccreditationFactory(meeting=meeting)
    for _click in range(2):
        decide_accreditation(editor, meeting, request, State.GRANTED, "")
    assert len(mail.outbox) == 1
    decide_accreditation(editor, meeting, request, State.REFUSED, "")
    assert len(mail.outbox) == 2


def test_only_those_who_may_edit_the_meeting_decide(meeting):
    request = factories.AccreditationFactory(meeting=meeting)
    with pytest.raises(PermissionDenied):
        decide_accreditation(factories.UserFactory(), meeting, request, State.GRANTED, "")


def test_editor_decides_in_the_admin(client, meeting, editor):
    request = factories.AccreditationFactory(meeting=meeting)
    client.force_login(editor)
    listing = reverse("ess_pages_accreditations", args=[meeting.pk])
    link = read(client.get(listing)).select_one("td.title a")["href"]
    assert request.media in client.get(link).content.decode()
    assert read(client.post(link, {"answer": "Bienvenue"})).select("[name=answer]")
    assert client.post(link, {"state": "granted", "answer": ""})["Location"] == listing
    request.refresh_from_db()
    assert request.state == State.GRANTED


# The page for the press


@pytest.fixture
def press(home):
    return factories.PressPageFactory(
        parent=home, contact_name="Le bureau", contact_email="presse@example.org"
    )


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_press_page_gives_the_contact_and_what_to_cover(client, press, meeting, language):
    arabic = factories.translate(meeting)
    page, expected = (press, meeting) if language == "fr" else (factories.translate(press), arabic)
    main = read(client.get(page.url)).main
    assert main.select("a[href='mailto:presse@example.org']")
    assert main.select(f"a[href='/{language}/meetings/{expected.pk}/accreditation/']")


def test_press_page_tells_how_to_cite_the_last_report(client, press, meeting):
    report = factories.MeetingReportPageFactory(parent=meeting, title="Compte rendu")
    citation = read(client.get(press.url)).select_one(".ess-citation").get_text()
    assert report.title in citation
    assert report.full_url in citation


def test_queries_of_the_press_page_do_not_grow(client, press, meeting):
    def queries() -> int:
        client.get(press.url)
        with CaptureQueriesContext(connection) as captured:
            client.get(press.url)
        return len(captured)

    factories.MeetingReportPageFactory(parent=meeting)
    few = queries()
    for _number in range(3):
        other = factories.MeetingPageFactory(
            parent=meeting.get_parent(), starts_on=meeting.starts_on
        )
        factories.MeetingReportPageFactory(parent=other)
    assert queries() == few
