"""A page for some readers only is not told to the others, in either language."""

import pytest
from django.test import TestCase
from django.utils.translation import override
from wagtail.models import PageViewRestriction

from ess_pages.views.search import find_pages
from tests import factories


def make_private(page):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return PageViewRestriction.objects.create(
            page=page, restriction_type=PageViewRestriction.LOGIN
        )


@pytest.fixture
def secret(tree):
    """A page of the tree that only those who have logged in may read: the actor « Agence »."""
    make_private(tree["actor"])
    return tree["actor"]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", ["home", "actors", "practice", "meeting", "report"])
def test_private_page_is_named_on_no_other_page(client, tree, secret, name, language):
    page = tree[name].get_translations(inclusive=True).get(locale__language_code=language)
    assert "Agence" not in client.get(page.url).content.decode()


def test_private_page_is_not_named_by_the_api(client, tree, secret):
    for kind in ("MeetingPage", "PracticePage", "ActorPage"):
        url = f"/api/v2/pages/?type=ess_pages.{kind}&fields=*"
        assert "Agence" not in client.get(url).content.decode()


def test_private_page_is_neither_found_nor_mapped(run_tasks, client, tree, secret):
    with TestCase.captureOnCommitCallbacks(execute=True):
        secret.save_revision().publish()
    with override("fr"):
        assert secret.pk not in [page.pk for page in find_pages("agence")]
    assert secret.slug not in client.get("/sitemap.xml").content.decode()


def test_translation_is_as_private_as_its_source(client, tree, secret):
    arabic = secret.get_translations().get()
    assert client.get(arabic.url).status_code == 302
    with TestCase.captureOnCommitCallbacks(execute=True):
        secret.view_restrictions.all().delete()
    assert client.get(arabic.url).status_code == 200


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_page_with_a_password_asks_for_it_in_the_theme_and_tells_nothing(
    client, home, language, direction
):
    page = factories.StandardPageFactory(parent=home, title="Titre", summary="Secret résumé")
    arabic = factories.translate(page)
    PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="sésame"
    )
    PageViewRestriction.objects.create(
        page=arabic, restriction_type=PageViewRestriction.PASSWORD, password="sésame"
    )
    html = client.get((page if language == "fr" else arabic).url).content.decode()
    assert f'dir="{direction}"' in html
    assert "<header" in html
    assert "Secret" not in html


def test_unpublished_actor_is_not_named(client, tree):
    tree["actor"].unpublish()
    tree["actor"].get_translations().get().unpublish()
    assert "Agence" not in client.get(tree["meeting"].url).content.decode()


def test_map_of_the_site_has_the_pages_of_both_languages(client, tree):
    sitemap = client.get("/sitemap.xml").content.decode()
    assert sitemap.count("<loc>http://testserver/fr/") == sitemap.count(
        "<loc>http://testserver/ar/"
    )
    assert sitemap.count("<loc>http://testserver/ar/") == len(tree)
