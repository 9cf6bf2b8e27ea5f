"""Links by which meetings, practices and recommendations are passed on."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from ess_pages.sharing import share_links

ADDRESS = "https://ess.example.org/ar/ملتقى/?a=1&b=2"
SHARED = ("meeting", "practice", "recommendation")


def test_links_carry_the_address_and_the_title_whole():
    linkedin, facebook, whatsapp, mail = (
        urlsplit(link.url) for link in share_links("لقاء & « thé »", ADDRESS)
    )
    assert parse_qs(linkedin.query) == {"url": [ADDRESS]}
    assert parse_qs(facebook.query) == {"u": [ADDRESS]}
    assert parse_qs(whatsapp.query) == {"text": [f"لقاء & « thé »\n{ADDRESS}"]}
    assert mail.scheme == "mailto"
    assert [unquote(part) for part in mail.query.split("&")] == [
        "subject=لقاء & « thé »",
        f"body={ADDRESS}",
    ]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", SHARED)
def test_published_page_is_passed_on_and_loads_nothing(client, tree, name, language):
    page = tree[name].get_translations(inclusive=True).get(locale__language_code=language)
    html = BeautifulSoup(client.get(page.url).content, "html.parser")
    links = [link["href"] for link in html.select(".ess-share a")]
    assert links == [link.url for link in share_links(page.title, page.full_url)]
    loaded = html.select("script[src], img[src], iframe[src], link[rel=stylesheet]")
    sources = [element.get("src") or element.get("href") for element in loaded]
    assert [source for source in sources if source.startswith(("http:", "https:", "//"))] == []
    assert html.select_one("meta[property='og:title']")["content"] == page.title
    assert html.select_one("meta[property='og:url']")["content"] == page.full_url


@pytest.mark.parametrize("name", ["home", "actor", "standard"])
def test_other_pages_are_as_they_were(client, tree, name):
    assert b"ess-share" not in client.get(tree[name].url).content
