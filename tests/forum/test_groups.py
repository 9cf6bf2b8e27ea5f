"""Private groups: who is in them, who manages them, and that nothing of theirs leaks."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import groups as verbs
from ess_forum.actions import ordering
from ess_forum.models import Audience, Group, Member, Membership, ModerationEvent, Notification

from . import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


@pytest.fixture
def group():
    return f.GroupFactory()


@pytest.fixture
def manager(group):
    member = f.MemberFactory()
    Membership.objects.create(group=group, member=member, is_manager=True)
    return member


@pytest.fixture
def insider(group):
    member = f.MemberFactory()
    Membership.objects.create(group=group, member=member)
    return member


@pytest.fixture
def category(group):
    return f.CategoryFactory(
        see=Audience.GROUP, start=Audience.GROUP, reply=Audience.GROUP, group=group
    )


def test_manager_adds_and_removes_members_who_are_told(group, manager):
    member = f.MemberFactory()
    assert verbs.add_members(f.viewer(manager), group, [member, manager]) == [member]
    assert verbs.add_members(f.viewer(manager), group, [member]) == []
    verbs.set_manager(f.viewer(manager), group, member, is_manager=True)
    verbs.remove_member(f.viewer(manager), group, member)
    verbs.remove_member(f.viewer(manager), group, member)
    events = [
        one.data["event"] for one in Notification.objects.filter(member=member).order_by("pk")
    ]
    assert events == ["added", "manager", "removed"]


@pytest.mark.parametrize("who", ["visitor", "stranger", "insider", "banned manager"])
def test_only_managers_and_moderators_change_a_group(group, manager, insider, who):
    people = {
        "visitor": None,
        "stranger": f.MemberFactory(),
        "insider": insider,
        "banned manager": manager,
    }
    Member.objects.filter(pk=manager.pk).update(is_banned=True)
    viewer = f.viewer(people[who])
    for act in (
        lambda: verbs.add_members(viewer, group, [f.MemberFactory()]),
        lambda: verbs.remove_member(viewer, group, insider),
        lambda: verbs.set_manager(viewer, group, insider, is_manager=True),
        lambda: verbs.save_group(viewer, Group(name_fr="a", name_ar="ب")),
        lambda: verbs.delete_group(viewer, group),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_member_leaves(group, insider):
    verbs.leave(f.viewer(insider), group)
    assert not group.memberships.filter(member=insider).exists()
    with pytest.raises(PermissionDenied):
        verbs.leave(f.viewer(insider), group)


def test_group_with_categories_is_not_deleted(group, category):
    viewer = f.viewer(f.moderator())
    with pytest.raises(ValidationError):
        verbs.delete_group(viewer, group)
    category.delete()
    verbs.delete_group(viewer, group)
    assert not Group.objects.exists()
    assert ModerationEvent.objects.get().about == group.name


@both_languages
def test_group_is_seen_by_its_members_alone(client, group, category, insider, language):
    page = url("group", group.pk, language=language)
    assert client.get(page).status_code == 302
    client.force_login(f.MemberFactory().user)
    assert client.get(page).status_code == 404
    assert group.name_fr not in client.get(url("groups")).content.decode()
    client.force_login(insider.user)
    text = client.get(page).content.decode()
    with override(language):
        assert group.name in text
        assert category.name in text
    assert insider.name in text
    assert "change_membership" not in text
    assert 'name="change"' not in text


@both_languages
def test_manager_works_from_the_page(client, group, manager, language):
    client.force_login(manager.user)
    page = url("group", group.pk, language=language)
    new = f.MemberFactory(handle="nouvelle")
    assert client.post(page, {"members": "@inconnue"}).status_code == 422
    assert client.post(page, {"members": "@Nouvelle"}).status_code == 302
    membership = group.memberships.get(member=new)
    change = url("change_membership", group.pk, membership.pk, language=language)
    client.post(change, {"change": "manager"})
    assert group.memberships.get(member=new).is_manager
    client.post(change, {"change": "no_manager"})
    assert client.post(change, {"change": "x"}).status_code == 404
    client.post(change, {"change": "remove"})
    assert client.post(change, {"change": "remove"}).status_code == 302  # a second click
    assert not group.memberships.filter(member=new).exists()
    own = group.memberships.get(member=manager)
    answer = client.post(url("change_membership", group.pk, own.pk), {"change": "remove"})
    assert answer.url == url("groups")


def test_insider_may_not_write_to_the_pages_of_managers(client, group, manager, insider):
    client.force_login(insider.user)
    own = group.memberships.get(member=insider)
    assert client.post(url("group", group.pk), {"members": "@a"}).status_code == 403
    change = url("change_membership", group.pk, own.pk)
    assert client.post(change, {"change": "manager"}).status_code == 403
    assert client.post(url("leave_group", group.pk)).status_code == 302
    assert not group.memberships.filter(member=insider).exists()


def test_nothing_of_a_group_leaks(client, group, category, insider, run_tasks):
    outsider = f.MemberFactory(handle="dehors")
    secret = f.thread(insider, category, title="Très secret", text="Bonjour @dehors")
    post = secret.posts.get()
    assert not Notification.objects.filter(member=outsider).exists()
    pages = [url(name) for name in ("index", "latest", "unanswered", "unread", "notifications")]
    pages.append(url("member", insider.handle))
    closed = [category.get_absolute_url(), secret.get_absolute_url(), post.get_absolute_url()]
    client.force_login(outsider.user)
    for page in pages:
        text = client.get(page, follow=True).content.decode()
        assert "Très secret" not in text
        assert category.name_fr not in text
    for page in closed:
        assert client.get(page, follow=True).status_code == 404
    client.logout()
    assert "Très secret" not in client.get(url("latest")).content.decode()
    client.force_login(insider.user)
    assert "Très secret" in client.get(url("latest")).content.decode()


def test_what_moved_into_a_group_is_not_named_in_old_notifications(client, category, run_tasks):
    member, other = f.MemberFactory(handle="amina"), f.MemberFactory()
    thread = f.thread(other, title="Public d’abord", text="Bonjour @amina")
    client.force_login(member.user)
    assert "Public d’abord" in client.get(url("notifications")).content.decode()
    ordering.move(f.viewer(f.moderator()), [thread], category)
    assert "Public d’abord" not in client.get(url("notifications")).content.decode()
