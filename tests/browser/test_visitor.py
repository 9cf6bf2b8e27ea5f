"""A visitor reads the portal, in French and in Arabic, on a computer and on a phone."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from .screen import expect_to_fit

PAGES = {
    "home": "/fr/",
    "actors": "/fr/acteurs/",
    "actor": "/fr/acteurs/ads/",
    "actor abroad": "/fr/acteurs/ville-de-sceaux/",
    "practices": "/fr/pratiques/",
    "practice": "/fr/pratiques/cantine-et-fermes-voisines/",
    "meetings": "/fr/rencontres/",
    "meeting": "/fr/rencontres/rencontre-trimestrielle-alger/",
    "report": "/fr/rencontres/seminaire-national/compte-rendu/",
    "recommendations": "/fr/recommandations/",
    "recommendation": "/fr/recommandations/reconnaitre-l-ess-dans-la-loi/",
    "standard page": "/fr/a-propos/",
    "search": "/fr/search/?q=atelier",
    "log in": "/fr/accounts/login/",
    "sign up": "/fr/accounts/signup/",
    "password reset": "/fr/accounts/password/reset/",
}
ARABIC = re.compile(r"[\u0600-\u06ff]")
LIMIT = 150_000  # bytes on the wire: the home page, cold


def switch_language(page: Page, language: str) -> None:
    page.get_by_role("banner").locator(f"a[hreflang={language}]").first.click()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_every_page_reads_in_both_languages(page: Page, path):
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("h1")).to_have_count(1)
    switch_language(page, "ar")
    page.wait_for_url("**/ar/**")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert ARABIC.search(page.locator("h1").inner_text())
    assert ARABIC.search(page.title())
    switch_language(page, "fr")
    page.wait_for_url(f"**{path}")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_no_page_is_wider_than_a_small_phone(page: Page, path):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    expect_to_fit(page)
    switch_language(page, "ar")
    page.wait_for_url("**/ar/**")
    expect_to_fit(page)


def test_slugs_are_readable_in_both_languages(page: Page):
    page.goto(PAGES["report"])
    switch_language(page, "ar")
    page.wait_for_url("**/ar/**")
    assert re.fullmatch(
        r"/ar/([\u0621-\u064a-]+/){3}", unquote(page.url.partition("//")[2][15:])
    ), page.url


def test_report_tells_the_seminar(page: Page):
    page.goto(PAGES["report"])
    for text in ("Djanatu al-Arif", "MEDAFCO", "23", "15 mars 2016", "MARTY"):
        expect(page.locator("main")).to_contain_text(text)
    switch_language(page, "ar")
    for text in ("15 مارس 2016", "23"):
        expect(page.locator("main")).to_contain_text(text)


def test_address_of_the_portal_leads_to_the_visitors_language(browser: Browser, portal):
    for locale, language in (("fr-FR", "fr"), ("ar-DZ", "ar"), ("en-GB", "fr")):
        context = browser.new_context(locale=locale, base_url=portal)
        page = context.new_page()
        page.goto("/")
        assert page.url == f"{portal}/{language}/"
        context.close()


@pytest.mark.parametrize(("language", "query"), [("fr", "insertion"), ("ar", "الإدماج")])
def test_search_box_finds_pages(page: Page, language, query):
    page.goto(f"/{language}/")
    box = page.get_by_role("searchbox").first
    box.fill(query)
    box.press("Enter")
    page.wait_for_url(f"**/{language}/search/?q=*")
    results = page.locator("main").get_by_role("link")
    expect(results.first).to_be_visible()
    assert results.count() > 1
    expect(page.locator("main input[name=q]")).to_have_value(query)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_search_without_result_says_so(page: Page, language):
    page.goto(f"/{language}/search/?q=xylophone")
    expect(page.locator("main")).to_contain_text("xylophone")
    expect(page.locator("main article")).to_have_count(0)


@pytest.mark.expects_errors("404")
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_address_that_leads_nowhere_gets_a_page_of_its_language(page: Page, language, direction):
    response = page.goto(f"/{language}/nulle-part/")
    assert response.status == 404
    expect(page.locator("html")).to_have_attribute("dir", direction)
    expect(page.locator("h1")).to_be_visible()
    page.locator("main a").first.click()
    page.wait_for_url(f"**/{language}/")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_menu_opens_on_a_phone_without_javascript(browser: Browser, portal, language):
    context = browser.new_context(
        base_url=portal, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(f"/{language}/")
    link = page.locator("#menu nav a").first
    expect(link).not_to_be_visible()
    page.locator("header button[popovertarget]").first.click()
    link.click()
    page.wait_for_url(f"**/{language}/*/")
    context.close()


def test_keyboard_reaches_the_content_first(page: Page):
    page.goto("/fr/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_front_page_is_light(browser: Browser, portal, language):
    context = browser.new_context(base_url=portal)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"/{language}/")
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 10_000)
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 3
    assert sum(sizes) <= LIMIT
    context.close()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_print_leaves_the_navigation_out(page: Page, language):
    page.goto(PAGES["report"])
    if language == "ar":
        switch_language(page, "ar")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("banner").get_by_role("navigation").last).not_to_be_visible()
    expect(page.get_by_role("searchbox").first).not_to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", ["meeting", "practice", "recommendation"])
def test_page_is_passed_on_without_loading_a_network(page: Page, name, language):
    page.goto(PAGES[name])
    if language == "ar":
        switch_language(page, "ar")
        page.wait_for_url("**/ar/**")
    links = page.locator(".ess-share a")
    expect(links).to_have_count(4)
    addresses = links.evaluate_all("links => links.map(link => decodeURIComponent(link.href))")
    here = unquote(urlsplit(page.url).path)
    assert [address for address in addresses if here not in unquote(address)] == []
    groups = page.locator(".site-footer .networks a")
    expect(groups).to_have_count(2)
    expect(groups.first).to_be_visible()
