"""What a text has to pass before it is published."""

from datetime import timedelta

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions.posts import delete, edit, restore
from ess_forum.actions.threads import start_conversation, start_thread
from ess_forum.forms.honeypot import HoneypotMixin
from ess_forum.markup import Document
from ess_forum.models import Flag, ForumSettings, Member, Post, State, WatchedWord
from ess_forum.screening import Verdict, screen

from . import factories as f

pytestmark = pytest.mark.django_db

NEW, BASIC, REGULAR = Member.Trust.NEW, Member.Trust.BASIC, Member.Trust.REGULAR
Reason = Flag.Reason
LONG = "Nous proposons de créer une coopérative de consommateurs dans chaque wilaya du pays."
PLAIN = Verdict()


def settings_of(**values):
    ForumSettings.objects.update_or_create(defaults={"approved_posts": 0, **values})


def verdict(member, text, title="", **options):
    options.setdefault("is_private", False)
    return screen(f.viewer(member), title, Document(text), **options)


@pytest.fixture
def new():
    settings_of()
    return f.MemberFactory(trust=NEW)


# Watched words


@pytest.mark.parametrize(
    ("watched", "text", "is_found"),
    [
        ("économie", "Les ECONOMIES du pays", True),
        ("casino", "Venez sur https://le-casino.example/", True),
        ("casino", "Le casin est vide", False),
        ("الاقتصاد", "إقتصاد البلاد", True),
        ("مدرسة", "المَدرَسَة الجديدة", True),
        ("مدرسة", "مدينة جميلة", False),
        ("argent facile", "De l’argent   facile !", True),
        ("argent facile", "L’argent n’est pas facile", False),
        ("bitcoin", "اشتروا bitcoin الآن", True),
    ],
)
def test_watched_word_is_found_in_any_form(watched, text, is_found):
    WatchedWord.objects.create(words=watched, effect="flag")
    flags = (Reason.WATCHED,) if is_found else ()
    assert verdict(f.MemberFactory(), text) == Verdict(flags=flags)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("title", "text", "field"), [("", "Un casino.", "source"), ("Casino", "Rien.", "title")]
)
def test_refused_word_is_named(language, title, text, field):
    WatchedWord.objects.create(words="casinos", effect="refuse")
    with override(language), pytest.raises(ValidationError) as error:
        verdict(f.MemberFactory(), text, title)
    [said] = error.value.message_dict[field]
    assert "casinos" in said


def test_word_to_approve_holds_the_post_and_says_why():
    WatchedWord.objects.create(words="crypto", effect="approve")
    thread = f.thread(f.MemberFactory(), text="Achetez du crypto.")
    assert thread.state == State.PENDING
    assert Flag.objects.get().reason == Reason.WATCHED


# New members


@pytest.mark.parametrize(
    ("setting", "text", "is_refused"),
    [
        ({"new_member_links": 1}, "https://a.example/ et https://b.example/", True),
        ({"new_member_links": 2}, "https://a.example/ et https://b.example/", False),
        ({"new_member_links": 0}, "Sans lien.", False),
        ({}, "@un @deux @trois", True),
        ({}, "@un @deux", False),
        (
            {"new_member_images": 0},
            "![x](/fr/forum/files/00000000-0000-4000-8000-000000000000/x.png/)",
            True,
        ),
    ],
)
def test_new_member_is_kept_within_limits(setting, text, is_refused):
    settings_of(**setting)
    if is_refused:
        with pytest.raises(ValidationError) as error:
            verdict(f.MemberFactory(trust=NEW), text)
        assert "source" in error.value.message_dict
    else:
        assert verdict(f.MemberFactory(trust=NEW), text) == PLAIN
    assert verdict(f.MemberFactory(trust=BASIC), text) == PLAIN


def test_new_member_writes_so_many_posts_an_hour():
    settings_of(new_member_posts_per_hour=2)
    member, thread = f.MemberFactory(trust=NEW), f.thread()
    f.post(thread, member), f.post(thread, member)
    with pytest.raises(ValidationError) as error:
        f.post(thread, member)
    assert error.value.code == "throttled"
    Post.objects.filter(author=member).update(created_at=timezone.now() - timedelta(hours=2))
    f.post(thread, member)


def test_edit_does_not_count_as_a_post_of_the_hour():
    settings_of(new_member_posts_per_hour=1)
    member = f.MemberFactory(trust=NEW)
    post = f.post(f.thread(), member)
    assert edit(f.viewer(member), post, "Mieux dit.").source == "Mieux dit."


@pytest.mark.parametrize(
    ("trust", "posts", "approved_posts", "waits"),
    [(NEW, 0, 1, True), (NEW, 1, 1, False), (NEW, 0, 0, False), (BASIC, 0, 1, False)],
)
def test_first_posts_of_new_members_wait(trust, posts, approved_posts, waits):
    settings_of(approved_posts=approved_posts)
    member = f.MemberFactory(trust=trust, post_count=posts)
    assert verdict(member, "Bonjour.").waits == waits


def test_moderators_pass():
    settings_of(approved_posts=3, new_member_links=0)
    WatchedWord.objects.create(words="casino", effect="refuse")
    assert verdict(f.moderator(trust=NEW), "casino https://a.example/") == PLAIN


# The same text again


def test_author_is_refused_the_same_text_elsewhere_within_minutes():
    author = f.MemberFactory()
    f.post(f.thread(), author, LONG)
    with pytest.raises(ValidationError):
        f.post(f.thread(), author, LONG.upper())


@pytest.mark.parametrize(
    ("by_author", "age", "flags"),
    [
        (True, timedelta(hours=1), (Reason.DUPLICATE,)),
        (True, timedelta(days=8), ()),
        (False, timedelta(0), (Reason.DUPLICATE,)),
        (False, timedelta(days=8), ()),
    ],
)
def test_repeated_text_is_flagged(by_author, age, flags):
    author = f.MemberFactory()
    post = f.post(f.thread(), author, LONG)
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - age)
    assert verdict(author if by_author else f.MemberFactory(), LONG).flags == flags


def test_short_texts_are_said_more_than_once():
    author = f.MemberFactory()
    f.post(f.thread(), author, "Merci beaucoup !")
    assert f.post(f.thread(), author, "Merci beaucoup !").state == State.VISIBLE


def test_edit_of_the_title_is_no_repetition():
    author = f.MemberFactory()
    thread = f.thread(author, text=LONG)
    post = edit(f.viewer(author), thread.posts.get(), LONG, title="Un autre titre")
    assert not Flag.objects.filter(post=post).exists()


def test_edit_that_adds_a_watched_word_is_flagged_once():
    WatchedWord.objects.create(words="casino", effect="approve")
    author = f.MemberFactory()
    post = f.post(f.thread(), author)
    edit(f.viewer(author), post, "Un casino.")
    edit(f.viewer(author), post, "Un grand casino.")
    assert Flag.objects.filter(post=post, reason=Reason.WATCHED).count() == 1


def test_deleting_and_restoring_does_not_pass_by_approval():
    settings_of(approved_posts=1)
    member = f.MemberFactory(trust=NEW)
    post = f.thread(member).posts.get()
    assert post.state == State.PENDING
    delete(f.viewer(member), post)
    assert restore(f.viewer(member), post).state == State.PENDING


# Private messages


def test_private_words_of_members_of_standing_are_not_read():
    WatchedWord.objects.create(words="casino", effect="refuse")
    thread = start_conversation(
        f.viewer(f.MemberFactory()), [f.MemberFactory()], "Casino", "casino", language="fr"
    )
    assert thread.state == State.VISIBLE


def test_private_words_of_new_members_are_screened(new):
    thread = start_conversation(f.viewer(f.MemberFactory()), [new], "Ici", "Bon", language="fr")
    settings_of(approved_posts=1, new_member_links=0)
    assert f.post(thread, new).state == State.VISIBLE  # nobody would come to approve it
    with pytest.raises(ValidationError):
        f.post(thread, new, "https://a.example/")


# The check of the site's own


def spam(text, member, links):
    return "spam" in text


def doubtful(text, member, links):
    return 0.6 if links else 0.1


def broken(text, member, links):
    raise TimeoutError


@pytest.mark.parametrize(
    ("check", "text", "expected"),
    [
        (spam, "spam", Verdict(True, (Reason.CHECK,))),
        (spam, "bon", PLAIN),
        (doubtful, "https://a.example/", Verdict(False, (Reason.CHECK,))),
        (doubtful, "bon", PLAIN),
        (broken, "bon", Verdict(True, (Reason.CHECK,))),
    ],
)
def test_spam_check_of_the_site_is_asked(settings, check, text, expected):
    settings.ESS_FORUM = {"SPAM_CHECK": f"{__name__}.{check.__name__}"}
    assert verdict(f.MemberFactory(), text) == expected


def test_spam_check_that_is_not_there_loses_nothing(settings):
    settings.ESS_FORUM = {"SPAM_CHECK": "nowhere.check"}
    assert f.thread(f.MemberFactory()).state == State.PENDING


# The trap


class TrappedForm(HoneypotMixin, forms.Form):
    words = forms.CharField()


def test_honeypot_lets_people_pass_and_refuses_programs():
    assert TrappedForm({"words": "Bonjour", "homepage": ""}).is_valid()
    form = TrappedForm({"words": "Bonjour", "homepage": "https://spam.example/"})
    assert not form.is_valid()
    assert form.non_field_errors()
    assert form["words"].value() == "Bonjour"
    assert not form["homepage"].value()


# Cost


@pytest.mark.parametrize(("words", "posts"), [(1, 1), (40, 30)])
def test_screening_runs_a_fixed_number_of_queries(django_assert_num_queries, words, posts):
    settings_of()
    for number in range(words):
        WatchedWord.objects.create(words=f"interdit{number}", effect="flag")
    thread = f.thread()
    for _number in range(posts):
        f.post(thread, text=LONG)
    for trust, queries in ((REGULAR, 2), (NEW, 4)):
        viewer = f.viewer(f.MemberFactory(trust=trust))
        assert not viewer.is_moderator
        with django_assert_num_queries(queries):
            screen(viewer, "Titre", Document(LONG), is_private=False)


def test_refused_thread_leaves_nothing():
    WatchedWord.objects.create(words="casino", effect="refuse")
    category = f.CategoryFactory()
    with pytest.raises(ValidationError):
        start_thread(f.viewer(f.MemberFactory()), category, "Casino", "Venez", language="fr")
    category.refresh_from_db()
    assert category.thread_count == 0
    assert not Post.objects.exists()
