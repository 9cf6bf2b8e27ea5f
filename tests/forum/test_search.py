"""Posts are found by the stems of their words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.search import index

from ess_forum.actions import posts as post_verbs
from ess_forum.actions.threads import start_conversation
from ess_forum.models import Audience, Member, Post, State, Thread
from ess_forum.search import PAGE_SIZE, Search, excerpt, marked, search
from ess_forum.throttle import RATES
from ess_ground.words import stems

from . import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]


def found(words="", viewer=None, **filters):
    """The sources of the posts that are found."""
    asked = Search(words=words, **filters)
    return [post.source for post in search(viewer or make.viewer(), asked).posts]


def address(query="", language="fr"):
    with override(language):
        return f"{reverse('ess_forum:search')}?{query}"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("L’économie sociale et solidaire.", "economies"),
        ("Une COOPÉRATIVE agricole.", "coopératives"),
        ("نحو اقتصاد تضامني.", "الاقتصاد"),
        ("التعاونيات الفلاحية.", "تعاونية"),
        ("مُؤَسَّسَة صغيرة.", "مؤسسة"),
        ("کتاب جديد.", "كتاب"),
        ("Un mot, كلمة, dans une phrase.", "كلمة phrase"),
    ],
)
def test_post_is_found_by_other_forms_of_its_words(text, asked):
    make.thread(text=text)
    make.thread(text="Rien de tel. لا شيء.")
    assert found(asked) == [text]


def test_words_of_the_title_find_the_first_post():
    make.thread(title="Semences paysannes", text="Bonjour.")
    assert found("semence") == ["Bonjour."]


def test_new_words_are_found_after_an_edit_and_old_ones_are_not():
    thread = make.thread(title="Semences", text="Bonjour.")
    viewer = make.viewer(thread.author)
    post_verbs.edit(viewer, thread.posts.get(), "Salut.", title="Graines")
    assert found("graine") == ["Salut."]
    assert found("semence") == []


def test_all_words_are_needed_and_signs_are_none():
    make.thread(text="Un verger partagé.")
    assert found("verger partagé") == ["Un verger partagé."]
    assert found("verger inconnu") == []
    for nothing in ("", "  ", "???", "\0", "«»"):
        assert found(nothing) == []
    assert found("verger\" OR 'x:*") == []


def test_what_the_viewer_does_not_see_is_not_found():
    hidden = make.thread(text="Verger caché.")
    post_verbs.hide(make.viewer(make.moderator()), hidden.posts.get())
    thread = make.thread(text="Début.")
    reply = make.post(thread, text="Verger effacé.")
    post_verbs.delete(make.viewer(reply.author), reply)
    waiting = make.thread(make.MemberFactory(trust=Member.Trust.NEW), text="Verger en attente.")
    Post.objects.filter(thread=waiting).update(state=State.PENDING)
    Thread.objects.filter(pk=waiting.pk).update(state=State.PENDING)
    members = make.CategoryFactory(see=Audience.MEMBERS)
    inside = make.thread(category=members, text="Verger des membres.")
    one, other = make.MemberFactory(), make.MemberFactory()
    start_conversation(make.viewer(one), [other], "À deux", "Verger secret.", language="fr")
    assert found("verger") == []
    for member in (one, inside.author):
        assert found("verger", make.viewer(member)) == ["Verger des membres."]


def test_filters_narrow_what_is_found():
    author = make.MemberFactory(handle="aicha")
    first = make.thread(author, text="Verger ancien.")
    solved = make.thread(text="Verger résolu.", category=first.category)
    Thread.objects.filter(pk=solved.pk).update(answer=solved.posts.get())
    arabic = make.thread(text="بستان Verger في الجزائر.", title="البستان")
    Post.objects.filter(thread=first).update(published_at=timezone.now() - timedelta(days=9))
    today = timezone.localdate()
    visitor = make.viewer()
    category = visitor.category(first.category_id)
    assert found("verger", author="aicha") == ["Verger ancien."]
    assert set(found("verger", category=category)) == {"Verger ancien.", "Verger résolu."}
    assert found("verger", until=today - timedelta(days=8)) == ["Verger ancien."]
    assert found("verger", until=today - timedelta(days=10)) == []
    assert "Verger ancien." not in found("verger", since=today)
    assert len(found("verger", since=today, until=today)) == 2
    assert found("verger", language="ar") == [arabic.posts.get().source]
    assert found("verger", solved=True) == ["Verger résolu."]
    assert "Verger résolu." not in found("verger", solved=False)
    assert found(author="aicha") == ["Verger ancien."]  # filters alone


def test_category_is_searched_with_those_within_it_that_are_seen():
    above = make.CategoryFactory()
    within = make.CategoryFactory(parent=above)
    hidden = make.CategoryFactory(parent=within, see=Audience.MODERATORS)
    make.thread(category=make.CategoryFactory(parent=within), text="Verger du fond.")
    make.thread(make.moderator(), hidden, text="Verger caché.")
    make.thread(text="Verger ailleurs.")
    visitor = make.viewer()
    assert found("verger", category=visitor.category(above.pk)) == ["Verger du fond."]


def test_order_is_by_relevance_or_by_date():
    best = make.thread(text="Verger, verger, verger.")
    latest = make.thread(text=f"Un verger, et {'beaucoup d’autres mots. ' * 20}")
    assert found("verger")[0] == best.posts.get().source
    assert found("verger", by_date=True)[0] == latest.posts.get().source


def test_hits_are_paged_without_doubles():
    thread = make.thread(text="Début.")
    for number in range(PAGE_SIZE + 3):
        make.post(thread, text=f"Verger numéro {number}.")
    for by_date in (True, False):
        seen, page = [], 1
        while page:
            hits = search(make.viewer(), Search(words="verger", by_date=by_date), page)
            seen += [post.pk for post in hits.posts]
            page = hits.next
        assert len(seen) == len(set(seen)) == PAGE_SIZE + 3


@pytest.mark.parametrize(
    ("text", "asked", "html"),
    [
        ("L’Économie <b>sociale</b>", "economies", "<mark>Économie</mark>"),
        ("في الاقتصاد الاجتماعي", "اقتصاد", "<mark>الاقتصاد</mark>"),
        ("مُؤَسَّسَة صغيرة", "المؤسسة", "<mark>مُؤَسَّسَة</mark>"),
        ("économie", "economie", "<mark>économie</mark>"),
        ("<script>verger</script>", "verger", "&lt;script&gt;<mark>verger</mark>&lt;/script&gt;"),
    ],
)
def test_hits_are_marked_and_the_rest_escaped(text, asked, html):
    shown = marked(text, stems(asked))
    assert html in shown
    assert "<b>" not in shown


def test_excerpt_is_around_the_first_hit():
    text = f"{'avant ' * 100}jardin {'après ' * 100}"
    shown = excerpt(text, stems("jardins"))
    assert "<mark>jardin</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300
    assert excerpt("Court.", stems("verger")) == "Court."


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_page_shows_hits_and_keeps_what_was_typed(client, language):
    thread = make.thread(text="Un **jardin** <partagé>.")
    query = f"q=jardins&category={thread.category_id}&from=2020-01-01&order=date"
    answer = client.get(address(query, language))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Un <mark>jardin</mark> &lt;partagé&gt;." in html
    with override(language):
        assert thread.posts.get().get_absolute_url() in html
    assert 'value="jardins"' in html
    assert 'value="2020-01-01"' in html
    assert f'<option value="{thread.category_id}" selected>' in html


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=a&from=hier", "from"),
        ("q=a&to=2026-13-40", "to"),
        ("q=a&from=2026-02-01&to=2026-01-01", "to"),
        ("q=a&category=x", "category"),
        ("q=a&category=999999", "category"),
        ("q=a&language=de", "language"),
        ("q=a&solved=perhaps", "solved"),
        (f"q={'a' * 201}", "q"),
    ],
)
def test_wrong_filter_is_explained(client, query, field, language):
    make.thread()
    answer = client.get(address(query, language))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["q"].value() == query.split("&")[0][2:]


@pytest.mark.parametrize("query", ["", "q=", "q=x&page=abc", "q=x&page=99999", "page=2"])
def test_page_stands_whatever_is_asked(client, query):
    assert client.get(address(query)).status_code == 200


def test_category_that_is_not_seen_is_no_choice(client):
    secret = make.CategoryFactory(see=Audience.MODERATORS, start=3, reply=3)
    answer = client.get(address(f"q=a&category={secret.pk}"))
    assert answer.status_code == 422
    assert secret.name not in answer.content.decode()


def test_too_many_searches_are_refused(client, monkeypatch):
    monkeypatch.setitem(RATES, "search", "1/hour")
    assert client.get(address("q=a")).status_code == 200
    assert client.get(address("q=b")).status_code == 429
    assert client.get(address()).status_code == 200


@pytest.mark.parametrize("query", ["q=verger", "q=verger&order=date", "q=verger&solved=no"])
def test_number_of_queries_is_fixed(client, django_assert_num_queries, query):
    client.get(address(query))
    for size in (1, 15):
        for number in range(size):
            make.thread(text=f"Verger {number} {size}")
        with django_assert_num_queries(3):
            client.get(address(query))


def test_index_can_be_made_anew():
    thread = make.thread(text="Un verger.")
    index.remove_object(thread.posts.get())
    assert found("verger") == []
    index.insert_or_update_object(thread.posts.get())
    assert found("verger") == ["Un verger."]
