"""Somebody says who they are, to whom they like, and is found."""

import re

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PHONE = {"width": 360, "height": 740}
# What is typed, the name in the other script by which a reader looks, and the member that is found.
WORDS = {
    "fr": {"offers": "Une presse à huile prêtée l’hiver", "seeks": "Un local à Bab El Oued"},
    "ar": {"offers": "معصرة زيت نعيرها شتاء", "seeks": "محل في باب الواد"},
}
OTHER_SCRIPT = {"fr": ("كمال", "Kamel H."), "ar": ("Nadia", "نادية ت.")}
HANDLE = "membre-demo"

both_languages = pytest.mark.parametrize("language", WORDS)


def field(page: Page, name: str):
    return page.locator(f"[name='{name}']")


@both_languages
@pytest.mark.expects_errors("422")
def test_profile_is_written_for_some_and_not_for_others(page: Page, log_in, language):
    words = WORDS[language]
    log_in("member", language)
    page.locator(f"a[href='/{language}/forum/profile/']").first.click()
    field(page, "offers").fill(words["offers"])
    field(page, "audience-offers").select_option("everyone")
    field(page, "seeks").fill(words["seeks"])
    field(page, "audience-seeks").select_option("members")
    field(page, "about").fill("…")
    field(page, "audience-about").select_option("nobody")
    field(page, "website").fill("ftp://example.org/")
    page.locator(".forum-form-page form [type=submit]").click()
    expect(page.locator(".forum-field-wrong").first).to_be_visible()
    expect(field(page, "offers")).to_have_value(words["offers"])
    field(page, "website").fill("https://example.org/moi")
    field(page, "audience-website").select_option("nobody")
    page.locator(".forum-form-page form [type=submit]").click()
    page.wait_for_url(f"**/{language}/forum/m/**")
    expect(page.locator(".forum-facts")).to_contain_text(words["seeks"])
    expect(page.locator(".forum-facts")).to_contain_text("example.org/moi")

    page.context.clear_cookies()
    page.goto(f"/{language}/forum/m/{HANDLE}/")
    expect(page.locator(".forum-facts")).to_contain_text(words["offers"])
    expect(page.locator(".forum-facts")).not_to_contain_text(words["seeks"])

    log_in("moderator", language)
    page.goto(f"/{language}/forum/m/{HANDLE}/")
    expect(page.locator(".forum-facts")).to_contain_text(words["offers"])
    expect(page.locator(".forum-facts")).to_contain_text(words["seeks"])
    expect(page.locator(".forum-facts")).not_to_contain_text("example.org/moi")


# What is typed of the member's organisation, in the other script, and how it is called.
OASIS = {"fr": ("تعاونية الواحات", "Oasis"), "ar": ("COOPERATIVE oasis", "الواحات")}


@both_languages
def test_organisation_is_found_while_its_name_is_typed(page: Page, log_in, language):
    page.set_viewport_size(PHONE)
    log_in("member", language)
    page.goto(f"/{language}/forum/profile/")
    words, name = OASIS[language]
    text = field(page, "participant-organisation")
    text.fill("")
    text.press_sequentially(words)
    found = page.locator("[data-actors-found] label").filter(has_text=name)
    expect(found).to_have_count(1)
    expect_to_fit(page)
    found.locator("input").check()
    expect(text).to_have_value(re.compile(name))
    page.locator(".forum-form-page form [type=submit]").click()
    page.wait_for_url(f"**/{language}/forum/m/**")
    expect(page.locator(".forum-facts")).to_contain_text(name)


@both_languages
@pytest.mark.browser_context_args(java_script_enabled=False)
@pytest.mark.expects_errors("422")
def test_server_asks_which_organisation_is_meant(page: Page, log_in, language):
    log_in("member", language)
    page.goto(f"/{language}/forum/profile/")
    _words, name = OASIS[language]
    field(page, "participant-organisation").fill(name)
    page.locator(".forum-form-page form [type=submit]").click()
    expect(field(page, "participant-organisation")).to_have_value(name)
    page.locator("[data-actors-found] label").filter(has_text=name).locator("input").check()
    page.locator(".forum-form-page form [type=submit]").click()
    page.wait_for_url(f"**/{language}/forum/m/**")
    expect(page.locator(".forum-facts")).to_contain_text(name)


@both_languages
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_somebody_is_found_by_the_other_script_and_by_a_facet(page: Page, log_in, language):
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/members/")
    page.wait_for_url("**/login/**")
    log_in("member", language)
    page.goto(f"/{language}/forum/members/")
    words, name = OTHER_SCRIPT[language]
    page.locator("#people-words").fill(words)
    page.locator(".forum-search-words [type=submit]").click()
    page.wait_for_url("**?q=**")
    expect(page.locator(".forum-person")).to_have_count(1)
    expect(page.locator(".forum-person")).to_contain_text(name)
    more = page.locator(".forum-person-more")
    expect(more.locator("dl")).to_be_hidden()
    more.locator("summary").click()
    expect(more.locator("dl")).to_be_visible()
    expect_to_fit(page)

    page.goto(f"/{language}/forum/members/")
    page.locator(".forum-people-filters > summary").click()
    facet = page.locator("[data-facet=wilaya]")
    box = facet.locator("input[value=bejaia]")
    if not box.is_visible():
        facet.locator("summary").click()
    # Those who hide their wilaya are in none.
    expect(facet.locator("input[value=blida]")).to_have_count(0)
    box.check()
    page.locator(".forum-people-filters > [type=submit]").click()
    page.wait_for_url(re.compile(r"wilaya=bejaia"))
    promised = facet.locator("label:has(:checked) small").text_content()
    expect(page.locator(".forum-person")).to_have_count(int(promised or 0))
    expect_to_fit(page)
