"""Categories: made, changed, put in order and deleted, by moderators, in the Wagtail admin."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import categories as verbs
from ess_forum.actions import ordering
from ess_forum.effects import effect_of
from ess_forum.models import Audience, Category, Membership, ModerationEvent, Thread
from ess_forum.policy import RULES, allows

from . import factories as f

pytestmark = pytest.mark.django_db
E, M, G, MOD = Audience.EVERYONE, Audience.MEMBERS, Audience.GROUP, Audience.MODERATORS


@pytest.fixture
def moderator():
    return f.viewer(f.moderator())


@pytest.fixture
def desk(client):
    """The Wagtail admin, as a moderator sees it."""
    member = f.moderator()
    member.user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    client.force_login(member.user)
    return client


def sent(**fields) -> dict:
    return {
        "name_fr": "Projets",
        "name_ar": "مشاريع",
        "description_fr": "",
        "description_ar": "",
        "parent": "",
        "group": "",
        "see": E,
        "start": M,
        "reply": M,
    } | fields


def names(categories=None) -> list[str]:
    return [one.name_fr for one in categories or f.viewer().categories]


def test_new_category_comes_last_beside_its_neighbours(moderator):
    one = verbs.save_category(moderator, Category(name_fr="Un", name_ar="واحد"))
    two = verbs.save_category(moderator, Category(name_fr="Deux", name_ar="اثنان"))
    within = verbs.save_category(moderator, Category(name_fr="Dans un", name_ar="في", parent=one))
    assert names() == ["Un", "Dans un", "Deux"]
    within.parent = two
    verbs.save_category(moderator, within)
    assert names() == ["Un", "Deux", "Dans un"]
    assert ModerationEvent.objects.filter(verb="manage_categories").count() == 4


def test_category_is_put_before_and_after(moderator):
    for name in ("A", "B", "C"):
        verbs.save_category(moderator, Category(name_fr=name, name_ar=name))
    b = Category.objects.get(name_fr="B")
    verbs.shift_category(moderator, b, -1)
    assert names() == ["B", "A", "C"]
    verbs.shift_category(moderator, b, -1)
    assert names() == ["B", "A", "C"]
    verbs.shift_category(moderator, b, 1)
    verbs.shift_category(moderator, b, 1)
    assert names() == ["A", "C", "B"]


def test_category_is_not_put_within_itself(moderator):
    one = verbs.save_category(moderator, Category(name_fr="Un", name_ar="واحد"))
    two = verbs.save_category(moderator, Category(name_fr="Deux", name_ar="اثنان", parent=one))
    one.parent = two
    with pytest.raises(ValidationError):
        verbs.save_category(moderator, one)


def test_changes_have_kept_pages_made_anew(moderator):
    category = f.CategoryFactory()
    thread = f.thread(category=category)
    before = Category.objects.get(pk=category.pk).version, thread.version
    category.refresh_from_db()
    category.see = M
    verbs.save_category(moderator, category)
    thread.refresh_from_db()
    category.refresh_from_db()
    assert category.version > before[0]
    assert thread.version > before[1]
    assert category.thread_count == 1


def test_category_with_threads_is_deleted_once_they_are_moved(moderator):
    category, other = f.CategoryFactory(), f.CategoryFactory()
    f.thread(category=category)
    hidden = f.thread(category=category)
    ordering.hide(moderator, [hidden])
    with override("en"), pytest.raises(ValidationError, match="threads"):
        verbs.delete_category(moderator, category)
    assert verbs.empty_category(moderator, category, other) == 2
    verbs.delete_category(moderator, category)
    other.refresh_from_db()
    assert other.thread_count == 1
    assert not Category.objects.filter(pk=category.pk).exists()


def test_category_with_others_within_it_stays(moderator):
    category = f.CategoryFactory()
    f.CategoryFactory(parent=category)
    with override("en"), pytest.raises(ValidationError, match="within"):
        verbs.delete_category(moderator, category)


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_only_moderators_keep_categories(who):
    viewer = f.viewer(f.MemberFactory() if who == "member" else None)
    category = f.CategoryFactory()
    for act in (
        lambda: verbs.save_category(viewer, Category(name_fr="a", name_ar="ب")),
        lambda: verbs.shift_category(viewer, category, 1),
        lambda: verbs.empty_category(viewer, category, f.CategoryFactory()),
        lambda: verbs.delete_category(viewer, category),
    ):
        with pytest.raises(PermissionDenied):
            act()


def people_of(group) -> dict:
    member = f.MemberFactory()
    insider = f.MemberFactory()
    Membership.objects.create(group=group, member=insider)
    return {"visitor": None, "member": member, "insider": insider, "moderator": f.moderator()}


@pytest.mark.parametrize("see", [E, M, G, MOD])
@pytest.mark.parametrize("start", [M, G, MOD])
def test_categories_only_grant(see, start):
    """Whoever may less may never do what whoever may more may not: there is no “deny”."""
    group = f.GroupFactory()
    category = f.CategoryFactory(see=see, start=start, reply=start, group=group)
    people = people_of(group)
    order = ["visitor", "member", "insider", "moderator"]
    for verb in ("see_category", "start_thread"):
        may = [allows(f.viewer(people[who]), verb, category) for who in order]
        assert may == sorted(may), f"{verb} is taken away from someone: {may}"
    assert not [name for name in RULES if "deny" in name or "forbid" in name]
    # Who belongs to more never has less: one more group takes nothing away.
    other = f.GroupFactory()
    before = {
        verb: allows(f.viewer(people["insider"]), verb, category)
        for verb in ("see_category", "start_thread")
    }
    Membership.objects.create(group=other, member=people["insider"])
    for verb, was in before.items():
        assert allows(f.viewer(people["insider"]), verb, category) is was


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Read by: the group “Comité”."), ("en", "Nobody writes where they do not read.")],
)
def test_effect_is_told_in_words(language, said):
    group = f.GroupFactory()
    category = f.CategoryFactory(see=G, start=M, reply=G, group=group)
    with override(language):
        assert said in effect_of(category, {category.pk: category})


def test_effect_names_the_narrower_category_above():
    above = f.CategoryFactory(see=MOD, name_fr="Coulisses", name_ar="كواليس")
    category = f.CategoryFactory(parent=above)
    with override("fr"):
        assert "Coulisses" in effect_of(category, {above.pk: above, category.pk: category})


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_desk_lists_the_tree_with_what_it_grants(desk, language):
    above = f.CategoryFactory(name_fr="Dessus", name_ar="فوق", position=2)
    f.CategoryFactory(name_fr="Dedans", name_ar="داخل", parent=above)
    f.CategoryFactory(name_fr="Premier", name_ar="أول", position=1)
    with override(language):
        page = BeautifulSoup(desk.get(reverse("forum_categories:index")).content, "html.parser")
    titles = [link.text.strip() for link in page.select("td.title .title-wrapper a")]
    assert titles[:3] == ["Premier", "Dessus", "— Dedans"]


def test_desk_makes_changes_shifts_and_deletes(desk):
    answer = desk.post(reverse("forum_categories:add"), sent())
    assert answer.status_code == 302, answer.context["form"].errors
    category = Category.objects.get()
    edit = reverse("forum_categories:edit", args=[category.pk])
    assert desk.get(edit).status_code == 200
    wrong = desk.post(edit, sent(see=G))
    assert wrong.status_code == 200
    assert wrong.context["form"].errors
    assert desk.post(edit, sent(name_fr="Projets communs", see=M)).status_code == 302
    category.refresh_from_db()
    assert (category.name_fr, category.see) == ("Projets communs", M)
    shift = reverse("ess_forum_shift_category", args=[category.pk])
    assert desk.post(shift, {"to": "before"}).status_code == 302
    thread = f.thread(category=category)
    delete = reverse("forum_categories:delete", args=[category.pk])
    assert "ess_forum" not in str(desk.get(delete).content.decode().count("error"))
    assert desk.post(delete).status_code == 302
    assert Category.objects.filter(pk=category.pk).exists()
    other = f.CategoryFactory()
    empty = reverse("ess_forum_empty_category", args=[category.pk])
    assert desk.post(empty, {"category": "x"}).status_code == 302
    assert Thread.objects.get(pk=thread.pk).category == category
    desk.post(empty, {"category": other.pk})
    assert Thread.objects.get(pk=thread.pk).category == other
    desk.post(delete)
    assert not Category.objects.filter(pk=category.pk).exists()


@pytest.mark.parametrize("name", ["index", "add"])
def test_desk_is_for_moderators(client, name):
    user = f.MemberFactory().user
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    client.force_login(user)
    for part in ("forum_categories", "forum_groups"):
        assert client.get(reverse(f"{part}:{name}")).status_code in (302, 403)


def test_desk_makes_and_deletes_groups(desk):
    member, manager = f.MemberFactory(), f.MemberFactory()
    fields = {
        "name_fr": "Comité",
        "name_ar": "لجنة",
        "description_fr": "",
        "description_ar": "",
        "members": f"@{member.handle}",
        "managers": f"@{manager.handle}",
    }
    answer = desk.post(reverse("forum_groups:add"), fields | {"members": "@personne"})
    assert answer.context["form"].errors["members"]
    desk.post(reverse("forum_groups:add"), fields)
    memberships = Membership.objects.order_by("member")
    assert {(one.member, one.is_manager) for one in memberships} == {
        (member, False),
        (manager, True),
    }
    group = memberships[0].group
    page = desk.get(reverse("forum_groups:index"))
    assert reverse("ess_forum:group", args=[group.pk]) in page.content.decode()
    assert desk.get(reverse("forum_groups:edit", args=[group.pk])).status_code == 200
    assert desk.get(reverse("forum_groups:delete", args=[group.pk])).status_code == 200
    category = f.CategoryFactory(group=group)
    desk.post(reverse("forum_groups:delete", args=[group.pk]))
    assert Membership.objects.exists()
    category.delete()
    desk.post(reverse("forum_groups:delete", args=[group.pk]))
    assert not Membership.objects.exists()


def test_desk_mends_a_profile(desk):
    member = f.MemberFactory(name="Insulte")
    address = reverse("ess_forum_edit_member", args=[member.pk])
    assert desk.get(address).status_code == 200
    wrong = desk.post(address, {"name": "Membre", "handle": "a b", "about": ""})
    assert wrong.status_code == 422
    desk.post(address, {"name": "Membre", "handle": member.handle, "about": ""})
    member.refresh_from_db()
    assert member.name == "Membre"
    found = desk.get(reverse("forum_members:index"), {"q": member.user.email})
    assert "Membre" in found.content.decode()
