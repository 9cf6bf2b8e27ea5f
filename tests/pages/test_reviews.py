"""A meeting's report: written from the meeting, approved by those who were there."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from ess_pages.actions.reviews import answer_review, approve_report, open_review, write_report
from ess_pages.models import MeetingReportPage, Registration, ReportReview, ReportReviewer
from tests import factories

from .test_resolutions import editor  # noqa: F401

TOMORROW = timezone.now() + datetime.timedelta(days=1)


@pytest.fixture
def meeting(tree):
    """A meeting without a report: two came, one of each language, and one did not."""
    page = factories.MeetingPageFactory(parent=tree["meetings"], title="Rencontre d’Oran")
    factories.translate(page)
    came = timezone.now()
    people = [
        ("Amel", "fr", factories.SphereFactory(), came),
        ("بشير", "ar", None, came),
        ("Chafik", "fr", factories.SphereFactory(), None),
    ]
    for name, language, sphere, attended_at in people:
        Registration.objects.create(
            translation_key=page.translation_key,
            name=name,
            email=f"{language}{bool(sphere):d}{bool(attended_at):d}@example.org",
            language=language,
            sphere=sphere,
            state=Registration.State.CONFIRMED,
            attended_at=attended_at,
        )
    return page


@pytest.fixture
def report(meeting, editor, run_tasks):  # noqa: F811
    """Its report, a draft in both languages."""
    page = write_report(editor, meeting)
    factories.translate(page, publish=False)
    page.refresh_from_db()
    return page


@pytest.fixture
def review(report, editor):  # noqa: F811
    """The report out for approval until tomorrow."""
    return open_review(editor, report, TOMORROW)


def test_report_is_a_draft_made_of_who_came(editor, meeting):  # noqa: F811
    report = write_report(editor, meeting)
    assert not report.live
    assert "Rencontre d’Oran" in report.title
    assert [(row.sphere.slug, row.people) for row in report.attendance.all()] == [("public", 1)]
    assert report.get_latest_revision().user == editor


def test_report_is_written_once(editor, meeting):  # noqa: F811
    assert write_report(editor, meeting) == write_report(editor, meeting)
    assert MeetingReportPage.objects.child_of(meeting).count() == 1


def test_those_who_came_are_asked_in_their_language(review):
    assert sorted(review.reviewers.values_list("name", flat=True)) == ["Amel", "بشير"]
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ar01@example.org",
        "fr11@example.org",
    ]
    for message in mail.outbox:
        language = message.to[0][:2]
        reviewer = review.reviewers.get(language=language)
        assert f"/{language}/reports/review/{reviewer.token}/" in message.body
        assert 'dir="rtl"' in message.alternatives[0].content or language == "fr"
    subjects = {message.to[0][:2]: message.subject for message in mail.outbox}
    assert subjects["ar"].startswith("محضر")


def test_named_participant_with_an_account_is_asked_once(editor, meeting):  # noqa: F811
    report = write_report(editor, meeting)
    person = factories.ParticipantFactory(user=factories.UserFactory(email="fr11@example.org"))
    other = factories.ParticipantFactory(user=factories.UserFactory())
    from ess_pages.models import Guest

    report.guests = [Guest(participant=person), Guest(participant=other)]
    report.save_revision()
    review = open_review(editor, report, TOMORROW)
    assert review.reviewers.count() == 3


@pytest.mark.parametrize("reason", ["past", "twice", "nobody"])
def test_report_is_not_sent_without_sense(editor, report, reason):  # noqa: F811
    closes_at = TOMORROW
    if reason == "past":
        closes_at = timezone.now()
    elif reason == "twice":
        open_review(editor, report, TOMORROW)
    else:
        Registration.objects.all().delete()
    number = ReportReview.objects.count()
    with pytest.raises(ValidationError):
        open_review(editor, report, closes_at)
    assert ReportReview.objects.count() == number


@pytest.mark.parametrize("act", [open_review, approve_report])
def test_member_sends_and_publishes_nothing(report, act):
    arguments = [TOMORROW] if act is open_review else []
    with pytest.raises(PermissionDenied):
        act(factories.UserFactory(), report, *arguments)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_reviewer_reads_the_draft_and_answers(client, review, language):
    reviewer = review.reviewers.get(language=language)
    address = f"/{language}/reports/review/{reviewer.token}/"
    response = client.get(address)
    assert "no-store" in response["Cache-Control"]
    assert "Rencontre d’Oran" in response.content.decode()
    missing = client.post(address, {"answer": "remarks", "remarks": " "})
    assert BeautifulSoup(missing.content, "html.parser").select(".errorlist")
    client.post(address, {"answer": "remarks", "remarks": "Il manque un nom."})
    client.post(address, {"answer": "approves", "remarks": "Il manque un nom."})
    reviewer.refresh_from_db()
    assert (reviewer.answer, reviewer.remarks) == ("approves", "")
    assert reviewer.answered_at


def test_reviewer_can_read_the_draft_in_the_other_language(client, review):
    reviewer = review.reviewers.get(language="fr")
    page = BeautifulSoup(client.get(f"/fr/reports/review/{reviewer.token}/").content, "html.parser")
    link = page.select_one(".ess-languages a[hreflang=ar]")
    assert link["href"] == f"/ar/reports/review/{reviewer.token}/"
    assert not link.small
    assert client.get(link["href"]).status_code == 200


def test_nobody_answers_after_the_time(client, review):
    reviewer = review.reviewers.first()
    ReportReview.objects.update(closes_at=timezone.now())
    reviewer.refresh_from_db()
    with pytest.raises(ValidationError):
        answer_review(reviewer, "approves", "")
    page = client.get(f"/fr/reports/review/{reviewer.token}/")
    assert not BeautifulSoup(page.content, "html.parser").select("main form[method=post]")


def test_wrong_token_leads_nowhere(client, review):
    assert client.get("/fr/reports/review/nothing/").status_code == 404


def test_report_waits_for_the_time_or_for_all(editor, report, review):  # noqa: F811
    with pytest.raises(ValidationError):
        approve_report(editor, report)
    for reviewer in review.reviewers.all():
        answer_review(reviewer, "approves", "")
    with TestCase.captureOnCommitCallbacks(execute=True):
        approve_report(editor, report)
    versions = report.get_translations(inclusive=True)
    assert [page.live for page in versions] == [True, True]
    with pytest.raises(ValidationError):
        approve_report(editor, report)


def test_report_is_published_after_the_time_whoever_is_silent(client, editor, report, review):  # noqa: F811
    answer_review(review.reviewers.first(), "remarks", "Une faute.")
    ReportReview.objects.update(closes_at=timezone.now())
    approve_report(editor, report)
    report.refresh_from_db()
    text = BeautifulSoup(client.get(report.url).content, "html.parser").select_one(".ess-approved")
    assert [digit for digit in text.get_text() if digit.isdigit()][-3:] == ["2", "0", "1"]


def test_report_out_for_approval_is_not_published_by_hand(client, editor, report, review):  # noqa: F811
    from wagtail.test.utils.form_data import nested_form_data

    client.force_login(editor)
    edit = reverse("wagtailadmin_pages:edit", args=[report.pk])
    rows = ("attendance", "guests", "resolutions", "photos", "documents", "comments")
    data = nested_form_data(
        {"title": report.title, "slug": report.slug, "action-publish": "1", "body-count": "0"}
    ) | {
        f"{name}-{key}": value
        for name in rows
        for key, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
    }
    client.post(edit, data, follow=True)
    report.refresh_from_db()
    assert not report.live


def test_editor_walks_the_road_in_the_admin(client, editor, meeting, run_tasks):  # noqa: F811
    client.force_login(editor)
    buttons = client.get(reverse("wagtailadmin_pages:edit", args=[meeting.pk])).content.decode()
    write = reverse("ess_pages_write_report", args=[meeting.pk])
    assert write in buttons
    assert client.get(write).status_code == 200
    client.post(write)
    report = MeetingReportPage.objects.child_of(meeting).get()
    address = reverse("ess_pages_review", args=[report.pk])
    closes_at = timezone.localtime(TOMORROW).strftime("%Y-%m-%d %H:%M")
    assert client.post(address, {"closes_at": "hier"}).status_code == 200
    assert client.post(address, {"closes_at": closes_at}).status_code == 302
    page = client.get(address).content.decode()
    assert "Amel" in page
    client.post(reverse("ess_pages_approve_report", args=[report.pk]))
    report.refresh_from_db()
    assert not report.live  # some have not answered
    for reviewer in ReportReviewer.objects.all():
        answer_review(reviewer, "approves", "")
    client.post(reverse("ess_pages_approve_report", args=[report.pk]))
    report.refresh_from_db()
    assert report.live


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("ess_pages_review", "get"),
        ("ess_pages_review", "post"),
        ("ess_pages_approve_report", "post"),
        ("ess_pages_write_report", "post"),
    ],
)
@pytest.mark.parametrize("who", ["anonymous", "member", "admin guest"])
def test_admin_addresses_refuse_others(client, tree, name, method, who):
    from django.contrib.auth.models import Permission

    page = tree["meeting" if "write" in name else "report"]
    if who != "anonymous":
        user = factories.UserFactory()
        if who == "admin guest":
            user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user)
    response = getattr(client, method)(reverse(name, args=[page.pk]))
    assert response.status_code in (302, 403)
    assert not ReportReview.objects.exists()
