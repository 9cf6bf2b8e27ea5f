"""How people join, in the demonstration."""

from collections import Counter

import pytest
from django.core import mail
from wagtail.models import ModelLogEntry

from ess_site import demo, demo_joining
from ess_site.accounts.actions.applications import tell_editors
from ess_site.accounts.models import Application, Invitation
from tests.factories import UserFactory


@pytest.mark.usefixtures("arabic", "run_tasks")
def test_people_are_invited_join_and_wait_and_nobody_is_written_to():
    editor = UserFactory(email="editor@example.org", is_superuser=True)
    assert demo_joining.play(demo.FOLDER / "joining.yaml") == 23
    states = Counter(invitation.state.value for invitation in Invitation.objects.all())
    assert states.keys() == {"waiting", "joined", "withdrawn"}
    assert states.total() == 23
    assert ModelLogEntry.objects.filter(action="accounts.invite", user=editor).count() == 23
    waiting = Application.objects.to_decide()
    assert {application.language for application in waiting} == {"fr", "ar"}
    assert not any(application.user.is_active for application in waiting)
    assert tell_editors() == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_file_may_be_empty(tmp_path):
    (tmp_path / "joining.yaml").touch()
    assert demo_joining.play(tmp_path / "joining.yaml") == 0
