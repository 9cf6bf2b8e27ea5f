"""Members register for a meeting and cancel; no place is given twice."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from wagtail.log_actions import registry
from wagtail.models import PageViewRestriction

from ess_pages import desk
from ess_pages.actions.registrations import cancel, fill_places, register
from ess_pages.models import MeetingPage, Registration
from ess_pages.throttle import RATES
from tests import factories

State = Registration.State
DETAILS = {"name": "Samia", "language": "fr"}
TODAY = timezone.localdate()


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


@pytest.fixture
def meetings(home):
    return factories.MeetingIndexPageFactory(parent=home, title="Rencontres")


@pytest.fixture
def meeting(meetings):
    """A meeting in French that has two places."""
    return factories.MeetingPageFactory(
        parent=meetings,
        title="Rencontre de Sétif",
        starts_on=days(30),
        starts_at="09:00",
        wilaya=factories.WilayaFactory(),
        takes_registrations=True,
        capacity=2,
    )


def change(meeting: MeetingPage, **fields) -> MeetingPage:
    """Publish the meeting anew with other facts."""
    page = MeetingPage.objects.get(pk=meeting.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.save_revision().publish()
    return page


def states(meeting) -> list[str]:
    found = Registration.objects.about(meeting).order_by("created_at", "pk")
    return list(found.values_list("state", flat=True))


def fill(meeting, number: int = 2, **fields) -> list[Registration]:
    return factories.RegistrationFactory.create_batch(number, meeting=meeting, **fields)


def read(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_member_has_a_place_while_one_is_free(meeting):
    user = factories.UserFactory()
    registration = register(user, meeting, DETAILS)
    assert registration.state == State.CONFIRMED
    assert (registration.user, registration.email) == (user, user.email)
    (entry,) = registry.get_logs_for_instance(registration)
    assert (entry.action, entry.user) == ("ess_pages.register", user)


def test_full_meeting_puts_on_the_waiting_list(meeting):
    fill(meeting)
    first = register(factories.UserFactory(), meeting, DETAILS)
    second = register(factories.UserFactory(), meeting, DETAILS)
    assert [first.state, second.state] == [State.WAITING, State.WAITING]
    assert [desk.position(first), desk.position(second)] == [1, 2]


def test_meeting_without_a_capacity_has_room_for_all(meeting):
    meeting = change(meeting, capacity=None)
    fill(meeting, 5)
    assert register(factories.UserFactory(), meeting, DETAILS).state == State.CONFIRMED


def test_registering_twice_registers_once_and_takes_the_new_details(run_tasks, meeting):
    user = factories.UserFactory()
    first = register(user, meeting, DETAILS)
    second = register(user, meeting, DETAILS | {"name": "Samia B."})
    assert first.pk == second.pk
    assert Registration.objects.get().name == "Samia B."
    assert len(mail.outbox) == 1


def test_place_kept_for_an_address_becomes_the_members(meeting):
    user = factories.UserFactory()
    (registration,) = fill(meeting, 1, email=user.email)
    assert register(user, meeting, DETAILS).pk == registration.pk
    assert Registration.objects.get().user == user


def test_address_of_another_members_registration_is_not_taken_over(meeting):
    user = factories.UserFactory()
    fill(meeting, 1, email=user.email, user=factories.UserFactory())
    with pytest.raises(ValidationError):
        register(user, meeting, DETAILS)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"takes_registrations": False},
        {"starts_on": days(-1)},
        {"starts_on": days(0), "starts_at": datetime.time(0, 0)},
        {"registration_deadline": timezone.now() - datetime.timedelta(minutes=1)},
    ],
    ids=["no registration", "over", "started", "deadline passed"],
)
def test_closed_meeting_takes_nobody(client, meeting, facts):
    meeting = change(meeting, **facts)
    user = factories.UserFactory()
    with pytest.raises(ValidationError):
        register(user, meeting, DETAILS)
    client.force_login(user)
    page = read(client.get(f"/fr/meetings/{meeting.pk}/register/"))
    assert not page.select("main form")
    assert not Registration.objects.exists()


def test_unpublished_meeting_takes_nobody(client, meeting):
    meeting.unpublish()
    user = factories.UserFactory()
    with pytest.raises(ValidationError):
        register(user, meeting, DETAILS)
    client.force_login(user)
    assert client.get(f"/fr/meetings/{meeting.pk}/register/").status_code == 404


def test_cancelling_gives_the_place_to_the_first_who_waits(run_tasks, meeting):
    first, _second = fill(meeting)
    waiting = fill(meeting, 2, state=State.WAITING)
    cancel(first)
    assert states(meeting) == [State.CANCELLED, State.CONFIRMED, State.CONFIRMED, State.WAITING]
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        [first.email, waiting[0].email]
    )


def test_cancelling_twice_cancels_once(run_tasks, meeting):
    first, _second = fill(meeting)
    fill(meeting, 2, state=State.WAITING)
    cancel(first)
    cancel(first)
    assert states(meeting).count(State.CONFIRMED) == 2
    assert len(mail.outbox) == 2


def test_leaving_the_waiting_list_moves_nobody_up(meeting):
    fill(meeting)
    first, _second = fill(meeting, 2, state=State.WAITING)
    cancel(first)
    assert states(meeting)[2:] == [State.CANCELLED, State.WAITING]


def test_nothing_is_cancelled_once_the_meeting_has_started(meeting):
    (registration,) = fill(meeting, 1)
    change(meeting, starts_on=days(-1))
    with pytest.raises(ValidationError):
        cancel(registration)
    assert states(meeting) == [State.CONFIRMED]


def test_who_cancelled_can_register_anew_at_the_end_of_the_list(meeting):
    user = factories.UserFactory()
    cancel(register(user, meeting, DETAILS))
    fill(meeting)
    fill(meeting, 1, state=State.WAITING)
    again = register(user, meeting, DETAILS)
    assert desk.position(again) == 2


@pytest.mark.parametrize(("capacity", "confirmed"), [(3, 3), (9, 4), (None, 4), (1, 2)])
def test_publishing_another_capacity_moves_up_as_many_as_have_room(meeting, capacity, confirmed):
    fill(meeting)
    fill(meeting, 2, state=State.WAITING)
    change(meeting, capacity=capacity)
    assert states(meeting) == ["confirmed"] * confirmed + ["waiting"] * (4 - confirmed)


def test_nobody_moves_up_once_the_meeting_has_started(meeting):
    fill(meeting, 1, state=State.WAITING)
    change(meeting, starts_on=days(-1))
    assert fill_places(meeting) == []
    assert states(meeting) == [State.WAITING]


def test_meeting_counts_once_in_both_languages(meeting):
    arabic = factories.translate(meeting)
    register(factories.UserFactory(), meeting, DETAILS)
    register(factories.UserFactory(), arabic, DETAILS | {"language": "ar"})
    assert register(factories.UserFactory(), arabic, DETAILS).state == State.WAITING


def test_capacity_of_the_language_it_was_written_in_counts(meeting):
    arabic = factories.translate(meeting)
    MeetingPage.objects.filter(pk=arabic.pk).update(capacity=50)
    fill(meeting)
    assert register(factories.UserFactory(), arabic, DETAILS).state == State.WAITING


def test_only_members_register(meeting):
    with pytest.raises(PermissionDenied):
        register(factories.UserFactory(is_active=False), meeting, DETAILS)


# Pages


@pytest.fixture
def address(meeting):
    return f"/fr/meetings/{meeting.pk}/register/"


def test_visitor_logs_in_and_comes_back(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={address}")


def test_form_knows_the_member(client, address, meeting):
    index = factories.ActorIndexPageFactory(parent=meeting.get_parent().get_parent())
    actor = factories.ActorPageFactory(parent=index, title="Coopérative du Hodna")
    person = factories.ParticipantFactory(user=factories.UserFactory(), organisation=actor)
    client.force_login(person.user)
    form = client.get(address).context["form"]
    assert form["name"].value() == person.name_fr
    assert form["organisation"].value() == actor.title
    assert form["sphere"].value() == person.sphere_id


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_member_registers_and_has_a_ticket(run_tasks, client, meeting, language):
    factories.translate(meeting)
    client.force_login(factories.UserFactory())
    url = f"/{language}/meetings/{meeting.pk}/register/"
    response = client.post(url, {"name": "Samia"})
    registration = Registration.objects.get()
    assert registration.language == language
    assert response["Location"] == f"/{language}/registrations/{registration.token}/"
    page = read(client.get(response["Location"]))
    assert page.html["lang"] == language
    assert page.select_one(".ess-ticket svg title")
    (message,) = mail.outbox
    assert f"http://testserver/{language}/registrations/{registration.token}/" in message.body
    title = "Rencontre de Sétif" if language == "fr" else "عربي: Rencontre de Sétif"
    assert message.subject.endswith(title)


def test_confirmation_carries_the_code_and_the_date(run_tasks, meeting):
    register(factories.UserFactory(), meeting, DETAILS)
    picture, calendar = mail.outbox[0].attachments
    assert Image.open(BytesIO(picture.content)).size[0] > 200
    assert calendar.mimetype == "text/calendar"
    assert "BEGIN:VEVENT" in calendar.content


def test_waiting_member_is_told_the_position_and_has_no_code(run_tasks, client, meeting):
    fill(meeting)
    registration = register(factories.UserFactory(), meeting, DETAILS)
    assert mail.outbox[0].attachments == []
    page = read(client.get(f"/fr/registrations/{registration.token}/"))
    assert not page.select(".ess-ticket svg")


def test_bad_input_is_told_and_kept(client, address):
    client.force_login(factories.UserFactory())
    page = read(client.post(address, {"name": "", "organisation": "Coopérative"}))
    assert page.select(".errorlist")
    assert page.select_one("[name=organisation]")["value"] == "Coopérative"


def test_page_says_why_it_was_too_late_and_keeps_what_was_typed(client, address, meeting):
    client.force_login(factories.UserFactory())
    change(meeting, takes_registrations=False)
    page = read(client.post(address, {"name": "Samia"}))
    assert page.select_one("[role=alert]")
    assert page.select_one("[name=name]")["value"] == "Samia"


def test_too_many_attempts_are_refused(client, address, monkeypatch):
    monkeypatch.setitem(RATES, "register", "1/hour")
    client.force_login(factories.UserFactory())
    client.post(address, {"name": ""})
    assert client.post(address, {"name": "Samia"}).status_code == 429
    assert not Registration.objects.exists()


def test_ticket_cancels_without_an_account(client, meeting):
    (registration,) = fill(meeting, 1)
    url = f"/fr/registrations/{registration.token}/cancel/"
    assert client.get(url).status_code == 405
    client.post(url)
    assert states(meeting) == [State.CANCELLED]


def test_unknown_ticket_is_not_found(client, home):
    assert client.get("/fr/registrations/xxxxxxxx/").status_code == 404


def test_ticket_of_a_meeting_no_longer_announced_says_so(client, meeting):
    (registration,) = fill(meeting, 1)
    meeting.unpublish()
    page = read(client.get(f"/fr/registrations/{registration.token}/"))
    assert page.select_one("main .ess-notice")
    assert not page.select(f"main a[href*='{meeting.slug}']")


def test_private_meeting_registers_only_its_readers(client, address, meeting):
    restriction = PageViewRestriction.objects.create(
        page=meeting, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.create(name="Comité")
    client.force_login(factories.UserFactory())
    assert client.post(address, {"name": "Samia"}).status_code == 302
    assert not Registration.objects.exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_meeting_page_shows_each_state_of_the_desk(client, meeting, language):
    arabic = factories.translate(meeting)
    url = (meeting if language == "fr" else arabic).url
    user = factories.UserFactory()

    def desk_says():
        return read(client.get(url)).select_one(".ess-desk")

    assert "2" in desk_says().get_text()
    fill(meeting)
    assert "/register/" in desk_says().a["href"]
    client.force_login(user)
    registration = register(user, meeting, DETAILS)
    assert registration.token in desk_says().a["href"]
    assert "1" in desk_says().p.get_text()
    cancel(Registration.objects.filter(state=State.CONFIRMED).first())
    assert "1" not in desk_says().p.get_text()
    cancel(registration)
    change(meeting, registration_deadline=timezone.now() - datetime.timedelta(hours=1))
    assert not desk_says().a


def test_only_names_of_those_who_agreed_are_shown(client, meeting):
    fill(meeting, 1, name="Visible", is_listed=True)
    fill(meeting, 1, name="Discrète")
    fill(meeting, 1, name="En attente", is_listed=True, state=State.WAITING)
    people = read(client.get(meeting.url)).select_one("section[aria-labelledby=people]").get_text()
    assert "Visible" in people
    assert "Discrète" not in people
    assert "En attente" not in people


def test_past_meeting_names_nobody(client, meeting):
    fill(meeting, 1, name="Visible", is_listed=True)
    change(meeting, starts_on=days(-1))
    assert "Visible" not in client.get(meeting.url).content.decode()


def test_new_meeting_can_be_previewed_before_it_is_saved(meetings):
    page = MeetingPage(title="Nouvelle", slug="nouvelle", starts_on=days(30), capacity=2)
    page.takes_registrations = True
    page.locale = meetings.locale
    page.path, page.depth = f"{meetings.path}0001", meetings.depth + 1
    page.set_url_path(meetings)
    assert page.make_preview_request().status_code == 200


def test_search_engines_know_the_places(meeting):
    fill(meeting, 1)
    data = MeetingPage.objects.get(pk=meeting.pk).schema_org()
    assert data["maximumAttendeeCapacity"] == 2
    assert data["remainingAttendeeCapacity"] == 1
    assert data["eventStatus"] == "https://schema.org/EventScheduled"


@pytest.mark.parametrize("name", ["meeting", "ticket"])
def test_queries_do_not_grow_with_those_who_come(client, meeting, name):
    user = factories.UserFactory()
    client.force_login(user)
    registration = register(user, meeting, DETAILS)
    url = {"meeting": meeting.url, "ticket": f"/fr/registrations/{registration.token}/"}[name]

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    few = queries()
    fill(meeting, 12, is_listed=True)
    fill(meeting, 12, state=State.WAITING)
    assert queries() == few


# Many at once


@contextmanager
def on_a_file(folder, monkeypatch):
    """Let new connections open the database for themselves: the tests' SQLite is in memory."""
    with monkeypatch.context() as patch:
        if connection.vendor == "sqlite":
            file = str(folder / "portal.sqlite3")
            connection.cursor().execute("VACUUM INTO %s", [file])
            patch.setitem(connections.settings["default"], "NAME", file)
        yield


def on_a_connection_of_its_own(function, *args):
    try:
        return function(*args)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_no_place_is_given_twice_when_forty_register_at_once(meeting, tmp_path, monkeypatch):
    meeting = change(meeting, capacity=10)
    users = factories.UserFactory.create_batch(40)
    start = threading.Barrier(len(users))

    def arrive(user) -> Registration:
        start.wait()
        return register(user, meeting, DETAILS)

    with on_a_file(tmp_path, monkeypatch), ThreadPoolExecutor(len(users)) as pool:
        arrivals = [pool.submit(on_a_connection_of_its_own, arrive, user) for user in users]
        given = [arrival.result().state for arrival in arrivals]
        kept = pool.submit(on_a_connection_of_its_own, states, meeting).result()
    assert given.count(State.CONFIRMED) == 10
    assert kept == [State.CONFIRMED] * 10 + [State.WAITING] * 30
