"""The association's groups on other networks, in the portal's settings and its footer."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Site

from ess_site.groups import grant_permissions
from ess_site.models import NetworkSettings
from tests import factories

GROUP = "https://www.linkedin.com/groups/12/"


def footer(client, page) -> list[str]:
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    return [link["href"] for link in html.select(".site-footer .networks a")]


@pytest.mark.parametrize("name", ["Editors", "Moderators"])
def test_editor_gives_the_groups_and_they_are_shown_at_once(client, tree, name):
    grant_permissions()
    assert footer(client, tree["home"]) == []
    editor = factories.UserFactory()
    editor.groups.add(Group.objects.get(name=name))
    client.force_login(editor)
    site = Site.objects.get()
    address = reverse("wagtailsettings:edit", args=["ess_site", "networksettings", site.pk])
    form = {"linkedin_group": GROUP, "facebook_group": ""}
    assert client.post(address, form).status_code == 302
    for language in ("fr", "ar"):
        page = tree["home"].get_translations(inclusive=True).get(locale__language_code=language)
        assert footer(client, page) == [GROUP]


def test_who_may_not_edit_is_led_away(client, tree):
    client.force_login(factories.UserFactory())
    address = reverse("wagtailsettings:edit", args=["ess_site", "networksettings", 1])
    assert client.post(address, {"linkedin_group": GROUP}).status_code == 302
    assert not NetworkSettings.objects.exists()


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        (GROUP, True),
        ("https://dz.linkedin.com/groups/12/", True),
        ("http://www.linkedin.com/groups/12/", False),
        ("https://linkedin.com.example.org/groups/12/", False),
        ("https://notlinkedin.com/groups/12/", False),
        ("https://www.facebook.com/groups/12/", False),
    ],
)
def test_address_leads_to_the_network_that_it_names(db, url, is_taken):
    networks = NetworkSettings(site=Site.objects.get(), linkedin_group=url)
    if is_taken:
        networks.full_clean()
        return
    with pytest.raises(ValidationError) as error:
        networks.full_clean()
    assert list(error.value.message_dict) == ["linkedin_group"]
    [said] = error.value.message_dict["linkedin_group"]
    assert "https://" in said
