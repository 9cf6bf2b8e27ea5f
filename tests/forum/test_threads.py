"""Threads and conversations are started."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ess_forum.actions.threads import start_conversation, start_thread
from ess_forum.models import Notification, Participant, State, Thread

from . import factories
from .test_posts import expect_exact_counters, told

pytestmark = pytest.mark.django_db


def test_thread_is_counted_with_its_category_and_author():
    category = factories.CategoryFactory()
    threads = [factories.thread(category=category, title=f"N° {number}") for number in range(2)]
    category.refresh_from_db()
    assert (category.thread_count, category.post_count) == (2, 2)
    assert category.last_thread == threads[-1]
    assert threads[0].posts.get().is_first
    expect_exact_counters()


def test_same_thread_sent_twice_is_one():
    author, category = factories.MemberFactory(), factories.CategoryFactory()
    one = factories.thread(author=author, category=category)
    assert factories.thread(author=author, category=category) == one
    assert factories.thread(author=author, category=category, title="Autre") != one
    expect_exact_counters()


def test_title_is_one_line_without_what_turns_it_around():
    thread = factories.thread(title="  Une\u202e\n question\u2066 ")
    assert thread.title == "Une question"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "\u202e"}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"language": "xx"}, "language"),
        ({"topics": ["a" * 61]}, "topics"),
        ({"topics": list("abcdefghi")}, "topics"),
    ],
)
def test_what_no_thread_can_be_is_refused(fields, wrong):
    with pytest.raises(ValidationError) as refused:
        factories.thread(**fields)
    assert set(refused.value.error_dict) == {wrong}
    assert not Thread.objects.exists()


def test_topics_of_the_same_letters_are_one():
    thread = factories.thread(topics=["Emploi", "emploi ", "", "تعاون"])
    assert thread.topics.count() == 2


def test_page_has_one_thread():
    key, category = uuid.uuid4(), factories.CategoryFactory()
    one = factories.thread(category=category, page_key=key, text="Premier")
    again = factories.thread(category=category, page_key=key, text="Second")
    assert again == one
    assert list(one.posts.order_by("position").values_list("source", flat=True)) == [
        "Premier",
        "Second",
    ]
    expect_exact_counters()


@pytest.mark.parametrize("options", [{"start": 3}, {"see": 3}])
def test_thread_is_not_started_where_one_may_not(options):
    with pytest.raises(PermissionDenied):
        factories.thread(category=factories.CategoryFactory(**options))


def test_visitor_starts_nothing():
    with pytest.raises(PermissionDenied):
        start_thread(factories.viewer(), factories.CategoryFactory(), "a", "b", language="fr")


def test_conversation_is_between_its_participants():
    author, other, outsider = (factories.MemberFactory() for _number in range(3))
    text = f"@{other.handle} @{outsider.handle}"
    thread = start_conversation(
        factories.viewer(author), [other, author], "Entre nous", text, language="ar"
    )
    assert set(Participant.objects.values_list("member", flat=True)) == {author.pk, other.pk}
    assert thread.category is None
    assert told(other) == [Notification.Kind.MENTION]
    assert told(outsider) == []
    author.refresh_from_db()
    assert author.post_count == 0
    expect_exact_counters()


def test_conversation_with_who_has_blocked_one_is_refused():
    author, other = factories.MemberFactory(), factories.MemberFactory()
    other.blocks.create(blocked=author)
    with pytest.raises(ValidationError) as refused:
        start_conversation(factories.viewer(author), [other], "a", "b", language="fr")
    assert "members" in refused.value.error_dict
    assert not Thread.objects.filter(state=State.VISIBLE).exists()
