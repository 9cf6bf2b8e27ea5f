"""A page of the site is discussed in one thread, whatever its language."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, PageViewRestriction

from ess_forum.actions import posts as post_verbs
from ess_forum.models import Audience, Category, ForumSettings, Thread

from . import factories as make

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])
# The pages of the portal that are discussed.
DISCUSSED = ["actor", "practice", "report", "recommendation"]


@pytest.fixture
def category() -> Category:
    """Where pages are discussed."""
    category = make.CategoryFactory()
    ForumSettings.objects.update_or_create(pk=1, defaults={"discussion_category": category})
    return category


def address(page, language="fr") -> str:
    with override(language):
        return reverse("ess_forum:discuss", args=[page.translation_key])


def shown(page, member=None) -> str:
    """What the tag says of a page."""
    request = RequestFactory().get("/fr/")
    request.user = member.user if member else AnonymousUser()
    with override("fr"):
        template = Template("{% load discussion_tags %}{% discussion page %}")
        return template.render(Context({"request": request, "page": page})).strip()


def arabic(page) -> Page:
    return Page.objects.get(translation_key=page.translation_key, locale__language_code="ar")


def sent(**words) -> dict:
    return {
        "title": "Le titre",
        "language": "fr",
        "source": "Qu’en pensez-vous ?",
        "send": "1",
        **words,
    }


@both_languages
def test_member_starts_the_discussion_which_both_languages_share(client, tree, category, language):
    page = tree["actor"] if language == "fr" else arabic(tree["actor"])
    member = make.MemberFactory()
    client.force_login(member.user)
    form = client.get(address(page, language)).context["form"]
    assert form["title"].value() == page.title
    assert form["language"].value() == language
    answer = client.post(address(page, language), sent(language=language))
    thread = Thread.objects.get()
    assert answer.status_code == 302
    assert (thread.category, thread.author, thread.language) == (category, member, language)
    assert thread.page_key == page.translation_key
    make.post(thread)
    for code, one in (("fr", tree["actor"]), ("ar", arabic(tree["actor"]))):
        html = client.get(one.url).content.decode()
        with override(code):
            assert f'href="{thread.get_absolute_url()}"' in html
            back = client.get(thread.get_absolute_url()).content.decode()
        assert f'href="{one.url}"' in back


@pytest.mark.parametrize("name", DISCUSSED)
@both_languages
def test_pages_lead_to_their_discussion(client, tree, category, name, language):
    page = tree[name] if language == "fr" else arabic(tree[name])
    assert f'href="{address(page, language)}"' in client.get(page.url).content.decode()


@pytest.mark.parametrize("name", ["home", "standard", "actors", "meetings"])
def test_other_pages_are_not_discussed(client, tree, category, name):
    assert 'id="discussion"' not in client.get(tree[name].url).content.decode()


def test_second_click_and_second_member_come_to_one_thread(client, tree, category):
    page, one, other = tree["actor"], make.MemberFactory(), make.MemberFactory()
    client.force_login(one.user)
    for _click in range(2):
        assert client.post(address(page), sent()).status_code == 302
    thread = Thread.objects.get()
    assert thread.posts.count() == 1
    client.force_login(other.user)
    answer = client.post(address(page), sent(source="Moi aussi."))
    assert answer.status_code == 302
    assert Thread.objects.count() == 1
    assert thread.posts.get(position=2).author == other
    with override("fr"):
        assert client.get(address(page))["Location"] == thread.get_absolute_url()


@both_languages
def test_wrong_text_is_explained_and_kept(client, tree, category, language):
    client.force_login(make.MemberFactory().user)
    answer = client.post(address(tree["actor"], language), sent(source="", title="Gardé"))
    assert answer.status_code == 422
    assert "source" in answer.context["form"].errors
    assert answer.context["form"]["title"].value() == "Gardé"
    assert not Thread.objects.exists()


def test_draft_is_kept_for_the_page(client, tree, category):
    client.force_login(make.MemberFactory().user)
    client.post(address(tree["actor"]), {**sent(source="À finir"), "send": "", "keep": "1"})
    form = client.get(address(arabic(tree["actor"]), "ar")).context["form"]
    assert form["source"].value() == "À finir"


def test_visitor_is_led_to_log_in(client, tree, category):
    answer = client.get(address(tree["actor"]))
    assert answer.status_code == 302
    assert "login" in answer["Location"]
    assert 'rel="nofollow"' in shown(tree["actor"])


@pytest.mark.parametrize("how", ["draft", "private", "none"])
def test_page_that_not_everybody_reads_is_not_discussed(client, tree, category, how):
    page = tree["actor"]
    client.force_login(make.MemberFactory().user)
    if how == "draft":
        Page.objects.filter(translation_key=page.translation_key).update(live=False)
        page.refresh_from_db()
        assert shown(page) == ""
    elif how == "private":
        for one in (tree["home"], arabic(tree["home"])):
            PageViewRestriction.objects.create(page=one, restriction_type="login")
    else:
        page.translation_key = "b9a2a3a8-0000-4000-8000-000000000000"
    assert client.get(address(page)).status_code == 404
    assert client.post(address(page), sent()).status_code == 404
    assert not Thread.objects.exists()


def test_without_a_category_nothing_is_begun(client, tree):
    member = make.MemberFactory()
    client.force_login(member.user)
    assert client.get(address(tree["actor"])).status_code == 403
    assert shown(tree["actor"]) == shown(tree["actor"], member) == ""


def test_who_may_not_start_there_is_offered_nothing(client, tree, category):
    Category.objects.filter(pk=category.pk).update(start=Audience.MODERATORS)
    member = make.MemberFactory()
    assert shown(tree["actor"], member) == ""
    client.force_login(member.user)
    assert client.post(address(tree["actor"]), sent()).status_code == 403
    assert address(tree["actor"]) in shown(tree["actor"], make.moderator())


def test_hidden_discussion_is_shown_to_nobody_else(tree, category):
    page, moderator = tree["actor"], make.moderator()
    thread = make.thread(category=category, page_key=page.translation_key)
    post_verbs.hide(make.viewer(moderator), thread.posts.get())
    with override("fr"):
        link = thread.get_absolute_url()
    assert link not in shown(page)
    assert link in shown(page, moderator)


def test_what_its_author_deleted_can_be_begun_anew(client, tree, category):
    page = tree["actor"]
    thread = make.thread(category=category, page_key=page.translation_key)
    post_verbs.delete(make.viewer(thread.author), thread.posts.get())
    client.force_login(make.MemberFactory().user)
    assert client.post(address(page), sent()).status_code == 302
    assert Thread.objects.get(page_key=page.translation_key).title == "Le titre"


@pytest.mark.parametrize("posts", [0, 1, 30])
def test_visitor_costs_two_queries(tree, category, django_assert_num_queries, posts):
    page = tree["actor"]
    if posts:
        thread = make.thread(category=category, page_key=page.translation_key)
        for _ in range(posts - 1):
            make.post(thread)
            make.CategoryFactory()
    shown(page)
    with django_assert_num_queries(2):
        shown(page)
