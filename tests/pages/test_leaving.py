"""Somebody leaves: directories, meetings and texts forget them, but for what is on record."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_pages import models
from ess_pages.actions import participants, registrations
from ess_pages.actions.leaving import leave
from ess_pages.actions.proposals import propose_entry
from ess_pages.actions.representatives import appoint_representative
from ess_pages.actions.retention import NOBODY, erase_registrations
from tests import factories
from tests.factories import ParticipantFactory, RegistrationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]
Amendment, Registration = models.Amendment, models.Registration


@pytest.fixture
def nadia():
    return UserFactory(email="nadia@example.org", first_name="Nadia")


@pytest.fixture
def soon(tree):
    """A meeting to come with a single place."""
    return factories.MeetingPageFactory(
        parent=tree["meetings"],
        starts_on=timezone.localdate() + datetime.timedelta(days=9),
        takes_registrations=True,
        capacity=1,
    )


def amendment(user, recommendation, state):
    return Amendment.objects.create(
        recommendation=recommendation,
        kind="add",
        language="fr",
        text="Un texte.",
        author=user,
        author_name="Nadia",
        state=state,
    )


def test_place_at_a_meeting_to_come_goes_to_the_next_and_nothing_names_the_person(soon, nadia):
    details = {"name": "Nadia", "language": "fr", "organisation": "Poterie", "note": "Végétarienne"}
    registrations.register(nadia, soon, details)
    waiting = UserFactory()
    second = registrations.register(waiting, soon, {"name": "Amine", "language": "fr"})
    leave(nadia)
    second.refresh_from_db()
    assert second.state == Registration.State.CONFIRMED
    first = Registration.objects.get(state=Registration.State.CANCELLED)
    assert (first.name, first.organisation, first.note, first.user) == (NOBODY, "", "", None)
    assert "nadia" not in first.email


def test_who_came_stays_counted(tree, nadia):
    meeting = tree["meeting"]
    came = RegistrationFactory(meeting=meeting, user=nadia, attended_at=timezone.now())
    leave(nadia)
    came.refresh_from_db()
    assert came.attended_at
    assert came.name == NOBODY


def test_registration_with_the_address_alone_is_forgotten_too(tree, nadia):
    RegistrationFactory(meeting=tree["meeting"], email="nadia@example.org", name="Nadia")
    leave(nadia)
    assert Registration.objects.get().name == NOBODY


def test_participant_whom_nothing_names_is_deleted(nadia):
    ParticipantFactory(user=nadia)
    leave(nadia)
    assert not models.Participant.objects.exists()


def test_participant_on_record_keeps_name_and_sphere_and_nothing_else(tree, nadia):
    person = ParticipantFactory(
        user=nadia, wilaya=factories.WilayaFactory(), organisation=tree["actor"]
    )
    models.Guest.objects.create(report=tree["report"], participant=person)
    leave(nadia)
    person.refresh_from_db()
    assert (person.user, person.wilaya, person.organisation) == (None, None, None)
    assert person.name_fr
    hidden = {getattr(person, f"{name}_audience") for name in participants.FIELDS}
    assert hidden == {"nobody"}


@pytest.mark.parametrize(
    ("state", "is_named"),
    [("accepted", True), ("merged", True), ("proposed", True), ("declined", False)],
)
def test_amendments_stay_credited_where_the_text_owes_them_words(tree, nadia, state, is_named):
    made = amendment(nadia, tree["recommendation"].recommendation, state)
    leave(nadia)
    made.refresh_from_db()
    assert ("Nadia" in made.author_name) == is_named
    assert made.author_name


def test_drafts_go_and_what_was_said_stays_without_the_name(tree, nadia):
    recommendation = tree["recommendation"].recommendation
    amendment(nadia, recommendation, Amendment.State.DRAFT)
    theirs = amendment(UserFactory(), recommendation, Amendment.State.PROPOSED)
    opinion = models.Opinion.objects.create(amendment=theirs, user=nadia, is_support=True)
    [clause] = factories.write_clauses(recommendation, "Des lieux")
    said = models.Comment.objects.create(
        clause=clause,
        version=clause.versions.get(),
        text="Oui.",
        author=nadia,
        author_name="Nadia",
    )
    leave(nadia)
    assert list(Amendment.objects.all()) == [theirs]
    opinion.refresh_from_db()
    said.refresh_from_db()
    assert (opinion.user, opinion.is_support) == (None, True)
    assert said.author is None
    assert "Nadia" not in said.author_name


def test_proposal_that_waits_is_taken_back(tree, nadia):
    entry = models.ActorPage(
        title="Poterie",
        summary="Un résumé.",
        locale=tree["actors"].locale,
        sphere=tree["actor"].sphere,
    )
    propose_entry(nadia, tree["actors"], entry, "fr")
    leave(nadia)
    assert not models.ActorPage.objects.filter(title="Poterie").exists()


def test_representative_loses_the_right_to_the_page(tree, nadia):
    chief = UserFactory(is_superuser=True)
    appoint_representative(chief, tree["actor"], nadia, "fr")
    leave(nadia)
    assert not nadia.groups.exists()
    assert not models.Representative.objects.exists()


@pytest.mark.parametrize(("days", "is_kept"), [(400, False), (300, True), (-5, True)])
def test_contacts_of_those_registered_are_forgotten_a_year_after_the_meeting(tree, days, is_kept):
    meeting = factories.MeetingPageFactory(
        parent=tree["meetings"], starts_on=timezone.localdate() - datetime.timedelta(days=days)
    )
    RegistrationFactory(meeting=meeting, name="Amine", attended_at=timezone.now())
    year_ago = timezone.now() - datetime.timedelta(days=365)
    assert erase_registrations(year_ago) == (not is_kept)
    assert erase_registrations(year_ago) == 0  # a second run finds nothing
    assert Registration.objects.get().name == ("Amine" if is_kept else NOBODY)


def test_nobody_writes_to_an_address_that_is_forgotten(tree, nadia):
    RegistrationFactory(meeting=tree["meeting"], user=nadia)
    leave(nadia)
    mail.outbox.clear()
    registrations.write("registration_confirmed", Registration.objects.get())
    assert mail.outbox == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_forms_without_an_account_say_for_how_long_what_is_typed_is_kept(
    client, tree, soon, settings, language
):
    settings.PERSONAL_DATA_DAYS = {"pages_accreditations": 77, "pages_entry_reports": 88}
    for name, page, days in (
        ("ess_pages:ask_accreditation", soon, "77"),
        ("ess_pages:report", tree["actor"], "88"),
    ):
        with override(language):
            shown = client.get(reverse(name, args=[page.pk]))
        assert days in shown.content.decode()
