"""Organisers write to those who have a place."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry

from ess_pages.actions.messages import send_message
from ess_pages.models import MeetingMessage, Registration
from tests import factories

TEXTS = {
    "subject_fr": "La salle change",
    "body_fr": "Venez au théâtre.\nÀ demain.",
    "subject_ar": "تغيير القاعة",
    "body_ar": "الموعد في المسرح.",
}


@pytest.fixture
def meeting(home):
    index = factories.MeetingIndexPageFactory(parent=home, title="Rencontres")
    return factories.MeetingPageFactory(
        parent=index,
        starts_on=timezone.localdate() + datetime.timedelta(days=30),
        takes_registrations=True,
    )


@pytest.fixture
def editor(db):
    return factories.UserFactory(is_superuser=True)


@pytest.fixture
def people(meeting):
    make = factories.RegistrationFactory
    make(meeting=meeting, email="waiting@example.org", state=Registration.State.WAITING)
    make(meeting=meeting, email="cancelled@example.org", state=Registration.State.CANCELLED)
    return make(meeting=meeting, email="fr@example.org"), make(
        meeting=meeting, email="ar@example.org", language="ar"
    )


def test_each_person_with_a_place_reads_it_in_their_language(run_tasks, meeting, editor, people):
    message = send_message(editor, meeting, TEXTS)
    assert message.recipients == 2
    sent = {mailed.to[0]: mailed for mailed in mail.outbox}
    assert sorted(sent) == ["ar@example.org", "fr@example.org"]
    assert sent["fr@example.org"].subject == "La salle change"
    assert sent["ar@example.org"].subject == "تغيير القاعة"
    assert "الموعد في المسرح." in sent["ar@example.org"].body
    assert people[0].token in sent["fr@example.org"].body
    assert sent["fr@example.org"].reply_to == [editor.email]


def test_same_message_is_sent_once(run_tasks, meeting, editor, people):
    assert send_message(editor, meeting, TEXTS) == send_message(editor, meeting, TEXTS)
    assert len(mail.outbox) == 2
    send_message(editor, meeting, TEXTS | {"body_fr": "Autre chose."})
    assert len(mail.outbox) == 4


def test_message_is_in_the_history_of_the_meeting(meeting, editor, people):
    send_message(editor, meeting, TEXTS)
    entries = registry.get_logs_for_instance(meeting).filter(action="ess_pages.send_message")
    assert entries.get().user == editor


def test_only_those_who_may_edit_the_meeting_write(meeting, people):
    with pytest.raises(PermissionDenied):
        send_message(factories.UserFactory(), meeting, TEXTS)
    assert not MeetingMessage.objects.exists()


def test_admin_says_to_how_many_it_goes_and_keeps_bad_input(client, meeting, editor, people):
    client.force_login(editor)
    url = reverse("ess_pages_message", args=[meeting.pk])
    response = client.get(url)
    assert response.context["number"] == 2
    page = BeautifulSoup(client.post(url, TEXTS | {"body_ar": ""}).content, "html.parser")
    assert page.select_one("[name=subject_fr]")["value"] == "La salle change"
    client.post(url, TEXTS)
    assert MeetingMessage.objects.get().sent_by == editor
    assert "La salle change" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("language", "subject"), [("fr", "La salle change"), ("ar", "تغيير القاعة")]
)
def test_ticket_shows_what_was_written(client, meeting, editor, people, language, subject):
    send_message(editor, meeting, TEXTS)
    page = client.get(f"/{language}/registrations/{people[0].token}/").content.decode()
    assert subject in page
