"""The forum of the demonstration."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from wagtail.models import Page

from ess_forum import models
from ess_forum.models import Flag, Member, Notification, Post, State, Thread
from ess_forum.models.moderation import Sanction
from ess_forum.viewer import Viewer
from ess_site import demo, demo_forum

pytestmark = pytest.mark.django_db

PAGES = {
    "coop-oasis": "actor",
    "practice-cantine": "practice",
    "practice-laine": "practice",
    "rec-law": "recommendation",
    "report": "report",
}
NOT_SHOWN = {
    # Programs, imports and machine translations are what a site sets up for itself.
    "ApiToken",
    "Webhook",
    "WebhookDelivery",
    "ImportedRecord",
    "PostTranslation",
    # Nobody there has changed how they are told.
    "NotificationChoice",
    # There is no browser behind its members.
    "PushSubscription",
    # No mail of the demonstration goes anywhere, nor comes.
    "StoppedAddress",
    "ReceivedMail",
}


@pytest.fixture
def member(on_demonstration) -> Member:
    return Member.objects.get(user__email="member@example.org")


def test_it_shows_every_kind_of_record(on_demonstration):
    kinds = {
        model
        for model in vars(models).values()
        if isinstance(model, type) and hasattr(model, "_meta")
    }
    assert {model.__name__ for model in kinds if not model._default_manager.exists()} == NOT_SHOWN


def test_its_counters_are_exact(on_demonstration):
    call_command("forum_check")


def test_it_is_a_forum_to_walk_around_in(on_demonstration):
    categories = models.Category.objects
    assert categories.filter(parent=None).count() >= 8
    assert categories.exclude(parent=None).exists()
    assert categories.filter(see=models.Audience.GROUP).exists()
    assert categories.filter(start=models.Audience.MODERATORS, reply=1).exists()
    assert Thread.objects.visible().exclude(category=None).count() >= 25
    assert Post.objects.visible().count() >= 120
    assert Thread.objects.filter(reply_count__gte=44).exists()  # more than a page holds


def test_both_languages_are_spoken(on_demonstration):
    for record in (*models.Category.objects.all(), *models.Group.objects.all()):
        assert "" not in (record.name_fr, record.name_ar)
        assert record.name_fr != record.name_ar
    threads = Thread.objects.visible()
    assert set(threads.values_list("language", flat=True)) == {"fr", "ar"}
    posts = Post.objects.visible()
    arabic = posts.filter(language="ar").count()
    assert 0.25 < arabic / posts.count() < 0.75
    both = [post for post in posts if "\n\n" in post.source and _speaks_both(post.source)]
    assert len(both) >= 6


def _speaks_both(text: str) -> bool:
    paragraphs = [part for part in text.split("\n\n") if part]
    arabic = [any("\u0600" <= sign <= "\u06ff" for sign in part) for part in paragraphs]
    return any(arabic) and not all(arabic)


@pytest.mark.parametrize(
    "condition",
    [
        {"answer__isnull": False},
        {"is_closed": True},
        {"is_pinned": True},
        {"is_featured": True},
        {"reply_count": 0},
        {"category": None},
        {"state": State.PENDING},
    ],
    ids=str,
)
def test_it_has_a_thread_of_each_kind(on_demonstration, condition):
    assert Thread.objects.filter(**condition).exists()


@pytest.mark.parametrize(
    "condition",
    [
        {"poll__isnull": False, "poll__options__votes__isnull": False},
        {"edited_at__isnull": False, "revisions__isnull": False},
        {"state": State.DELETED},
        {"state": State.HIDDEN, "flags__state": Flag.State.UPHELD},
        {"state": State.VISIBLE, "flags__state": Flag.State.OPEN},
        {"state": State.PENDING, "author__trust": Member.Trust.NEW, "thread__state": State.VISIBLE},
        {"quoted__isnull": False},
        {"mentioned__isnull": False},
        {"attachments__isnull": False, "html__contains": "<img"},
        {"html__contains": "<table"},
        {"html__contains": "<ol"},
        {"html__contains": 'class="card"'},
    ],
    ids=str,
)
def test_it_has_a_post_of_each_kind(on_demonstration, condition):
    assert Post.objects.filter(**condition).exists()


def test_pages_are_discussed(on_demonstration):
    discussed = Thread.objects.exclude(page_key=None).values_list("page_key", flat=True)
    pages = Page.objects.filter(translation_key__in=discussed, locale__language_code="fr")
    names = sorted(page.specific_class.__name__ for page in pages)
    assert names == ["ActorPage", "MeetingReportPage", "PracticePage", "RecommendationPage"]


def test_moderators_have_something_to_decide(on_demonstration):
    assert Flag.objects.filter(state=Flag.State.OPEN).count() == 2
    assert Post.objects.filter(state=State.PENDING).count() == 2
    warning = Sanction.objects.get(kind=Sanction.Kind.WARNING)
    assert warning.appeals.get().state == models.Appeal.State.OPEN
    assert models.ModerationEvent.objects.filter(moderator__handle="coordination").count() >= 5


def test_member_of_the_demonstration_has_something_to_come_back_to(member):
    assert member.drafts.count() == 2
    assert member.bookmarks.count() >= 2
    assert Thread.objects.conversations_of(member).exists()
    told = set(member.notifications.values_list("kind", flat=True))
    assert {Notification.Kind.REPLY, Notification.Kind.MENTION} <= told
    assert member.unread_notifications == member.notifications.filter(read_at=None).count() > 0
    threads = Thread.objects.seen_by(Viewer(member.user))
    unread = threads.unread_by(member).count()
    assert 3 <= unread < threads.count()
    half_read = threads.unread_by(member).get(reply_count__gte=44)
    assert len(half_read.unread()) > 1  # what was skipped, and what is new


def test_all_of_it_happened_in_the_past_on_its_day(on_demonstration):
    first = Thread.objects.earliest("created_at").created_at
    last = Post.objects.latest("created_at").created_at
    assert (last - first).days > 300
    for post in Post.objects.exclude(published_at=None):
        assert post.created_at == post.published_at
    assert Notification.objects.earliest("created_at").created_at < last
    numbers = list(Notification.objects.order_by("pk").values_list("created_at", flat=True))
    assert numbers == sorted(numbers)


def test_nobody_invented_can_log_in(on_demonstration):
    invented = get_user_model().objects.exclude(email__in=demo.ACCOUNTS).exclude(forum_member=None)
    assert invented.count() > 20
    assert not any(user.has_usable_password() for user in invented)


def test_without_accounts_the_others_talk(tree, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pages = {key: tree[name] for key, name in PAGES.items()}
    demo_forum.play(demo.FOLDER / "forum.yaml", pages)
    assert not Member.objects.filter(handle__in=["membre-demo", "moderatrice"]).exists()
    assert Thread.objects.visible().count() >= 25
    assert not Post.objects.filter(source__contains="@membre-demo").exists()
    call_command("forum_check")
