"""A post in the reader's language: made by a machine, marked so, never of what one may not see."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from wagtail_localize.strings import StringValue

from ess_forum.actions.posts import delete, edit, hide
from ess_forum.models import Audience, PostTranslation
from ess_forum.throttle import RATES
from ess_forum.translation import Languages, translated

from .factories import CategoryFactory, MemberFactory, moderator, post, someone, thread, viewer

pytestmark = pytest.mark.django_db
DUMMY = {"CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"}
SCRIPT = {"accept": "application/json"}


class Machine:
    """Says what it was given, in capitals."""

    asked = 0

    def __init__(self, options=None):
        self.options = options

    def can_translate(self, source, target):
        return True

    def translate(self, source, target, strings):
        type(self).asked += 1
        return {one: self.answer(one.data) for one in strings}

    def answer(self, text):
        return StringValue(text.replace("bonjour", "BONJOUR"))


class HostileMachine(Machine):
    def answer(self, text):
        return StringValue(f'<script>alert(1)</script><img src=x onerror=a>{text}<p style="x">')


class LostMachine(Machine):
    def answer(self, text):
        return StringValue(f'<a id="a99">{text}</a>')


class BrokenMachine(Machine):
    def translate(self, source, target, strings):
        raise ConnectionError("no answer")


def use(settings, machine) -> None:
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{__name__}.{machine.__name__}"}


def page_of(written, language="ar") -> str:
    with override(language):
        return reverse("ess_forum:translated_post", args=[written.pk])


@pytest.fixture
def dummy(settings, arabic):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = DUMMY


@pytest.mark.parametrize(
    ("text", "language", "offered"),
    [
        ("Bonjour à tous", "ar", True),
        ("Bonjour à tous", "fr", False),
        ("السلام عليكم", "fr", True),
        ("السلام عليكم", "ar", False),
    ],
)
def test_post_in_another_language_is_offered_in_the_readers(client, dummy, text, language, offered):
    discussion = thread(text=text)
    with override(language):
        page = discussion.get_absolute_url()
    first = discussion.posts.get()
    assert (page_of(first, language) in client.get(page).content.decode()) == offered
    assert client.get(page_of(first, language)).status_code == (200 if offered else 404)


def test_without_a_translator_nothing_is_shown(client, arabic, settings):
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
    discussion = thread()
    with override("ar"):
        html = client.get(discussion.get_absolute_url()).content.decode()
    assert "data-translate" not in html
    for act in (client.get, client.post):
        assert act(page_of(discussion.posts.get())).status_code == 404


def test_translation_is_made_when_asked_for_and_then_kept(client, arabic, settings):
    use(settings, Machine)
    Machine.asked = 0
    first = thread(text="Dire bonjour à **tous**").posts.get()
    page = page_of(first)
    assert "BONJOUR" not in client.get(page).content.decode()
    for _time in range(2):
        html = client.post(page).content.decode()
        assert "BONJOUR" in html
        assert "data-translation" in html
        assert first.get_absolute_url().split("/forum/")[1] in html
    assert Machine.asked == 1
    assert "BONJOUR" in client.get(page).content.decode()
    assert "data-translation" in client.post(page, headers=SCRIPT).json()["html"]


def test_edited_post_is_not_shown_as_it_was(client, dummy):
    author = MemberFactory()
    discussion = thread(author, text="premier texte")
    first = discussion.posts.get()
    client.post(page_of(first))
    edit(viewer(author), first, "deuxième version")
    html = client.get(page_of(first)).content.decode()
    assert "texte premier" not in html
    client.post(page_of(first))
    assert "version deuxième" in client.get(page_of(first)).content.decode()
    assert PostTranslation.objects.count() == 1


@pytest.mark.parametrize("how", ["hide", "delete", "private"])
@pytest.mark.parametrize("kind", ["visitor", "author", "member", "suspended", "moderator"])
def test_translation_of_what_one_may_not_see_is_not_found(client, dummy, how, kind):
    author = MemberFactory()
    discussion = thread()
    written = post(discussion, author, "un secret")
    client.post(page_of(written))
    assert PostTranslation.objects.count() == 1
    if how == "hide":
        hide(viewer(moderator()), written)
    elif how == "delete":
        delete(viewer(author), written)
    else:
        type(discussion).objects.filter(pk=discussion.pk).update(
            category=CategoryFactory(see=Audience.MODERATORS)
        )
    if one := someone(kind, author):
        client.force_login(one.user)
    sees = kind == "moderator" or (kind == "author" and how != "private")
    for act in (client.get, client.post):
        response = act(page_of(written))
        assert response.status_code == (200 if sees else 404)
        assert ("secret un" in response.content.decode()) == sees


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_machine_that_does_not_answer_is_said(client, arabic, settings, language):
    use(settings, BrokenMachine)
    first = thread(text="السلام عليكم" if language == "fr" else "Bonjour").posts.get()
    page = page_of(first, language)
    response = client.post(page)
    assert response.status_code == 503
    assert 'role="alert"' in response.content.decode()
    answer = client.post(page, headers=SCRIPT)
    assert (answer.status_code, list(answer.json())) == (503, ["error"])
    assert not PostTranslation.objects.exists()


def test_too_many_translations_are_refused(client, dummy, monkeypatch):
    monkeypatch.setitem(RATES, "translate_post", "1/hour")
    statuses = [client.post(page_of(thread().posts.get())).status_code for _number in range(2)]
    assert statuses == [200, 429]


def test_what_a_machine_adds_can_do_no_harm(arabic):
    html = translated('<p dir="auto">Bonjour</p>', HostileMachine(), None, None)
    assert "Bonjour" in html
    for harm in ("<script", "onerror", "style", "src"):
        assert harm not in html


def test_segment_in_which_a_machine_got_lost_stays_as_it_was():
    html = '<p dir="auto">Bonjour <a href="https://example.org/">ici</a></p>'
    assert translated(html, LostMachine(), None, None).count("Bonjour") == 1


def test_names_code_images_and_cards_stay_and_links_keep_their_place():
    html = (
        '<p dir="auto">bonjour <a class="mention" href="forum:m/bonjour/"><bdi>@bonjour</bdi></a>, '
        'dire <code>bonjour</code> <del>bonjour</del> <a href="https://example.org/bonjour">'
        "bonjour</a></p>"
        '<aside class="card" dir="auto" lang="fr"><p>bonjour</p></aside>'
        '<pre dir="ltr"><code>bonjour</code></pre>'
        '<p dir="auto"><img src="forum:files/x/" alt="bonjour"></p>'
    )
    result = translated(html, Machine(), None, None)
    assert "<bdi>@bonjour</bdi></a>, dire <code>bonjour</code> <del>BONJOUR</del>" in result
    assert 'href="https://example.org/bonjour"' in result
    assert ">BONJOUR</a></p>" in result
    assert 'lang="fr"><p>bonjour</p></aside>' in result
    assert '<pre dir="ltr"><code>bonjour</code></pre>' in result
    assert 'alt="bonjour"' in result
    assert result.count("BONJOUR") == 3


@pytest.mark.parametrize("number", [1, 9])
def test_languages_are_looked_up_once_for_a_page(dummy, django_assert_num_queries, number):
    discussion = thread()
    posts = [post(discussion) for _number in range(number)]
    with override("ar"), django_assert_num_queries(1):
        languages = Languages()
        assert [languages.reading(one) for one in posts] == ["ar"] * number
