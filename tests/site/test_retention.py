"""What is kept for some time only is erased when that has passed: the page says no more or less."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import ModelLogEntry

from ess_forum import checking
from ess_forum.models import (
    Draft,
    Notification,
    ReceivedMail,
    StoppedAddress,
    Webhook,
    WebhookDelivery,
)
from ess_ground.exports import note
from ess_ground.personal import rules
from ess_pages.models import Accreditation, EntryReport, ReportReview, ReportReviewer
from ess_site.accounts.models import Application, Invitation
from ess_site.privacy.models import CorrectionRequest, PrivacySettings
from ess_site.privacy.templatetags.privacy_tags import days
from ess_site.users.models import User
from tests import factories
from tests.factories import UserFactory
from tests.forum.factories import MemberFactory

pytestmark = pytest.mark.django_db


def _unconfirmed(then):
    user = UserFactory(date_joined=then)
    EmailAddress.objects.create(user=user, email=user.email)
    return User.objects.filter(pk=user.pk)


def _invitation(then):
    facts = {"email": "a@example.org", "language": "fr", "sent_at": then, "expires_at": then}
    return Invitation.objects.filter(pk=Invitation.objects.create(**facts).pk)


def _application(then):
    Application.objects.create(
        user=UserFactory(), presentation="…", language="fr", approved_at=then
    )
    return Application.objects.all()


def _correction(then):
    CorrectionRequest.objects.create(user=UserFactory(), text="…", language="fr", answered_at=then)
    return CorrectionRequest.objects.all()


def _session(then):
    UserSession.objects.create(
        user=UserFactory(), ip="192.0.2.1", session_key="over", user_agent="x", last_seen_at=then
    )
    return UserSession.objects.all()


def _task(then):
    DBTaskResult.objects.create(
        status="SUCCESSFUL",
        args_kwargs={"args": [], "kwargs": {}},
        task_path="ess_ground.mails.deliver",
        finished_at=then,
        queue_name="default",
        backend_name="default",
        run_after=then,
    )
    return DBTaskResult.objects.all()


def _export(then):
    note("privacy.export_history", PrivacySettings.load(), None, rows=1, file="csv")
    entries = ModelLogEntry.objects.filter(action="privacy.export_history")
    entries.update(timestamp=then)
    return entries


def _received(then):
    ReceivedMail.objects.create(message_id="1", received_at=then)
    return ReceivedMail.objects.all()


def _draft(then):
    Draft.objects.create(member=MemberFactory(), place="conversation", saved_at=then)
    return Draft.objects.all()


def _notification(then):
    member = MemberFactory(unread_notifications=1)
    Notification.objects.create(member=member, kind="group", created_at=then)
    return Notification.objects.all()


def _stopped(then):
    StoppedAddress.objects.create(address="a@example.org", reason="bounce", stopped_at=then)
    return StoppedAddress.objects.all()


def _delivery(then):
    hook = Webhook.objects.create(url="https://example.org/", secret="x")
    WebhookDelivery.objects.create(webhook=hook, event="post.edited", payload={}, created_at=then)
    return WebhookDelivery.objects.all()


def _accreditation(then):
    # Of a meeting that is deleted, it is as old as itself.
    Accreditation.objects.create(
        translation_key="0" * 32, name="J", media="R", email="j@example.org", created_at=then
    )
    return Accreditation.objects.all()


def _reviewer(then):
    review = ReportReview.objects.create(translation_key="0" * 32, closes_at=then, approved_at=then)
    ReportReviewer.objects.create(review=review, name="N", email="n@example.org")
    return ReportReviewer.objects.filter(email="n@example.org")


def _entry_report(then):
    EntryReport.objects.create(
        translation_key="0" * 32, reason="wrong", email="v@example.org", decided_at=then
    )
    return EntryReport.objects.exclude(email="")


KINDS = {
    "accounts_unconfirmed": _unconfirmed,
    "accounts_invitations": _invitation,
    "accounts_applications": _application,
    "accounts_corrections": _correction,
    "accounts_tasks": _task,
    "accounts_exports": _export,
    "forum_received_mails": _received,
    "forum_drafts": _draft,
    "forum_notifications": _notification,
    "forum_stopped_addresses": _stopped,
    "forum_deliveries": _delivery,
    "pages_accreditations": _accreditation,
    "pages_reviewers": _reviewer,
    "pages_entry_reports": _entry_report,
}
# These have tests of their own: here, in tests/pages and in tests/forum.
ELSEWHERE = {
    *("accounts_sessions", "pages_registrations", "pages_imports", "forum_unposted_files"),
}


def purge() -> str:
    out = StringIO()
    call_command("purge_personal_data", stdout=out)
    return out.getvalue()


def test_every_rule_that_erases_is_tested():
    assert {rule.name for rule in rules() if rule.erase} == set(KINDS) | ELSEWHERE


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("is_old", [True, False], ids=["too old", "not yet"])
def test_what_is_too_old_goes_and_the_rest_stays(name, is_old):
    rule = next(rule for rule in rules() if rule.name == name)
    age = timedelta(days=rule.kept_for, hours=12 if is_old else -12)
    rows = KINDS[name](timezone.now() - age)
    assert (f"{rule.what}: 1" in purge()) == is_old
    assert rows.count() == (not is_old)
    assert purge() == ""  # a second run finds nothing
    assert list(checking.differences()) == []


def test_session_that_is_over_is_forgotten_and_one_that_is_open_is_not(client):
    client.force_login(UserFactory())
    request = {"ip": "192.0.2.1", "user_agent": "x", "last_seen_at": timezone.now()}
    user = UserFactory()
    UserSession.objects.create(user=user, session_key=client.session.session_key, **request)
    UserSession.objects.create(user=user, session_key="over", **request)
    purge()
    assert UserSession.objects.get(user=user).session_key == client.session.session_key


def test_account_that_has_been_used_is_never_taken_for_an_unconfirmed_one():
    old = timezone.now() - timedelta(days=400)
    for user in (
        UserFactory(date_joined=old, last_login=old),
        UserFactory(date_joined=old, is_superuser=True),
        MemberFactory(user=UserFactory(date_joined=old)).user,
        factories.ParticipantFactory(user=UserFactory(date_joined=old)).user,
    ):
        EmailAddress.objects.create(user=user, email=user.email)
    made_by_hand = UserFactory(date_joined=old)
    purge()
    assert User.objects.count() == 5
    assert User.objects.filter(pk=made_by_hand.pk).exists()


def test_stopped_address_of_an_account_stays_stopped():
    member = MemberFactory(user=UserFactory(email="a@example.org"))
    _stopped(timezone.now() - timedelta(days=4000))
    purge()
    assert StoppedAddress.objects.filter(address=member.user.email).exists()


def test_site_says_other_times_in_its_settings_and_the_page_follows(client, home, settings):
    settings.PERSONAL_DATA_DAYS = {"forum_drafts": 2}
    _draft(timezone.now() - timedelta(days=3))
    shown = client.get("/fr/privacy/").context["rules"]
    assert next(rule for rule in shown if rule.name == "forum_drafts").kept_for == 2
    purge()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("number", "word"), [(1, "1"), (30, "30"), (365, "1"), (1095, "3")])
def test_days_are_told_in_words(number, word):
    assert word in days(number)
    assert days(None)
