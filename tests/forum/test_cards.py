"""A lone link to what everyone may see here is shown as a card; nothing else ever is."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import PageViewRestriction

from ess_forum.actions import ordering
from ess_forum.actions.cards import render_anew
from ess_forum.actions.posts import edit
from ess_forum.cards import cards_for, thread_key
from ess_forum.models import Audience, Category, PagePreview, Post

from .factories import CategoryFactory, MemberFactory, moderator, post, thread, viewer

pytestmark = pytest.mark.django_db


def address(subject) -> str:
    return f"http://testserver{subject.url}"


def html_of(written: Post) -> str:
    return Post.objects.get(pk=written.pk).html


@pytest.fixture
def subject(tree):
    subject = tree["standard"]
    subject.title, subject.summary = "L’économie <sociale>", "Ce que l’on partage."
    subject.save_revision().publish()
    return subject


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_lone_link_to_a_page_becomes_a_card_in_the_language_of_the_page(subject, language):
    shown = subject if language == "fr" else subject.get_translations().get().specific
    shown.title = "صفحة" if language == "ar" else shown.title
    shown.save_revision().publish()
    html = post(thread(), text=f"Voyez :\n\n{address(shown)}").html
    assert f'<aside class="card" dir="auto" lang="{language}">' in html
    assert f'href="{address(shown)}" lang="{language}"' in html
    assert ("صفحة" if language == "ar" else "L’économie &lt;sociale&gt;") in html
    assert list(PagePreview.objects.values_list("page_key", flat=True)) == [subject.translation_key]


def test_card_says_what_search_engines_are_told_or_else_the_summary(subject):
    assert "Ce que l’on partage." in cards_for([address(subject)])[address(subject)].html
    subject.search_description = "Pour les <b>moteurs</b>."
    subject.save_revision().publish()
    assert "Pour les moteurs." in cards_for([address(subject)])[address(subject)].html


@pytest.mark.parametrize(
    "text", ["Voyez {0} ici.", "[la page]({0})", "- {0}", "> {0}", "`{0}`", "{0} {0}"]
)
def test_link_among_other_words_stays_a_link(subject, text):
    assert "<aside" not in post(thread(), text=text.format(address(subject))).html


@pytest.mark.parametrize(
    "other",
    [
        "http://elsewhere.example/fr/",
        "http://testserver/fr/nowhere/",
        "http://testserver/",
        "http://testserver/media/x.png",
        "http://testserver/de/standard/",
        "mailto:a@example.org",
        "http://[broken",
    ],
)
def test_other_addresses_have_no_card(subject, other):
    assert cards_for([other]) == {}


def test_page_that_is_no_more_public_is_shown_no_more_and_once_it_is_again(subject, run_tasks):
    written = post(thread(), text=address(subject))
    assert "<aside" in written.html
    subject.unpublish()
    assert "<aside" not in html_of(written)
    assert address(subject) in html_of(written)
    subject.save_revision().publish()
    assert "<aside" in html_of(written)


def test_page_that_is_not_published_yet_becomes_a_card_when_it_is(subject, run_tasks):
    subject.unpublish()
    written = post(thread(), text=address(subject))
    assert "<aside" not in written.html
    subject.save_revision().publish()
    assert "<aside" in html_of(written)


def test_new_title_is_shown(subject, run_tasks):
    written = post(thread(), text=address(subject))
    subject.title = "Un autre titre"
    subject.save_revision().publish()
    assert "Un autre titre" in html_of(written)


def test_private_page_is_shown_no_more(subject, run_tasks):
    written = post(thread(), text=address(subject))
    parent = subject.get_parent()
    restriction = PageViewRestriction.objects.create(
        page=parent, restriction_type=PageViewRestriction.LOGIN
    )
    assert "<aside" not in html_of(written)
    restriction.delete()
    assert "<aside" in html_of(written)


def test_page_of_a_group_has_no_card(subject):
    restriction = PageViewRestriction.objects.create(
        page=subject, restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.set(Group.objects.all())
    assert cards_for([address(subject)])[address(subject)].html == ""


def test_deleted_page_is_shown_no_more(subject, run_tasks):
    written = post(thread(), text=address(subject))
    subject.delete()
    assert "<aside" not in html_of(written)


def test_page_that_goes_with_its_section_is_shown_no_more(tree, run_tasks):
    written = post(thread(), text=address(tree["actor"]))
    assert "<aside" in written.html
    tree["actors"].delete()
    assert "<aside" not in html_of(written)


def test_page_at_another_address_is_shown_no_more_at_this_one(subject, run_tasks):
    written = post(thread(), text=address(subject))
    subject.slug = "ailleurs"
    subject.save_revision().publish()
    assert "<aside" not in html_of(written)


def test_card_goes_with_its_link(subject):
    author = MemberFactory()
    written = post(thread(), author, address(subject))
    edit(viewer(author), written, "Plus rien.")
    assert not PagePreview.objects.exists()


# Threads


def address_of(discussion) -> str:
    return f"http://testserver{discussion.get_absolute_url()}"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_thread_that_everyone_sees_has_a_card(home, language):
    linked = thread(title="عنوان النقاش", language=language)
    written = post(thread(), text=address_of(linked))
    assert f'<aside class="card" dir="auto" lang="{language}">' in written.html
    assert "عنوان النقاش" in written.html
    assert 'href="forum:t/' in written.html
    assert PagePreview.objects.get().page_key == thread_key(linked.pk)


@pytest.mark.parametrize("see", [Audience.MEMBERS, Audience.MODERATORS])
def test_thread_that_not_everyone_sees_has_none(home, see):
    one = moderator()
    linked = thread(one, CategoryFactory(see=see), title="Secret")
    below = thread(one, CategoryFactory(parent=linked.category), title="Secret")
    for hidden in (linked, below):
        assert "Secret" not in post(thread(), one, address_of(hidden)).html


@pytest.mark.parametrize("how", ["hide", "move", "close_category", "rename"])
def test_thread_is_shown_anew_when_it_changes(home, run_tasks, how):
    linked = thread(title="Titre ancien")
    written = post(thread(), text=address_of(linked))
    assert "Titre ancien" in written.html
    one = viewer(moderator())
    if how == "hide":
        ordering.hide(one, [linked])
    elif how == "move":
        ordering.move(one, [linked], CategoryFactory(see=Audience.MEMBERS))
    elif how == "rename":
        ordering.rename(one, linked, "Titre nouveau", language="fr")
    else:
        category = Category.objects.get(pk=linked.category_id)
        category.see = Audience.MEMBERS
        category.save()
    assert "Titre ancien" not in html_of(written)
    assert ("Titre nouveau" in html_of(written)) == (how == "rename")


def test_new_posts_do_not_render_others_anew(home, django_assert_num_queries):
    linked = thread()
    written = post(thread(), text=address_of(linked))
    before = Post.objects.get(pk=written.pk).thread.version
    post(linked)
    assert Post.objects.get(pk=written.pk).thread.version == before


# What it costs


@pytest.mark.parametrize("number", [1, 6])
def test_cards_are_made_by_as_many_queries_whatever_their_number(
    tree, django_assert_num_queries, number
):
    threads = [address_of(thread()) for _number in range(number)]
    pages = [address(tree["standard"])]
    if number > 1:
        for count in range(3):
            copy = tree["standard"].copy(
                update_attrs={"slug": f"copie-{count}", "title": "Copie"}, keep_live=True
            )
            pages.append(address(copy))
    cards_for(pages)  # content types and roots are remembered
    with django_assert_num_queries(6):
        found = cards_for([*threads[:5], *pages])
    assert all(card.html for card in found.values())
    assert len(found) == min(number, 5) + len(pages)


def test_post_that_is_deleted_meanwhile_is_left_alone(subject, run_tasks):
    written = post(thread(), text=address(subject))
    Post.objects.filter(pk=written.pk).delete()
    render_anew([str(subject.translation_key)])


def test_reader_sees_the_card(subject, client):
    discussion = thread(text=address(subject))
    html = client.get(discussion.get_absolute_url()).content.decode()
    assert 'class="card"' in html
    assert reverse("ess_forum:index") in html
