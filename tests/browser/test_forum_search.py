"""A reader searches the forum, discusses a page, and looks at what programs may ask."""

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PHONE = {"width": 320, "height": 640}
TEXT = "/fr/recommandations/un-financement-a-leur-mesure/"  # nobody has discussed it yet


@pytest.mark.parametrize(
    ("language", "words", "stem"),
    [("fr", "cooperative", "coop"), ("ar", "التعاونيات", "تعاوني")],
)
def test_reader_searches_with_a_filter_and_goes_to_a_hit(page: Page, language, words, stem):
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/search/")
    page.locator("main input[name=q]").fill(words)
    page.locator(".forum-search summary").click()
    page.locator("main select[name=language]").select_option(language)
    page.locator("main input[name=from]").fill("2020-01-01")
    expect_to_fit(page)
    page.locator(".forum-search button[type=submit]").click()
    hit = page.locator(".forum-hit").first
    expect(hit.locator(".forum-excerpt")).to_have_attribute("lang", language)
    expect(page.locator(".forum-hit mark").first).to_contain_text(stem, ignore_case=True)
    expect(page.locator("main input[name=q]")).to_have_value(words)
    expect(page.locator("main input[name=from]")).to_have_value("2020-01-01")
    expect(page.locator("main select[name=language]")).to_have_value(language)
    expect_to_fit(page)
    hit.locator("a").first.click()
    expect(page.locator(".forum-thread")).to_be_visible()


@pytest.mark.expects_errors("status of 422")
def test_wrong_day_is_explained_and_the_words_stay(page: Page):
    page.goto("/ar/forum/search/?q=test&from=hier")
    expect(page.locator(".forum-field-wrong [name=from]")).to_be_visible()
    expect(page.locator("main input[name=q]")).to_have_value("test")


def test_discussion_begun_in_french_is_seen_from_the_arabic_page(page: Page, log_in):
    page.set_viewport_size(PHONE)
    log_in("member")
    page.goto(TEXT)
    arabic = page.locator("header a[hreflang=ar]").get_attribute("href") or ""
    expect_to_fit(page)
    page.locator(".forum-discuss").click()
    title = page.locator("[name=title]").input_value()
    assert title
    expect_to_fit(page)
    page.locator("[name=source]").fill("Ce texte mérite d’être discuté. هذا النص جدير بالنقاش.")
    page.locator(".forum-buttons button[name=send]").click()
    expect(page.locator(".forum-thread h1")).to_have_text(title)
    expect(page.locator(".forum-about a")).to_be_visible()

    page.goto(arabic)
    expect(page.locator(".forum-discuss")).to_be_visible()
    page.locator(".forum-discuss").click()
    expect(page.locator(".forum-thread h1")).to_have_text(title)
    assert "/ar/forum/" in page.url
    page.locator(".forum-about a").click()
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_member_makes_a_token_and_a_program_uses_it(page: Page, log_in):
    page.set_viewport_size(PHONE)
    log_in("member", "ar")
    page.goto("/ar/forum/tokens/")
    page.locator("main [name=name]").fill("برنامج")
    page.locator("main [name=scope]").first.check()
    expect_to_fit(page)
    page.locator("main .forum-form button").click()
    secret = page.locator("#secret").input_value()
    expect_to_fit(page)
    page.context.clear_cookies()
    answer = page.request.get("/api/forum/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["token"] == {"name": "برنامج", "scope": "read"}
    assert page.request.get("/api/forum/me").status == 401


def test_description_of_the_api_stands_under_the_policy_of_the_site(page: Page):
    # The console would complain of any script, style or address that the policy refuses.
    page.goto("/api/forum/docs")
    expect(page.locator(".swagger-ui .opblock").first).to_be_visible()
    page.locator("#operations-default-list_categories .opblock-summary-control").click()
    expect(page.locator("#operations-default-list_categories .opblock-body")).to_be_visible()
