"""Organisers see who comes: at the door, in the admin, on paper."""

import csv
import datetime
from io import BytesIO, StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from ess_pages import tickets
from ess_pages.actions.registrations import admit, cancel, mark_attendance, unmark_attendance
from ess_pages.models import Registration
from tests import factories

State = Registration.State
PERSON = {"name": "Yacine", "email": "Yacine@example.org", "organisation": "", "language": "fr"}


@pytest.fixture
def meeting(home):
    index = factories.MeetingIndexPageFactory(parent=home, title="Rencontres")
    return factories.MeetingPageFactory(
        parent=index,
        title="Rencontre de Sétif",
        starts_on=timezone.localdate() + datetime.timedelta(days=1),
        takes_registrations=True,
        capacity=2,
    )


@pytest.fixture
def organiser(home):
    user = factories.UserFactory()
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def registration(meeting):
    return factories.RegistrationFactory(meeting=meeting, name="Samia", organisation="Coopérative")


def door(registration) -> str:
    return f"/fr/registrations/{registration.token}/attend/"


def read(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


# At the door


def test_code_leads_to_the_door(meeting, registration, monkeypatch):
    coded = []
    monkeypatch.setattr(tickets.segno, "make", lambda text, **_options: coded.append(text))
    with pytest.raises(AttributeError):  # nothing comes back from the double
        tickets.as_png(meeting, registration)
    assert coded == [f"http://testserver/fr/registrations/{registration.token}/attend/"]


def test_organiser_marks_who_comes_and_sees_it_at_a_second_scan(client, organiser, registration):
    client.force_login(organiser)
    page = read(client.get(door(registration)))
    assert "Samia" in page.h1.get_text()
    assert [button["value"] for button in page.select("main button")] == ["came"]
    client.post(door(registration), {"action": "came"})
    registration.refresh_from_db()
    page = read(client.get(door(registration)))
    assert (
        f"{timezone.localtime(registration.attended_at):%H:%M}" in page.select_one(".ess-came").text
    )
    assert [button["value"] for button in page.select("main button")] == ["undo"]
    client.post(door(registration), {"action": "undo"})
    registration.refresh_from_db()
    assert registration.attended_at is None


def test_second_mark_keeps_the_first_time(organiser, meeting, registration):
    first = mark_attendance(organiser, meeting, registration).attended_at
    assert mark_attendance(organiser, meeting, registration).attended_at == first


def test_cancelled_ticket_is_not_let_in(client, organiser, meeting, registration):
    cancel(registration)
    with pytest.raises(ValidationError):
        mark_attendance(organiser, meeting, registration)
    client.force_login(organiser)
    page = read(client.get(door(registration)))
    assert page.select("main [role=alert]")
    assert not page.select("main button")


def test_organiser_is_warned_of_the_waiting_list(client, organiser, meeting):
    waiting = factories.RegistrationFactory(meeting=meeting, state=State.WAITING)
    client.force_login(organiser)
    assert read(client.get(door(waiting))).select("main [role=alert]")


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_others_are_refused_politely(client, home, registration, who):
    if who == "member":
        client.force_login(factories.UserFactory())
    for response in (
        client.get(door(registration)),
        client.post(door(registration), {"action": "came"}),
    ):
        assert response.status_code == 403
        assert "Samia" not in response.content.decode()
    registration.refresh_from_db()
    assert registration.attended_at is None


def test_organiser_of_one_language_marks_the_tickets_of_the_other(meeting, registration):
    arabic = factories.translate(meeting)
    editor = factories.UserFactory()
    group = Group.objects.create(name="Arabe")
    right = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    group.page_permissions.create(page=arabic, permission=right)
    editor.groups.add(group)
    assert mark_attendance(editor, meeting, registration).attended_at


# Somebody who has not registered


def test_person_at_the_door_takes_a_free_place(organiser, meeting):
    person = admit(organiser, meeting, PERSON)
    assert (person.state, person.email) == (State.CONFIRMED, "yacine@example.org")
    assert person.attended_at


def test_person_at_the_door_of_a_full_meeting_takes_nobodys_place(organiser, meeting):
    factories.RegistrationFactory.create_batch(2, meeting=meeting)
    person = admit(organiser, meeting, PERSON)
    assert person.state == State.WAITING
    assert person.attended_at


def test_person_at_the_door_who_had_registered_is_only_marked(organiser, meeting, registration):
    person = admit(organiser, meeting, PERSON | {"email": registration.email.upper()})
    assert person.pk == registration.pk
    assert Registration.objects.get().attended_at


# In the admin


@pytest.fixture
def listing(meeting):
    return reverse("ess_pages_registrations", args=[meeting.pk])


@pytest.mark.parametrize(
    "name",
    ["registrations", "registrations_results", "admit", "message", "sheet", "accreditations"],
)
@pytest.mark.parametrize(
    ("group", "status"), [("Editors", 200), ("Moderators", 200), ("None", 302)]
)
def test_only_those_who_may_edit_the_meeting_see_who_comes(
    client, organiser, meeting, registration, name, group, status
):
    user = factories.UserFactory()
    staff = Group.objects.create(name="None")
    staff.permissions.add(*Group.objects.get(name="Editors").permissions.all())  # enters the admin
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    response = client.get(reverse(f"ess_pages_{name}", args=[meeting.pk]))
    assert response.status_code == status


def test_actions_ask_for_the_right_themselves(meeting, registration):
    member = factories.UserFactory()
    for verb, about in (
        (mark_attendance, registration),
        (unmark_attendance, registration),
        (admit, PERSON),
    ):
        with pytest.raises(PermissionDenied):
            verb(member, meeting, about)


def test_list_finds_by_name_and_filters(client, organiser, meeting, registration, listing):
    mark_attendance(organiser, meeting, registration)
    factories.RegistrationFactory(
        meeting=meeting, name="Karim", state=State.WAITING, sphere=factories.SphereFactory()
    )
    client.force_login(organiser)
    for query, names in (
        ("", ["Samia", "Karim"]),
        ("q=sam", ["Samia"]),
        ("state=waiting", ["Karim"]),
        (f"sphere={factories.SphereFactory().pk}", ["Karim"]),
        ("came=yes", ["Samia"]),
        ("came=no", ["Karim"]),
    ):
        found = client.get(f"{listing}?{query}").context["object_list"]
        assert [item.name for item in found] == names, query


def test_list_marks_who_comes_and_keeps_the_search(client, organiser, listing, registration):
    client.force_login(organiser)
    form = read(client.get(f"{listing}?q=sam")).select_one("form[action$='/attendance/']")
    back = form.select_one("[name=next]")["value"]
    response = client.post(form["action"], {"action": "came", "next": back})
    assert response["Location"] == f"{listing}?q=sam"
    registration.refresh_from_db()
    assert registration.attended_at


def test_list_cancels_for_somebody_after_asking(client, organiser, meeting, registration):
    client.force_login(organiser)
    url = reverse("ess_pages_cancel_registration", args=[meeting.pk, registration.pk])
    assert "Samia" in client.get(url).content.decode()
    client.post(url)
    registration.refresh_from_db()
    assert registration.state == State.CANCELLED


def test_organiser_adds_somebody_from_the_admin(client, organiser, meeting):
    client.force_login(organiser)
    url = reverse("ess_pages_admit", args=[meeting.pk])
    page = read(client.post(url, PERSON | {"email": "faux"}))
    assert page.select_one("[name=name]")["value"] == "Yacine"
    client.post(url, PERSON)
    assert Registration.objects.get().attended_at


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exported_list_holds_no_formula(client, organiser, meeting, listing, kind):
    factories.RegistrationFactory(meeting=meeting, name="=HYPERLINK(1)", note="سطيف")
    client.force_login(organiser)
    response = client.get(f"{listing}?export={kind}")
    content = b"".join(response.streaming_content)
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        row = list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1]
        assert row[0] == "'=HYPERLINK(1)"
    else:
        cells = list(load_workbook(BytesIO(content)).active.iter_rows())[1]
        assert cells[0].data_type == "s"
        row = [cell.value for cell in cells]
    assert "سطيف" in row


def test_sheet_names_those_who_have_a_place_in_both_languages(client, organiser, meeting):
    factories.translate(meeting)
    factories.RegistrationFactory(meeting=meeting, name="Samia")
    factories.RegistrationFactory(meeting=meeting, name="Karim", state=State.WAITING)
    client.force_login(organiser)
    page = read(client.get(reverse("ess_pages_sheet", args=[meeting.pk])))
    assert [header["lang"] for header in page.select("header")] == ["fr", "ar"]
    assert "Samia" in page.table.get_text()
    assert "Karim" not in page.table.get_text()


def test_meetings_are_listed_once_with_their_numbers(client, organiser, meeting, registration):
    factories.translate(meeting)
    factories.RegistrationFactory(meeting=meeting, state=State.WAITING)
    factories.RegistrationFactory(meeting=meeting, state=State.CANCELLED)
    factories.AccreditationFactory(meeting=meeting)
    mark_attendance(organiser, meeting, registration)
    client.force_login(organiser)
    (row,) = client.get(reverse("ess_pages_meetings")).context["object_list"]
    assert row.pk == meeting.pk
    assert (row.confirmed, row.waiting, row.came, row.journalists) == (1, 1, 1, 1)


def test_page_of_the_meeting_leads_to_its_registrations(client, organiser, meeting, listing):
    client.force_login(organiser)
    for url in (
        reverse("wagtailadmin_pages:edit", args=[meeting.pk]),
        reverse("wagtailadmin_explore", args=[meeting.get_parent().pk]),
    ):
        assert read(client.get(url)).select(f"a[href='{listing}']")


@pytest.mark.parametrize("name", ["ess_pages_registrations", "ess_pages_meetings"])
def test_queries_do_not_grow_with_the_list(client, organiser, meeting, name):
    url = reverse(name, args=[meeting.pk] if name.endswith("registrations") else [])
    client.force_login(organiser)

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    sphere = factories.SphereFactory()
    factories.RegistrationFactory(meeting=meeting, sphere=sphere)
    few = queries()
    factories.RegistrationFactory.create_batch(9, meeting=meeting, sphere=sphere)
    for _number in range(3):
        factories.MeetingPageFactory(parent=meeting.get_parent())
    assert queries() == few
