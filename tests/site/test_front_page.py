"""What the portal adds to its front page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_forum.models import Audience
from tests.forum import factories


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_front_page_tells_what_is_new_in_the_forum(home, client, language):
    factories.thread(title="Une coopérative à Béjaïa")
    text = client.get(f"/{language}/").content.decode()
    assert "Une coopérative à Béjaïa" in text
    assert f'href="/{language}/forum/t/' in text


def test_front_page_tells_visitors_nothing_of_private_categories(home, client):
    category = factories.CategoryFactory(see=Audience.MODERATORS)
    factories.thread(factories.moderator(), category, title="Entre modérateurs")
    assert "Entre modérateurs" not in client.get("/fr/").content.decode()


def test_front_page_takes_no_more_queries_for_more_threads(home, client, django_assert_num_queries):
    factories.thread()
    client.get("/fr/")
    with CaptureQueriesContext(connection) as few:
        client.get("/fr/")
    for _number in range(5):
        factories.thread()
    with django_assert_num_queries(len(few)):
        client.get("/fr/")
