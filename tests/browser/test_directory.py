"""A visitor searches a directory, narrows it, shares it, reads it as a map and takes it away."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

DIRECTORIES = {"fr": "/fr/acteurs/", "ar": "/ar/الفاعلون/"}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=DIRECTORIES)
def directory(request, page: Page) -> str:
    """The address of the directory of actors in a language, open in the browser."""
    page.goto(DIRECTORIES[request.param])
    return request.param


def cards(page: Page):
    return page.locator(".ess-directory .ess-card")


def box(page: Page, value: str):
    """The box of a value, its facet having been opened."""
    box = page.locator(f"input[value={value}]")
    if not box.is_visible():
        page.locator(".ess-facet", has=box).locator("summary").click()
    return box


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_list_is_narrowed_on_a_phone_without_javascript(page: Page, directory):
    page.set_viewport_size(PHONE)
    everything = page.locator(".ess-directory-count").inner_text()
    page.locator(".ess-facets > summary").click()
    box(page, "civil-society").check()
    box(page, "alger").check()
    page.locator(".ess-facets > button").click()
    page.wait_for_url(re.compile(r"wilaya=alger.*sphere=civil-society"))
    promised = page.locator(".ess-facet label:has(:checked) small").first.text_content()
    expect(cards(page)).to_have_count(int(promised))

    page.locator(".ess-chips a", has=page.locator("bdi")).first.click()
    expect(page.locator(".ess-chips a bdi")).to_have_count(1)
    page.locator(".ess-chips-all").click()
    expect(page.locator(".ess-directory-count")).to_have_text(everything)


@pytest.mark.parametrize(("language", "words"), [("fr", "cooperatives"), ("ar", "تعاونيات")])
def test_search_meets_the_other_language_at_the_same_place(page: Page, language, words):
    page.goto(DIRECTORIES[language])
    page.locator("#directory-words").fill(words)
    page.keyboard.press("Enter")
    expect(cards(page).first).to_be_visible()
    found = cards(page).count()
    other = "ar" if language == "fr" else "fr"
    page.get_by_role("banner").locator(f"a[hreflang={other}]").first.click()
    page.wait_for_url(f"**/{other}/**")
    expect(page.locator("#directory-words")).to_have_value(words)
    expect(cards(page)).to_have_count(found)


def test_map_leads_by_the_keyboard_to_the_list_of_a_wilaya(page: Page, directory):
    page.locator(".ess-views a:not([aria-current])").click()
    expect(page.locator(".ess-map")).to_be_visible()
    wilaya = page.locator(".ess-map a[href*='wilaya=oran']:not([tabindex])")
    wilaya.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?wilaya=oran")
    expect(cards(page)).not_to_have_count(0)

    page.goto(f"{DIRECTORIES[directory]}?view=map")
    page.locator(".ess-countries a").first.click()
    page.wait_for_url("**?country=*")
    expect(page.locator(".ess-directory-country h2")).to_have_count(1)


def test_list_is_taken_away_as_a_file(page: Page, directory):
    page.goto(f"{DIRECTORIES[directory]}?sphere=civil-society")
    shown = cards(page).count()
    with page.expect_download() as download:
        page.locator(".ess-downloads a", has_text="CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == shown + 1
    stem = {"fr": "acteurs", "ar": "الفاعلون"}[directory]
    assert re.fullmatch(rf"{stem}-\d{{4}}-\d\d-\d\d\.csv", download.value.suggested_filename)


def test_actor_leads_to_those_that_are_alike(page: Page, directory):
    cards(page).nth(3).locator("h3 a").click()
    page.locator(".ess-facts .ess-tags a").first.click()
    page.wait_for_url(re.compile(r"\?(sector|topic|target_group)="))
    expect(cards(page).first).to_be_visible()
    expect(page.locator(".ess-chips a bdi")).to_have_count(1)
