"""A member amends a clause from a phone, and others weigh it; with scripts and without."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from .screen import expect_to_fit

PHONE = {"width": 320, "height": 640}
both_languages = pytest.mark.parametrize(
    ("language", "words", "reason"),
    [
        ("fr", "Dans les trente jours.", "Pour que chacun sache."),
        ("ar", "في أجل ثلاثين يوما.", "ليعلم الجميع."),
    ],
)


@pytest.fixture
def change_to(page: Page, log_in):
    """A function that logs another account in."""

    def change_to(name: str, language: str) -> None:
        page.context.clear_cookies()
        log_in(name, language)

    return change_to


def open_text(page: Page, language: str) -> None:
    """Open the page of a text that takes amendments."""
    page.goto("/fr/recommandations/reconnaitre-l-ess-dans-la-loi/")
    page.goto(page.locator(f"header a[hreflang={language}]").get_attribute("href") or "")
    expect(page.locator("#participation")).to_be_visible()


@pytest.mark.expects_errors("status of 422")  # what is missing is said so
@both_languages
def test_member_amends_a_clause_from_a_phone_and_another_supports_it(
    page: Page, change_to, language, words, reason
):
    page.set_viewport_size(PHONE)
    change_to("member", language)
    open_text(page, language)
    expect_to_fit(page)
    page.locator(".ess-clause-amend").first.click()
    text = page.locator("textarea[name=text]")
    before = text.input_value()
    expect_to_fit(page)

    # It is kept while it is written, and can be read again from there.
    text.fill(f"{before} {words}")
    expect(page).to_have_url(re.compile(f"/{language}/amendments/\\d+/edit/$"), timeout=15_000)
    expect(page.locator("[data-draft-status]")).not_to_be_empty()
    page.reload()
    expect(text).to_have_value(f"{before} {words}")

    # Without a reason it is not proposed; nothing that was typed is lost.
    page.locator("button[name=propose]").click()
    expect(page.locator(".ess-field-wrong [name=reason]")).to_be_visible()
    expect(text).to_have_value(f"{before} {words}")
    page.locator("[name=reason]").fill(reason)
    page.locator("button[name=preview]").click()
    expect(page.locator(".ess-difference ins")).to_contain_text(words)
    page.locator("button[name=propose]").click()
    expect(page).to_have_url(re.compile(f"/{language}/amendments/\\d+/$"))
    expect_to_fit(page)
    amendment = page.url
    assert page.locator(".ess-difference").get_attribute("dir") == (
        "rtl" if language == "ar" else "ltr"
    )

    change_to("moderator", language)
    page.goto(amendment)
    page.locator("button[value=support]").click()
    expect(page.locator("button[value=take_back]")).to_be_visible()
    page.locator(".ess-oppose summary").click()
    page.locator(".ess-oppose [name=reason]").fill(reason)
    page.locator("button[value=oppose]").click()
    expect(page.locator(".ess-reasons")).to_contain_text(reason)
    page.locator("#say [name=text]").fill(words)
    page.locator("#say button").click()
    expect(page.locator(".ess-comments")).to_contain_text(words)
    expect_to_fit(page)

    change_to("member", language)
    page.goto(amendment)
    page.locator("form[action$='/withdraw/'] button").click()
    expect(page.locator(".ess-amendment-withdrawn").first).to_be_visible()


@both_languages
def test_clause_is_amended_without_scripts(
    browser: Browser, browser_context_args, page, log_in, language, words, reason
):
    log_in("member", language)
    context = browser.new_context(
        **browser_context_args,
        java_script_enabled=False,
        viewport=PHONE,
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    open_text(plain, language)
    plain.locator(".ess-clause-amend").nth(1).click()
    text = plain.locator("textarea[name=text]")
    text.fill(f"{text.input_value()} {words}")
    plain.locator("button[name=save]").click()
    expect(plain).to_have_url(re.compile(f"/{language}/amendments/\\d+/edit/$"))
    plain.locator("[name=reason]").fill(reason)
    plain.locator("button[name=propose]").click()
    expect(plain).to_have_url(re.compile(f"/{language}/amendments/\\d+/$"))
    plain.locator(".ess-page-header a").click()
    expect(plain.locator(".ess-side-by-side ins").filter(has_text=words)).to_be_visible()
    context.close()
