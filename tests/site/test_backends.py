"""What is read of who is logged in, with every page."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from ess_site.accounts.backends import AccountBackend
from ess_site.accounts.sessions import SessionStore
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MODERATES = "ess_forum.moderate"


def permission() -> Permission:
    return Permission.objects.get(codename="moderate", content_type__app_label="ess_forum")


def account(user):
    """The account as a request reads it."""
    found = AccountBackend().get_user(user.pk)
    assert found == user
    return found


def test_account_without_rights_costs_one_query(django_assert_num_queries):
    user = UserFactory()
    with django_assert_num_queries(1):
        found = account(user)
        assert not found.has_perm(MODERATES)
        assert not found.has_module_perms("ess_forum")


def test_rights_of_ones_own_and_of_groups_cost_one_more(django_assert_num_queries):
    by_itself, by_group = UserFactory(), UserFactory()
    by_itself.user_permissions.add(permission())
    group = Group.objects.create(name="Modération")
    group.permissions.add(permission())
    by_group.groups.add(group)
    for user in (by_itself, by_group):
        with django_assert_num_queries(2):
            found = account(user)
            assert found.has_perm(MODERATES)
            assert not found.has_perm("wagtailadmin.access_admin")
        assert found.get_all_permissions() == {MODERATES}
    by_group.groups.remove(group)
    assert not account(by_group).has_perm(MODERATES)


def test_account_read_elsewhere_has_its_rights_too():
    user = UserFactory()
    user.user_permissions.add(permission())
    assert type(user).objects.get(pk=user.pk).has_perm(MODERATES)


def test_superusers_have_all_rights_and_the_inactive_none():
    user = UserFactory(is_superuser=True)
    assert account(user).has_perm(MODERATES)
    assert MODERATES in account(user).get_all_permissions()
    user.is_active = False
    user.save()
    assert AccountBackend().get_user(user.pk) is None
    assert not user.has_perm(MODERATES)
    assert AccountBackend().get_all_permissions(user) == set()


def test_session_that_is_over_is_nobodys(client):
    user = UserFactory()
    client.force_login(user)
    request = HttpRequest()
    request.session = SessionStore(client.session.session_key)
    assert get_user(request) == user
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    request.session = session = SessionStore(client.session.session_key)
    assert get_user(request).is_anonymous
    assert session.session_key is None
    assert SessionStore("nowhere").load() == {}
