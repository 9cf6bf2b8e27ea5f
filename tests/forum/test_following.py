"""Members follow threads and categories, from the page of each."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from ess_forum.models import Audience, Subscription

from .factories import CategoryFactory, MemberFactory, moderator, someone, thread

pytestmark = pytest.mark.django_db
SCRIPT = {"accept": "application/json"}


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("about", ["thread", "category"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [("visitor", 302), ("member", 200), ("silenced", 200), ("suspended", 403), ("moderator", 200)],
)
def test_who_may_follow(client, language, about, kind, status):
    discussion = thread()
    followed = discussion if about == "thread" else discussion.category
    if one := someone(kind):
        client.force_login(one.user)
    with override(language):
        address = reverse(f"ess_forum:follow_{about}", args=[followed.pk])
    for _click in range(2):
        response = client.post(address, {"follows": "1"}, headers=SCRIPT)
        assert response.status_code == status
    own = Subscription.objects.filter(member=one, **{about: followed})
    assert own.count() == (status == 200)
    if status == 200:
        assert 'value="0"' in response.json()["html"]
        assert client.post(address, {"follows": "0"}).status_code == 302
        assert not own.exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_offer_to_follow_and_to_stop(client, language):
    discussion = thread()
    client.force_login(MemberFactory().user)
    with override(language):
        pages = {
            discussion.get_absolute_url(): reverse("ess_forum:follow_thread", args=[discussion.pk]),
            reverse(
                "ess_forum:category", args=[discussion.category.pk, discussion.category.slug]
            ): reverse("ess_forum:follow_category", args=[discussion.category.pk]),
        }
    for page, address in pages.items():
        assert f'action="{address}"' in client.get(page).content.decode()
        response = client.post(address, {"follows": "1"}, follow=True)
        assert response.redirect_chain[-1][0] == page
        assert 'name="follows" value="0"' in response.content.decode()


def test_visitors_are_offered_nothing(client):
    html = client.get(thread().get_absolute_url()).content.decode()
    assert "data-beside" not in html


@pytest.mark.parametrize("about", ["thread", "category"])
def test_what_is_not_seen_is_not_found(client, about):
    discussion = thread(moderator(), CategoryFactory(see=Audience.MODERATORS))
    followed = discussion if about == "thread" else discussion.category
    client.force_login(MemberFactory().user)
    address = reverse(f"ess_forum:follow_{about}", args=[followed.pk])
    assert client.post(address, {"follows": "1"}).status_code == 404
