"""`manage.py forum_fill`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ess_forum import filling
from ess_forum.checking import differences
from ess_forum.models import Category, Member, Post, Thread

pytestmark = pytest.mark.django_db


def fill(**options) -> None:
    defaults = {"threads": 12, "posts": 60, "members": 5, "yes": True, "stdout": StringIO()}
    call_command("forum_fill", **{**defaults, **options})


def test_filled_forum_is_as_its_posts_say():
    fill(long=30)
    assert Thread.objects.count() == 13
    assert Post.objects.count() == 90
    assert max(Thread.objects.values_list("reply_count", flat=True)) >= 29
    assert Member.objects.count() == 5
    assert list(differences()) == []


def test_posts_are_in_both_languages_and_rendered():
    fill()
    assert {"fr", "ar"} <= set(Post.objects.values_list("language", flat=True))
    assert {"fr", "ar"} == set(Thread.objects.values_list("language", flat=True))
    assert not Post.objects.exclude(html__contains='dir="auto"').exists()


def test_posts_of_a_thread_follow_one_another_in_time():
    fill()
    for thread in Thread.objects.all():
        times = list(thread.posts.order_by("position").values_list("published_at", flat=True))
        assert times == sorted(times)


def test_filled_twice_it_has_twice_as_much_in_the_same_categories():
    fill()
    categories = Category.objects.count()
    fill()
    assert Post.objects.count() == 120
    assert Category.objects.count() == categories
    assert list(differences()) == []


def test_real_forum_is_left_alone(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        fill(yes=False)
    assert not Thread.objects.exists()
    settings.DEBUG = True
    fill(yes=False)
    assert Thread.objects.exists()


@pytest.mark.parametrize("options", [{"posts": 3}, {"threads": 0}, {"members": 1}, {"long": -1}])
def test_impossible_numbers_are_refused(options):
    with pytest.raises(CommandError):
        fill(**options)


def test_paragraphs_render_the_same_each_time():
    paragraph = filling.PARAGRAPHS["ar"][0]
    assert filling.text_of(paragraph).language == "ar"
    assert filling.text_of(paragraph) is filling.text_of(paragraph)


@pytest.mark.django_db
def test_filled_posts_can_be_indexed():
    fill(index=True)
    assert Post.objects.count() == 60
