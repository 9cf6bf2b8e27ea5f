"""A member is given the right to edit the pages of one actor, and no other."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import Translation

from ess_pages.actions.representatives import appoint_representative, dismiss_representative
from ess_pages.models import ActorPage, Representative
from tests import factories as f


@pytest.fixture
def section(home):
    section = f.ActorIndexPageFactory(parent=home)
    f.translate(section)
    return section


@pytest.fixture
def actor(section):
    return f.ActorPageFactory(parent=section, title="Coopérative", products="Dattes")


@pytest.fixture
def moderator(db):
    user = f.UserFactory()
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def member(db):
    return f.UserFactory(email="member@example.org")


@pytest.fixture
def representative(actor, moderator, member):
    return appoint_representative(moderator, actor, member, "ar")


def editable(user) -> set:
    policy = PagePermissionPolicy()
    return set(policy.instances_user_has_permission_for(user, "change").specific())


def test_moderator_appoints_a_member_by_e_mail(run_tasks, client, actor, moderator, member):
    client.force_login(moderator)
    address = reverse("ess_pages_representatives", args=[actor.pk])
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[actor.pk])).content.decode()
    assert address in edit
    for _click in range(2):
        client.post(address, {"email": "MEMBER@example.org", "language": "ar"})
    assert Representative.objects.get().user == member
    [letter] = mail.outbox
    assert letter.to == ["member@example.org"]
    assert 'dir="rtl"' in letter.alternatives[0][0]
    assert "member@example.org" in client.get(address).content.decode()
    logged = PageLogEntry.objects.filter(action="ess_pages.appoint_representative")
    assert logged.get().user == moderator


def test_unknown_address_is_told_and_kept(client, actor, moderator):
    client.force_login(moderator)
    address = reverse("ess_pages_representatives", args=[actor.pk])
    response = client.post(address, {"email": "nobody@example.org", "language": "fr"})
    assert "nobody@example.org" in response.content.decode()
    assert response.context["form"].errors.keys() == {"email"}


def test_representative_edits_the_actor_in_every_language_and_nothing_else(
    representative, actor, section
):
    f.ActorPageFactory(parent=section)
    assert editable(representative.user) == {actor}
    arabic = f.translate(actor)  # a translation made later
    user = type(representative.user).objects.get(pk=representative.user.pk)
    assert editable(user) == {actor, arabic}


def test_what_a_representative_writes_goes_through_moderation(
    representative, actor, moderator, client
):
    client.force_login(representative.user)
    edit = reverse("wagtailadmin_pages:edit", args=[actor.pk])
    shown = client.get(edit).content.decode()
    assert "action-submit" in shown
    assert "action-publish" not in shown
    assert edit in client.get(actor.url).content.decode()


def test_representative_edits_a_translation_whole(representative, actor, client):
    arabic = f.translate(actor)
    client.force_login(representative.user)
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[arabic.pk])).content.decode()
    assert "action-submit" in shown
    assert "js-translation-editor" not in shown


def test_representative_sees_nothing_else_of_the_admin(representative, section, client):
    other = f.ActorPageFactory(parent=section, title="Autre")
    client.force_login(representative.user)
    address = reverse("wagtailadmin_explore", args=[section.pk])
    explorer = client.get(address, follow=True).content.decode()
    assert "Coopérative" in explorer
    assert "Autre" not in explorer
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    for name in ("ess_pages_proposals", "ess_pages_entry_reports"):
        assert reverse(name) not in home
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[other.pk]))
    assert edit.status_code == 302  # the admin's refusal


@pytest.mark.parametrize("action", ["delete", "bulk delete", "alias", "stop translation"])
def test_representative_changes_nothing_at_once(representative, actor, client, action):
    arabic = f.translate(actor, publish=action != "delete" and action != "bulk delete")
    translation = Translation.objects.get(source__object_id=actor.translation_key)
    client.force_login(representative.user)
    addresses = {
        "delete": reverse("wagtailadmin_pages:delete", args=[arabic.pk]),
        "bulk delete": reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        + f"?id={arabic.pk}",
        "alias": reverse("wagtail_localize:convert_to_alias", args=[arabic.pk]),
        "stop translation": reverse("wagtail_localize:stop_translation", args=[translation.pk]),
    }
    client.post(addresses[action])
    left = ActorPage.objects.get(pk=arabic.pk)
    assert left.alias_of is None
    translation.refresh_from_db()
    assert translation.enabled


def test_moderator_still_does_all_that(actor, moderator, client):
    arabic = f.translate(actor)
    client.force_login(moderator)
    client.post(reverse("wagtail_localize:convert_to_alias", args=[arabic.pk]))
    arabic.refresh_from_db()
    assert arabic.alias_of_id == actor.pk
    client.post(reverse("wagtailadmin_pages:delete", args=[arabic.pk]))
    assert not ActorPage.objects.filter(pk=arabic.pk).exists()


def test_dismissed_representative_edits_no_more(representative, actor, moderator, client):
    other = appoint_representative(moderator, actor, f.UserFactory(), "fr")
    client.force_login(moderator)
    for gone in (representative, other):
        address = reverse("ess_pages_dismiss_representative", args=[actor.pk, gone.pk])
        for _click in range(2):
            assert client.post(address).status_code == 302
        assert editable(gone.user) == set()
    assert not Group.objects.filter(name__endswith=actor.translation_key.hex).exists()
    assert not GroupPagePermission.objects.filter(page=actor.pk).exists()


def test_member_of_the_group_of_another_actor_is_left_alone(
    representative, actor, section, moderator
):
    other = f.ActorPageFactory(parent=section)
    appoint_representative(moderator, other, representative.user, "fr")
    dismiss_representative(moderator, actor, representative)
    user = type(representative.user).objects.get(pk=representative.user.pk)
    assert editable(user) == {other}


def test_representative_appoints_nobody(representative, actor):
    with pytest.raises(PermissionDenied):
        appoint_representative(representative.user, actor, f.UserFactory(), "fr")
