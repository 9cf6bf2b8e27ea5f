"""What moderators do is written down, and nobody alters it."""

from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from ess_forum.actions.moderation_log import record
from ess_forum.admin.log import VERBS
from ess_forum.models import ModerationEvent
from ess_forum.policy import RULES
from ess_ground.kept import KeptRecordError

from . import factories as f

pytestmark = pytest.mark.django_db

REPORT = "ess_forum_log"


@pytest.fixture
def moderator():
    """A moderator who enters the admin."""
    member = f.moderator(name="Nadia")
    member.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return member


@pytest.fixture
def event(moderator):
    post = f.post(f.thread(title="Une question"))
    return record(f.viewer(moderator), "hide_post", post, "Hors sujet", flags=3)


def test_entry_says_who_what_and_why(event, moderator):
    assert event.moderator == moderator
    assert "Une question" in event.about
    assert event.reason == "Hors sujet"
    assert set(event.details) == {"post", "thread", "member", "flags"}


def test_portal_itself_is_nobody():
    assert record(None, "hide_post", f.post(f.thread())).moderator is None


def test_verb_has_to_be_one_of_the_policy(moderator):
    with pytest.raises(ValueError, match="flog"):
        record(f.viewer(moderator), "flog", moderator)


def test_every_verb_that_has_a_name_is_one_of_the_policy():
    assert set(VERBS) <= set(RULES)


@pytest.mark.parametrize(
    "alter",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: ModerationEvent.objects.all().delete(),
        lambda event: ModerationEvent.objects.filter(pk=event.pk).update(reason="x"),
        lambda event: ModerationEvent.objects.bulk_update([event], ["reason"]),
        lambda event: event.moderator.moderation_events.all().delete(),
        lambda event: event.moderator.moderation_events.update(reason="x"),
    ],
)
def test_entry_is_neither_altered_nor_deleted(event, alter):
    event.reason = "Autre"
    with pytest.raises(KeptRecordError):
        alter(event)
    assert ModerationEvent.objects.get().reason == "Hors sujet"


def test_entry_outlives_what_it_is_about(event):
    from ess_forum.models import Thread

    Thread.objects.filter(pk=event.details["thread"]).delete()
    assert ModerationEvent.objects.get() == event


@pytest.mark.parametrize("name", ["edit", "delete", "add"])
def test_admin_has_no_way_to_alter_it(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"wagtailsnippets_ess_forum_moderationevent:{name}")


def test_report_takes_nothing(client, event, moderator):
    client.force_login(moderator.user)
    assert client.post(reverse(REPORT)).status_code == 405
    assert client.delete(reverse(REPORT)).status_code == 405


@pytest.mark.parametrize(("language", "verb"), [("fr", None), ("ar", None)])
def test_report_shows_the_log_in_the_editors_language(client, event, moderator, language, verb):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=moderator.user, preferred_language=language)
    client.force_login(moderator.user)
    content = client.get(reverse(REPORT)).content.decode()
    with translation.override(language):
        assert str(VERBS["hide_post"]) in content
    assert "Hors sujet" in content


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ({"verb": "hide_post"}, True),
        ({"verb": "sanction"}, False),
        ({"at_from": "2000-01-01", "at_to": "2000-12-31"}, False),
        ({"at_from": "2000-01-01"}, True),
        ({"q": "Hors"}, True),
        ({"q": "Autre chose"}, False),
    ],
)
def test_report_is_filtered(client, event, moderator, query, is_shown):
    client.force_login(moderator.user)
    response = client.get(reverse(REPORT), query)
    assert (list(response.context["object_list"]) == [event]) == is_shown


def test_report_is_filtered_by_moderator(client, event, moderator):
    client.force_login(moderator.user)
    other = f.moderator()
    for who, number in ((moderator, 1), (other, 0)):
        response = client.get(reverse(REPORT), {"moderator": who.pk})
        assert len(response.context["object_list"]) == number


def test_report_is_exported(client, event, moderator):
    client.force_login(moderator.user)
    csv = client.get(reverse(REPORT), {"export": "csv"}).getvalue().decode()
    assert "Hors sujet" in csv
    sheet = client.get(reverse(REPORT), {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(BytesIO(sheet.getvalue())).active.values)
    assert rows[1][1] == "Nadia"


@pytest.mark.parametrize("number", [2, 40])
def test_report_runs_a_fixed_number_of_queries(
    client, moderator, django_assert_max_num_queries, number
):
    for _number in range(number):
        record(f.viewer(moderator), "hide_post", f.moderator())
    client.force_login(moderator.user)
    client.get(reverse(REPORT))
    with django_assert_max_num_queries(20):
        client.get(reverse(REPORT))


def test_log_is_for_moderators(client, event):
    member = f.MemberFactory()
    member.user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(member.user)
    assert client.get(reverse(REPORT)).status_code in (302, 403)
