"""Members are told what happens to pages: once, as they chose, and by one mail at most."""

import datetime
from contextlib import nullcontext, suppress
from unittest.mock import Mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.signals import page_published

from ess_forum import letters
from ess_forum.actions.notification_mails import DELAY, send_due_mails
from ess_forum.models import DEFAULT_MAIL, Mail, NotificationChoice, kind_choices
from ess_pages import announcements
from ess_pages.actions import meeting_news, resolution_reminders
from ess_pages.actions.proposals import decline_proposal
from ess_pages.models import MeetingPage, Participant, Proposal, Recommendation, Resolution
from ess_site.failed_tasks import retry
from tests.factories import ParticipantFactory, RegistrationFactory, UserFactory
from tests.forum.factories import MemberFactory, thread
from tests.worker import QUEUE, work

pytestmark = pytest.mark.usefixtures("run_tasks")


def later() -> datetime.datetime:
    return timezone.now() + DELAY + datetime.timedelta(seconds=1)


def in_days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def participant(**fields) -> Participant:
    """A participant who is a member of the forum."""
    return ParticipantFactory(user=MemberFactory(**fields).user)


def events(member) -> list[str]:
    return [each.data["event"] for each in member.notifications.order_by("pk")]


@pytest.fixture
def opened(tree):
    """A text that has just been opened for amendments."""
    Recommendation.objects.update(
        state=Recommendation.State.OPEN, closes_at=timezone.now() + datetime.timedelta(days=9)
    )
    return tree["recommendation"]


@pytest.fixture
def meeting(tree):
    """A meeting of next month, published."""
    meeting = tree["meeting"]
    meeting.starts_on = meeting.ends_on = in_days(30)
    publish(meeting)
    return meeting


def publish(meeting) -> None:
    meeting.save_revision().publish()
    meeting.refresh_from_db()


@pytest.mark.parametrize(
    ("language", "site"),
    [("fr", "/fr/"), ("ar", "/ar/")],
)
def test_member_is_told_that_a_text_is_open_by_one_mail(opened, language, site):
    person = participant(language=language)
    announcements.announce_opening.enqueue(opened.recommendation_id)
    assert mail.outbox == []  # the forum tells it, not the pages too
    assert send_due_mails(later()) == 1
    (letter,) = mail.outbox
    shown = opened if language == "fr" else opened.get_translations().get()
    assert letter.to == [person.user.email]
    assert letter.subject == shown.title
    assert site in shown.full_url
    assert shown.full_url in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_participant_who_is_no_member_has_the_mail_of_the_pages(opened):
    person = ParticipantFactory(user=UserFactory())
    announcements.announce_opening.enqueue(opened.recommendation_id)
    assert [letter.to for letter in mail.outbox] == [[person.user.email]]


def test_opening_is_told_once_and_again_when_it_is_opened_anew(opened):
    person = participant()
    for _time in range(2):
        announcements.announce_opening.enqueue(opened.recommendation_id)
    assert events(person.user.forum_member) == ["opened"]
    Recommendation.objects.update(closes_at=timezone.now() + datetime.timedelta(days=20))
    announcements.announce_opening.enqueue(opened.recommendation_id)
    assert events(person.user.forum_member) == ["opened", "opened"]


def test_meeting_that_moves_once_more_is_told_once_more(meeting):
    person = participant()
    RegistrationFactory(
        translation_key=meeting.translation_key, user=person.user, email=person.user.email
    )
    for number in (40, 41):
        meeting.starts_on = meeting.ends_on = in_days(number)
        publish(meeting)
        assert send_due_mails(later()) == 1
        # As if the mail had gone out when it was due.
        person.user.forum_member.notifications.update(created_at=timezone.now() - DELAY * 2)
    assert events(person.user.forum_member) == ["changed", "changed"]


def test_both_decisions_on_one_page_are_told(tree, admin_user):
    author = MemberFactory()
    facts = {"author": author.user, "page": tree["actor"], "language": "fr"}
    for title in ("Un", "Deux"):
        proposal = Proposal.objects.create(kind=Proposal.Kind.CORRECTION, title=title, **facts)
        decline_proposal(admin_user, proposal, "Non.")
    assert events(author) == ["declined", "declined"]


def test_member_who_wants_to_hear_of_it_is_told_too(opened):
    wants, does_not, never_said = MemberFactory(), MemberFactory(), MemberFactory()
    kind = "amendments_open"
    NotificationChoice.objects.create(member=wants, kind=kind, mail=Mail.DIGEST)
    NotificationChoice.objects.create(member=wants, kind="meeting", mail=Mail.NONE)
    NotificationChoice.objects.create(member=does_not, kind=kind, mail=Mail.NONE)
    announcements.announce_opening.enqueue(opened.recommendation_id)
    assert [events(each) for each in (wants, does_not, never_said)] == [["opened"], [], []]
    (section,) = [s for s in letters.sections(wants, later() - DELAY * 9) if s.items][:1]
    assert section.items[0].url == opened.full_url


def test_what_was_seen_on_its_page_is_not_mailed(opened, client):
    person = participant()
    announcements.announce_opening.enqueue(opened.recommendation_id)
    client.force_login(person.user)
    assert client.get(opened.url).status_code == 200
    assert send_due_mails(later()) == 0
    person.user.forum_member.refresh_from_db()
    assert person.user.forum_member.unread_notifications == 0


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_list_leads_to_the_page_and_takes_it_as_read(opened, client, language):
    person = participant()
    announcements.announce_opening.enqueue(opened.recommendation_id)
    told = person.user.forum_member.notifications.get()
    client.force_login(person.user)
    with override(language):
        listed = client.get(reverse("ess_forum:notifications")).content.decode()
        way = reverse("ess_forum:open_notification", args=[told.pk])
    shown = opened if language == "fr" else opened.get_translations().get()
    assert way in listed
    assert shown.title in listed
    assert client.get(way).url == shown.full_url
    told.refresh_from_db()
    assert told.read_at is not None


def test_nobody_opens_the_notification_of_another(opened, client):
    told = participant()
    announcements.announce_opening.enqueue(opened.recommendation_id)
    client.force_login(MemberFactory().user)
    with override("fr"):
        way = reverse(
            "ess_forum:open_notification", args=[told.user.forum_member.notifications.get().pk]
        )
    assert client.get(way).status_code == 404


def test_new_meeting_is_told_once_in_whichever_language_it_comes_first(meeting):
    person = participant()
    meeting_news.tell(meeting.pk, "published")
    meeting_news.tell(meeting.get_translations().get().pk, "published")
    assert events(person.user.forum_member) == ["published"]


def test_meeting_at_another_time_is_told_to_who_comes_or_follows(meeting):
    coming, following, other = participant(), MemberFactory(), participant()
    RegistrationFactory(
        translation_key=meeting.translation_key, user=coming.user, email=coming.user.email
    )
    thread(following, page_key=meeting.translation_key)  # who has written follows
    meeting.starts_on = meeting.ends_on = in_days(40)
    publish(meeting)
    members = [coming.user.forum_member, following, other.user.forum_member]
    assert [events(each) for each in members] == [["changed"], ["changed"], []]
    meeting.seo_title = "Autre chose"
    publish(meeting)
    assert events(following) == ["changed"]


def test_who_has_the_mail_with_the_calendar_has_no_second_one(
    meeting, django_capture_on_commit_callbacks
):
    coming, following = participant(), MemberFactory()
    RegistrationFactory(
        translation_key=meeting.translation_key, user=coming.user, email=coming.user.email
    )
    thread(following, page_key=meeting.translation_key)  # who has written follows
    meeting.is_cancelled = True
    with django_capture_on_commit_callbacks(execute=True):
        publish(meeting)
    send_due_mails(later())
    to_them = [each.to[0] for each in mail.outbox]
    assert sorted(to_them) == sorted([coming.user.email, following.user.email])
    assert events(coming.user.forum_member) == events(following) == ["cancelled"]
    meeting.is_cancelled = False
    publish(meeting)
    assert events(following) == ["cancelled", "restored"]


def test_meeting_that_is_over_is_not_announced(tree):
    person = participant()
    meeting = tree["meeting"]
    meeting.starts_on = meeting.ends_on = in_days(-3)
    meeting.save()
    meeting_news.tell(meeting.pk, "published")
    assert events(person.user.forum_member) == []


def test_owner_of_a_resolution_is_told_once_for_each_due_date(tree):
    person = participant()
    Resolution.objects.update(owner=person, due_on=in_days(5))
    for _day in range(2):
        assert resolution_reminders.remind_of_resolutions() == 1
        person.user.forum_member.notifications.update(read_at=timezone.now())
    assert events(person.user.forum_member) == ["due"]
    Resolution.objects.update(due_on=in_days(6))
    resolution_reminders.remind_of_resolutions()
    assert events(person.user.forum_member) == ["due", "due"]
    assert (
        Resolution.objects.first().anchor
        in person.user.forum_member.notifications.first().data["urls"]["fr"]
    )


def test_resolution_that_is_due_later_is_not_told(tree):
    Resolution.objects.update(owner=participant(), due_on=in_days(20))
    assert resolution_reminders.remind_of_resolutions() == 0


def test_decision_on_a_proposal_is_told_with_its_reason(tree, admin_user):
    author = MemberFactory()
    proposal = Proposal.objects.create(
        author=author.user,
        page=tree["actor"],
        kind=Proposal.Kind.CORRECTION,
        title="Agence",
        language="fr",
    )
    decline_proposal(admin_user, proposal, "La date est fausse.")
    assert mail.outbox == []
    send_due_mails(later())
    (letter,) = mail.outbox
    assert "La date est fausse." in letter.body
    assert letter.subject == "Agence"


def test_nothing_goes_to_an_address_that_waits_to_be_confirmed(opened):
    person = participant()
    EmailAddress.objects.create(user=person.user, email=person.user.email, verified=False)
    announcements.announce_opening.enqueue(opened.recommendation_id)
    assert send_due_mails(later()) == 0
    assert mail.outbox == []


# All of it, or nothing


class StopError(Exception):
    """Stands for a server that is stopped in the middle."""


@pytest.fixture
def queue(settings) -> None:
    settings.TASKS = QUEUE


def test_what_is_rolled_back_is_told_to_nobody(tree, admin_user, queue):
    author = MemberFactory()
    facts = {"author": author.user, "page": tree["actor"], "language": "fr", "title": "Agence"}
    proposal = Proposal.objects.create(kind=Proposal.Kind.CORRECTION, **facts)
    stranger = Proposal.objects.create(
        kind=Proposal.Kind.CORRECTION, **(facts | {"author": UserFactory()})
    )
    before = DBTaskResult.objects.count()
    with suppress(StopError), transaction.atomic():
        decline_proposal(admin_user, proposal, "Non.")
        decline_proposal(admin_user, stranger, "Non.")
        assert events(author) == ["declined"]
        assert DBTaskResult.objects.count() > before  # the mail to who is no member
        raise StopError
    assert events(author) == []
    assert DBTaskResult.objects.count() == before
    author.refresh_from_db()
    assert author.unread_notifications == 0


def test_task_that_is_stopped_in_the_middle_tells_nobody_twice(opened, queue, monkeypatch):
    person, stranger = participant(), ParticipantFactory(user=UserFactory())
    announcements.announce_opening.enqueue(opened.recommendation_id)
    with monkeypatch.context() as patched:
        patched.setattr(announcements, "recipients", Mock(side_effect=StopError))
        work()
    assert events(person.user.forum_member) == []
    retry(None, DBTaskResult.objects.get(status=TaskResultStatus.FAILED))
    work()
    assert events(person.user.forum_member) == ["opened"]
    assert [letter.to for letter in mail.outbox] == [[stranger.user.email]]


@pytest.mark.parametrize("is_stopped", [True, False])
def test_meeting_is_published_if_and_only_if_its_news_is_queued(tree, queue, is_stopped):
    meeting = MeetingPage(
        title="Bientôt", slug="bientot", starts_on=in_days(9), ends_on=in_days(9), live=False
    )
    tree["meetings"].add_child(instance=meeting)
    revision = meeting.save_revision()
    stop = Mock(side_effect=StopError if is_stopped else None)
    news = DBTaskResult.objects.filter(task_path__endswith="announce_meeting")
    page_published.connect(stop, weak=False)
    try:
        with pytest.raises(StopError) if is_stopped else nullcontext():
            revision.publish()
    finally:
        page_published.disconnect(stop)
    meeting.refresh_from_db()
    assert (meeting.live, news.exists()) == (not is_stopped, not is_stopped)


def test_matrix_shows_the_kinds_that_the_portal_announces():
    others = {kind for kind, _label in kind_choices()} - set(DEFAULT_MAIL)
    assert others == {"amendments_open", "resolution_due", "meeting", "proposal_decided"}
