"""Visitors report what is wrong with an entry; editors decide and answer."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import PageLogEntry

from ess_pages.actions.entry_reports import decide_entry_report
from ess_pages.models import EntryReport
from ess_pages.throttle import RATES
from tests import factories as f


@pytest.fixture
def actor(home):
    return f.ActorPageFactory(parent=f.ActorIndexPageFactory(parent=home), title="Coopérative")


@pytest.fixture
def moderator(db):
    user = f.UserFactory()
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def send(client, actor):
    """A function that sends the form of the report, and returns the response."""

    def send(language: str = "fr", **data):
        with override(language):
            address = reverse("ess_pages:report", args=[actor.pk])
        return client.post(address, {"reason": "closed"} | data)

    return send


@pytest.fixture
def report(actor):
    return EntryReport.objects.create(
        translation_key=actor.translation_key,
        reason="wrong",
        detail="Le téléphone a changé.",
        email="visitor@example.org",
        language="ar",
    )


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("reason", EntryReport.Reason.values)
def test_visitor_reports_an_entry_without_an_account(send, actor, reason, language):
    response = send(language, reason=reason, detail="Fermée depuis 2020.")
    assert response.url == actor.url
    report = EntryReport.objects.get()
    assert (report.translation_key, report.reason) == (actor.translation_key, reason)
    assert (report.language, report.state) == (language, "waiting")
    assert PageLogEntry.objects.filter(page=actor.pk, action="ess_pages.report_entry").exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "wrong"}, "detail"),
        ({"email": "pas une adresse"}, "email"),
        ({"detail": "x" * 1001}, "detail"),
        ({"website": "https://spam.example"}, "website"),
    ],
)
def test_bad_report_is_told_and_nothing_typed_is_lost(send, data, field):
    form = send(**data).context["form"]
    assert field in form.errors
    assert all(form[name].value() == value for name, value in data.items())
    assert not EntryReport.objects.exists()


def test_name_in_the_other_language_turns_no_sentence_round(client, actor):
    with override("ar"):
        address = reverse("ess_pages:report", args=[actor.pk])
    assert f"\u2068{actor.title}\u2069" in client.get(address).content.decode()


def test_same_report_twice_is_one(send):
    for _click in range(2):
        send(detail="Fermée.")
    send(detail="Fermée en 2020.")
    assert EntryReport.objects.count() == 2


def test_too_many_reports_are_refused_with_what_was_typed(send, monkeypatch):
    monkeypatch.setitem(RATES, "report_entry", "1/hour")
    send()
    response = send(detail="Encore.")
    assert response.status_code == 429
    assert response.context["form"]["detail"].value() == "Encore."
    assert EntryReport.objects.count() == 1


def test_entry_that_is_not_published_cannot_be_reported(send, actor):
    actor.unpublish()
    assert send().status_code == 404


@pytest.mark.parametrize("state", ["done", "dismissed"])
def test_reporter_is_answered_in_their_language(run_tasks, report, moderator, state):
    decide_entry_report(moderator, report, state, "Merci beaucoup.")
    report.refresh_from_db()
    assert (report.state, report.decided_by) == (state, moderator)
    [letter] = mail.outbox
    assert letter.to == ["visitor@example.org"]
    assert "Merci beaucoup." in letter.body
    assert 'dir="rtl"' in letter.alternatives[0][0]


def test_same_decision_twice_is_one_and_another_is_refused(run_tasks, report, moderator, client):
    client.force_login(moderator)
    address = reverse("ess_pages_decide_entry_report", args=[report.pk])
    for _click in range(2):
        assert client.post(address, {"state": "done"}).status_code == 302
    assert client.post(address, {"state": "dismissed"}).context["form"].errors
    assert len(mail.outbox) == 1


def test_whoever_left_no_address_is_not_written_to(run_tasks, report, moderator):
    EntryReport.objects.update(email="")
    decide_entry_report(moderator, report, "done")
    assert mail.outbox == []


def test_report_outlives_its_entry_and_is_decided_all_the_same(report, actor, moderator, client):
    actor.delete()
    client.force_login(moderator)
    assert client.get(reverse("ess_pages_entry_reports")).status_code == 200
    decide_entry_report(moderator, report, "done")
    with pytest.raises(PermissionDenied):
        decide_entry_report(f.UserFactory(), report, "dismissed")


def test_editors_find_reports_by_state_and_reason(report, actor, moderator, client):
    client.force_login(moderator)
    address = reverse("ess_pages_entry_reports")
    for query, found in [("", True), ("reason=wrong", True), ("state=done", False)]:
        assert ("Coopérative" in client.get(f"{address}?{query}").content.decode()) == found
    shown = client.get(reverse("ess_pages_decide_entry_report", args=[report.pk]))
    assert "Le téléphone a changé." in shown.content.decode()


def test_list_takes_as_many_queries_for_many_reports(report, actor, moderator, client):
    client.force_login(moderator)
    counts = []
    for size in (1, 2, 20):
        for number in range(size):
            other = f.ActorPageFactory(parent=actor.get_parent()) if number < 3 else actor
            EntryReport.objects.create(
                translation_key=other.translation_key, reason="closed", language="fr"
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("ess_pages_entry_reports"))
        counts.append(len(queries))
    assert counts[1] == counts[2]
