"""Content that tests begin with is whole, whatever the tests before have left."""

import pytest
from wagtail.models import Page, Site

from tests import factories


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", ["first", "second"])
def test_test_that_empties_the_database_leaves_it_whole(client, tree, run):
    assert client.get(tree["actor"].url).status_code == 200
    factories.StandardPageFactory(parent=tree["home"])
    assert not any(Page.find_problems())


@pytest.mark.parametrize("run", ["first", "second"])
def test_content_is_the_same_for_each_test(client, tree, run):
    arabic = tree["actor"].get_translations().get()
    assert client.get(arabic.url).status_code == 200
    assert Site.objects.get().root_page_id == tree["home"].pk
    assert not any(Page.find_problems())
    assert list(Page.objects.filter(depth__gt=1).exclude(live=True)) == []
    tree["actor"].delete()
