"""Entries that may be there already, in whichever language, before one is made twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from ess_pages.doubles import likely_doubles
from ess_pages.models import ActorPage, PracticePage
from tests import factories as f


@pytest.fixture
def section(home):
    return f.ActorIndexPageFactory(parent=home)


@pytest.mark.parametrize(
    ("there", "new", "is_double"),
    [
        ("Coopérative Ennour", "cooperative « ENNOUR »", True),
        ("Coopérative Ennour", "Coopérative Enour", True),
        ("Association El Amel", "Association culturelle El Amel d’Oran", True),
        ("الجمعية الخيرية الأمل", "الجمعيه الخيريه الامل", True),
        ("تعاونية النور", "تعاونيّة النّور", True),
        ("Coopérative Ennour", "Coopérative", False),
        ("Coopérative Ennour", "Association Tassili", False),
        ("Association El Amel", "Association des apiculteurs", False),
        ("Coopérative Ennour", "…", False),
    ],
)
def test_titles_are_compared_as_people_read_them(section, there, new, is_double):
    known = f.ActorPageFactory(parent=section, title=there)
    found = likely_doubles(ActorPage(title=new))
    assert [double.page for double in found] == ([known] if is_double else [])


@pytest.mark.parametrize(
    ("contacts", "reasons"),
    [
        ({"website": "http://www.ennour.dz/contact?x=1"}, ["The website is the same."]),
        ({"email": "Salut@Ennour.dz"}, ["The e-mail address is the same."]),
        ({"website": "https://facebook.com/autre"}, []),
        ({"website": "https://nour.dz"}, []),
        ({}, []),
    ],
)
def test_contacts_tell_whatever_the_title(section, contacts, reasons):
    f.ActorPageFactory(
        parent=section,
        title="تعاونية النور",
        website="https://ennour.dz/",
        email="salut@ennour.dz",
        contacts_consent=True,
    )
    f.ActorPageFactory(parent=section, website="https://facebook.com/ennour")
    found = likely_doubles(ActorPage(title="Coopérative", **contacts))
    assert [double.reasons for double in found] == [[gettext(text)] for text in reasons]


def test_members_are_not_told_of_drafts_and_hidden_contacts(section):
    f.ActorPageFactory(parent=section, title="Coopérative Ennour", live=False)
    f.ActorPageFactory(parent=section, email="cache@example.org")
    new = ActorPage(title="Coopérative Ennour", email="cache@example.org")
    assert likely_doubles(new) == []
    assert len(likely_doubles(new, for_editors=True)) == 2


def test_double_is_shown_once_in_the_language_of_the_reader(section):
    french = f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    arabic = f.translate(french, {"Coopérative Ennour": "تعاونية النور"})
    assert [d.page for d in likely_doubles(ActorPage(title="تعاونية النور"))] == [french]
    with_arabic = likely_doubles(ActorPage(title="Coopérative Ennour"))
    assert [d.page for d in with_arabic] == [french]
    assert arabic.translation_key == french.translation_key


def test_page_is_not_its_own_double(section):
    page = f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    assert likely_doubles(page, for_editors=True) == []


def test_practice_is_compared_with_practices(section, home):
    f.ActorPageFactory(parent=section, title="Semences partagées")
    practices = f.PracticeIndexPageFactory(parent=home)
    practice = f.PracticePageFactory(parent=practices, title="Semences partagées")
    assert [d.page for d in likely_doubles(PracticePage(title="Semence partagée"))] == [practice]


def test_queries_do_not_grow_with_the_directory(section):
    new = ActorPage(title="Coopérative Ennour", website="https://ennour.dz")
    counts = []
    for size in (1, 1, 8):
        for _number in range(size):
            f.ActorPageFactory(parent=section, title="Coopérative Ennour")
        with CaptureQueriesContext(connection) as queries:
            assert likely_doubles(new)
        counts.append(len(queries))
    assert counts[1] == counts[2] <= 5


# In the admin


@pytest.fixture
def post_new(admin_client, section):
    """A function that creates an actor in the admin, and returns the response."""

    def post(action: str, **data):
        return admin_client.post(
            reverse("wagtailadmin_pages:add", args=["ess_pages", "actorpage", section.pk]),
            filled_in(**data, **{action: "1"}),
        )

    return post


def filled_in(**data) -> dict:
    """Return what the editor's form posts for a new actor."""
    rows = ("exchanges", "networks", "links", "comments")
    form = {"title": "Coopérative Enour", "slug": "enour", "sphere": f.SphereFactory().pk}
    form |= {"country": "DZ", "body": streamfield([])}
    return nested_form_data(form | {name: inline_formset([]) for name in rows} | data)


def test_editor_is_asked_about_a_double_before_publishing(post_new, section):
    f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    response = post_new("action-publish")
    assert "Coopérative Ennour" in response.content.decode()
    assert not ActorPage.objects.filter(slug="enour").exists()
    post_new("action-publish", is_another="on")
    assert ActorPage.objects.get(slug="enour").live


def test_editor_saves_a_draft_unasked_and_is_told_in_it(post_new, section, admin_client):
    f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    post_new("action-save")
    draft = ActorPage.objects.get(slug="enour")
    shown = admin_client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert "Coopérative Ennour" in shown


def test_editor_declines_a_double_unasked(section):
    f.ActorPageFactory(parent=section, title="Coopérative Ennour")
    draft = f.ActorPageFactory(parent=section, title="Coopérative Enour", live=False)
    form_class = ActorPage.get_edit_handler().get_form_class()
    for action, asked in (("approve", True), ("reject", False)):
        data = filled_in() | {"workflow-action-name": action}
        form = form_class(data, instance=draft, for_user=f.UserFactory())
        assert ("is_another" in form.errors) == asked


def test_editor_of_a_published_entry_is_not_asked(section, admin_client):
    pages = [f.ActorPageFactory(parent=section, title="Coopérative Ennour") for _twice in range(2)]
    shown = admin_client.get(reverse("wagtailadmin_pages:edit", args=[pages[0].pk]))
    assert 'name="is_another"' not in shown.content.decode()
