"""What the groups of the admin may do: the whole table, and nothing beyond it."""

from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import GroupPagePermission

from ess_site.groups import PAGES, RECORDS
from tests.factories import UserFactory

ACTIONS = ["add", "change", "delete", "view"]
RECORD_TYPES = ["wilaya", "sphere", "legalform", "participant"]


def _set_up() -> None:
    for _run in range(2):  # running it again changes nothing
        call_command("setup_portal", stdout=StringIO())


@pytest.fixture(scope="module")
def _groups(make_content):
    return make_content(_set_up)


@pytest.fixture
def groups(db, _groups):
    _groups.write()


@pytest.fixture
def log_in(client, groups):
    def log_in(group: str | None):
        user = UserFactory()
        if group:
            user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return user

    return log_in


@pytest.mark.parametrize("group", PAGES)
def test_group_has_exactly_the_permissions_of_the_table(groups, group):
    pages = GroupPagePermission.objects.filter(group__name=group)
    assert sorted(pages.values_list("permission__codename", flat=True)) == sorted(
        f"{codename}_page" for codename in PAGES[group]
    )


@pytest.mark.parametrize("group", [*PAGES, None])
@pytest.mark.parametrize("record", RECORD_TYPES)
@pytest.mark.parametrize("action", ACTIONS)
def test_record_permission_is_denied_unless_the_table_grants_it(log_in, group, record, action):
    user = log_in(group)
    permission = f"ess_pages.{action}_{record}"
    assert user.has_perm(permission) == (permission in RECORDS.get(group, ()))


@pytest.mark.parametrize(
    ("permission", "groups_with_it"),
    [
        ("moderate", {"Moderators"}),
        ("change_forumsettings", {"Editors", "Moderators"}),
        ("change_member", set()),
        ("change_sanction", set()),
        ("change_moderationevent", set()),
        ("delete_moderationevent", set()),
    ],
)
@pytest.mark.parametrize("group", [*PAGES, None])
def test_forum_is_set_up_by_editors_and_moderated_by_moderators(
    log_in, group, permission, groups_with_it
):
    assert log_in(group).has_perm(f"ess_forum.{permission}") == (group in groups_with_it)


@pytest.mark.parametrize(("group", "status"), [("Editors", 200), ("Moderators", 200), (None, 302)])
def test_only_groups_enter_the_admin(client, log_in, group, status):
    log_in(group)
    assert client.get(reverse("wagtailadmin_home")).status_code == status


def test_member_without_the_right_is_told_so_in_the_theme(client, log_in):
    log_in(None)
    response = client.get(reverse("wagtailadmin_home"), follow=True)
    assert response.status_code == 403
    assert "<header" in response.content.decode()


@pytest.mark.parametrize("record", ["wilaya", "sphere", "legalform"])
def test_nobody_deletes_a_record_that_drafts_may_hold(admin_client, groups, record):
    model = apps.get_model("ess_pages", record)
    pk = model.objects.values_list("pk", flat=True).first()
    url = reverse(f"wagtailsnippets_ess_pages_{record}:delete", args=[pk])
    assert admin_client.post(url).status_code == 302
    assert model.objects.filter(pk=pk).exists()


def test_admin_asks_a_stranger_to_log_in_by_e_mail(client, db):
    response = client.get(reverse("wagtailadmin_home"), follow=True)
    assert response.request["PATH_INFO"] == reverse("account_login")
