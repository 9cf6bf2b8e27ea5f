"""What becomes of resolutions, from one meeting to the next."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry

from ess_pages.actions.resolutions import record_update
from ess_pages.models import Resolution, ResolutionUpdate
from ess_pages.models.resolutions import carried_over, followed, shown_resolutions
from tests import factories

YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


@pytest.fixture
def editor(db):
    """Somebody who may edit every page."""
    group = Group.objects.create(name="Rédaction")
    from wagtail.models import Page

    for codename in ("change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=group,
            page=Page.get_first_root_node(),
            permission=Permission.objects.get(codename=codename),
        )
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user = factories.UserFactory()
    user.groups.add(group)
    return user


@pytest.fixture
def resolution(tree):
    """The resolution of the report, as published in French."""
    return shown_resolutions().get(report=tree["report"])


def update(about, state, day=YESTERDAY, note="Un pas."):
    """Record an update without an action."""
    return ResolutionUpdate.objects.create(
        translation_key=about.translation_key,
        state=state,
        happened_on=day,
        note_fr=note,
        note_ar=f"عربي: {note}",
    )


def test_state_is_that_of_the_latest_day(resolution):
    assert resolution.state == "to_do"
    update(resolution, "done", YESTERDAY)
    update(resolution, "under_way", YESTERDAY - datetime.timedelta(days=30))
    assert shown_resolutions().get(pk=resolution.pk).state == "done"
    assert [item.state for item in followed([resolution])] == ["done"]


@pytest.mark.parametrize(
    ("state", "due", "overdue"),
    [
        ("to_do", YESTERDAY, True),
        ("under_way", YESTERDAY, True),
        ("done", YESTERDAY, False),
        ("dropped", YESTERDAY, False),
        ("to_do", timezone.localdate() + datetime.timedelta(days=1), False),
        ("to_do", None, False),
    ],
)
def test_open_resolution_is_overdue_after_its_day(state, due, overdue):
    resolution = Resolution(due_on=due)
    resolution.state = state
    assert resolution.is_overdue == overdue


def test_update_is_recorded_once_and_logged(editor, resolution):
    details = ("under_way", YESTERDAY, "Un pas.", "خطوة.")
    first = record_update(editor, resolution, *details)
    assert record_update(editor, resolution, *details) == first
    assert first.created_by == editor
    entry = PageLogEntry.objects.get(action="ess_pages.update_resolution")
    assert entry.data == {"resolution": resolution.title, "state": "under_way"}


@pytest.mark.parametrize(
    ("state", "day", "note"),
    [
        ("under_way", timezone.localdate() + datetime.timedelta(days=1), "Demain."),
        ("under_way", YESTERDAY, ""),
        ("finished", YESTERDAY, "Un état inconnu."),
    ],
)
def test_update_that_says_nothing_true_is_refused(editor, resolution, state, day, note):
    with pytest.raises(ValidationError):
        record_update(editor, resolution, state, day, note, note)
    assert not ResolutionUpdate.objects.exists()


def test_member_records_no_update(resolution):
    with pytest.raises(PermissionDenied):
        record_update(factories.UserFactory(), resolution, "done", YESTERDAY, "Fait.", "تم.")


@pytest.mark.parametrize(
    ("language", "note", "state"), [("fr", "Un pas.", "En cours"), ("ar", "عربي: Un pas.", "قيد")]
)
def test_report_says_how_far_its_resolutions_are(client, tree, resolution, language, note, state):
    update(resolution, "under_way")
    page = tree["report"].get_translations(inclusive=True).get(locale__language_code=language)
    article = BeautifulSoup(client.get(page.url).content, "html.parser").select_one(
        ".ess-resolution"
    )
    assert note in article.get_text()
    assert state in article.select_one(".ess-badge").get_text()


@pytest.fixture
def section(tree):
    """The page of all resolutions, in French and in Arabic; one more of them is done."""
    page = factories.ResolutionIndexPageFactory(parent=tree["home"], title="Résolutions")
    factories.translate(page)
    tree["report"].resolutions.add(Resolution(title="Publier", text="<p>Un annuaire.</p>"))
    tree["report"].save_revision().publish()
    update(Resolution.objects.get(title="Publier"), "done")
    return page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Rester en contact", "Publier"]),
        ("?state=done", ["Publier"]),
        ("?state=to_do", ["Rester en contact"]),
        ("?state=dropped", []),
        ("?state=%00", ["Rester en contact", "Publier"]),
    ],
)
def test_section_lists_all_by_state(client, section, query, shown):
    soup = BeautifulSoup(client.get(section.url + query).content, "html.parser")
    assert [item.get_text(strip=True) for item in soup.select(".ess-resolution h3 a")] == shown
    assert [item.get_text() for item in soup.select(".ess-states strong")] == [
        "2",
        "1",
        "0",
        "1",
        "0",
    ]


def test_section_in_arabic_shows_the_arabic_of_a_resolution(client, section):
    page = section.get_translations().get()
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    titles = [item.get_text(strip=True) for item in soup.select(".ess-resolution h3 a")]
    assert titles == ["عربي: Rester en contact"]  # the other waits for its translation


def test_queries_do_not_grow_with_resolutions(client, section, tree, django_assert_max_num_queries):
    client.get(section.url)
    with django_assert_max_num_queries(60) as few:
        client.get(section.url)
    number_of_few = len(few)
    for number in range(15):
        item = Resolution(title=f"R{number}", text="<p>Oui.</p>", actor=tree["actor"])
        tree["report"].resolutions.add(item)
    tree["report"].save_revision().publish()
    for item in Resolution.objects.filter(title__startswith="R"):
        update(item, "under_way")
    client.get(section.url)  # the menus are made anew once, after what was published
    with django_assert_max_num_queries(
        number_of_few + 2
    ):  # owners and actors, which it had none of
        client.get(section.url)


def test_only_the_next_meeting_takes_up_what_is_open(tree, section):
    today = timezone.localdate()
    following, later = (
        factories.MeetingPageFactory(
            parent=tree["meetings"], starts_on=today + datetime.timedelta(days=days)
        )
        for days in (5, 50)
    )
    assert [item.title for item in carried_over(following)] == ["Rester en contact"]
    assert carried_over(later) == []
    assert carried_over(tree["meeting"]) == []


def test_agenda_shows_what_it_takes_up(client, tree, resolution):
    meeting = factories.MeetingPageFactory(
        parent=tree["meetings"], starts_on=timezone.localdate() + datetime.timedelta(days=5)
    )
    soup = BeautifulSoup(client.get(meeting.url).content, "html.parser")
    assert resolution.title in soup.select_one("[aria-labelledby=carried-over]").get_text()


def test_editor_records_an_update_in_the_admin(client, editor, resolution):
    client.force_login(editor)
    report = client.get(reverse("ess_pages_resolutions"))
    assert resolution.title in report.content.decode()
    address = reverse("ess_pages_update_resolution", args=[resolution.translation_key])
    data = {"state": "done", "happened_on": str(YESTERDAY), "note_fr": "Fait.", "note_ar": ""}
    refused = client.post(address, data)
    assert "Fait." in refused.content.decode()
    assert not ResolutionUpdate.objects.exists()
    assert client.post(address, data | {"note_ar": "تم."}).status_code == 302
    assert ResolutionUpdate.objects.get().created_by == editor


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_editor_exports_the_resolutions(client, editor, resolution, export):
    client.force_login(editor)
    response = client.get(reverse("ess_pages_resolutions"), {"export": export})
    content = b"".join(response.streaming_content)
    assert content[:2] == b"PK" if export == "xlsx" else resolution.title in content.decode()
