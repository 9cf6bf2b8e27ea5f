"""Whoever takes a file of personal data is written down: who, what, when, how many rows."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from wagtail.log_actions import registry

from ess_ground.exports import MARK
from ess_site.users.models import User
from tests import factories
from tests.factories import UserFactory
from tests.forum.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    user = UserFactory(is_superuser=True)
    client.force_login(user)
    return user


def noted():
    return [
        (entry.action, entry.user, entry.data["rows"], entry.data["file"])
        for model in registry.get_log_entry_models()
        for entry in model.objects.filter(action__contains=MARK)
    ]


def take(client, address):
    response = client.get(address)
    assert response.status_code == 200
    if response.streaming:
        b"".join(response.streaming_content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_file_of_registrations_is_noted(client, chief, tree, kind):
    meeting = tree["meeting"]
    for _number in range(2):
        factories.RegistrationFactory(meeting=meeting)
    page = reverse("ess_pages_registrations", args=[meeting.pk])
    take(client, page)
    assert noted() == []
    take(client, f"{page}?export={kind}")
    assert noted() == [("ess_pages.export_registrations", chief, 2, kind)]


def test_sheet_of_a_meeting_is_noted(client, chief, tree):
    factories.RegistrationFactory(meeting=tree["meeting"])
    take(client, reverse("ess_pages_sheet", args=[tree["meeting"].pk]))
    assert noted() == [("ess_pages.export_sheet", chief, 1, "HTML")]


def test_file_of_the_moderation_log_is_noted(client, chief, home):
    take(client, reverse("ess_forum_log") + "?export=csv")
    assert noted() == [("ess_forum.export_log", chief, 0, "csv")]


def test_file_of_the_admins_history_is_noted(client, chief, home):
    take(client, reverse("wagtailadmin_reports:site_history") + "?export=csv")
    assert [each[:2] for each in noted()] == [("privacy.export_history", chief)]


def test_export_of_the_forum_is_noted(tmp_path):
    MemberFactory()
    call_command("forum_export", tmp_path / "forum.zip", "--with-emails")
    assert noted() == [("ess_forum.export_forum", None, 1, "forum.zip")]


def test_every_other_list_of_the_admin_with_files_is_known():
    """A list that gains a file of people has to be noted as well."""
    from wagtail.admin.views.mixins import SpreadsheetExportMixin

    from ess_ground.exports import NotedExport

    def below(view):
        for each in view.__subclasses__():
            yield each
            yield from below(each)

    ours = {
        view.__name__
        for view in below(SpreadsheetExportMixin)
        if view.__module__.startswith("ess_") and view.list_export
        if not issubclass(view, NotedExport)
    }
    # What is published of resolutions, the owner's name among it.
    assert ours == {"ResolutionsReport"}


def test_report_tells_of_exports_by_user_and_date(client, chief, tree):
    page = reverse("ess_pages_registrations", args=[tree["meeting"].pk])
    other = UserFactory(is_superuser=True)
    for user in (other, other, chief):
        client.force_login(user)
        take(client, f"{page}?export=csv")
    report = reverse("privacy_exports")
    for query, number in (
        ("", 3),
        (f"user={chief.pk}", 1),
        (f"user={other.pk}", 2),
        ("timestamp_from=2000-01-01&timestamp_to=2000-01-02", 0),
    ):
        assert len(client.get(f"{report}?{query}").context["object_list"]) == number, query


@pytest.mark.parametrize(("right", "status"), [("see_exports", 200), (None, 302)])
def test_report_is_for_those_who_may_see_it(client, home, right, status):
    user = UserFactory()
    names = ["access_admin", right] if right else ["access_admin"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get(reverse("privacy_exports")).status_code == status
