"""The board of recommendations, in French and in Arabic, on a phone and by keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

BOARD = "/fr/recommandations/"


def open_board(page: Page, language: str) -> None:
    page.goto(BOARD)
    if language == "ar":
        page.get_by_role("banner").locator("a[hreflang=ar]").first.click()
        page.wait_for_url("**/ar/**")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_state_is_chosen_and_left_again_by_keyboard(page: Page, language):
    open_board(page, language)
    states = page.locator(".ess-board-states a")
    whole = int(states.first.locator("strong").inner_text())
    state = page.locator(".ess-board-states a[href='?status=open']")
    number = int(state.locator("strong").inner_text())
    assert 0 < number < whole
    state.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?status=open")
    expect(page.locator(".ess-board .ess-row")).to_have_count(number)
    expect(page.locator(".ess-board-states [aria-current]")).to_have_count(1)
    page.locator(".ess-chips a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ess-board .ess-row")).to_have_count(whole)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_facet_is_chosen_by_keyboard_and_stays_with_the_state(page: Page, language):
    open_board(page, language)
    box = page.locator("input[name=workshop]").first
    code = box.get_attribute("value")
    box.focus()
    page.keyboard.press("Space")
    page.locator(".ess-facets > button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**?workshop={code}")
    expect(page.locator(f"input[value='{code}']")).to_be_checked()
    page.locator(".ess-board-states a[href*='status=open']").click()
    page.wait_for_url(f"**?status=open&workshop={code}")
    expect(page.locator(".ess-chips li")).to_have_count(3)  # both, and the way to all


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_bars_begin_where_the_language_begins(page: Page, language):
    open_board(page, language)
    chart = page.locator(".ess-chart").first
    svg, rect = (chart.locator(f"li:nth-child(2) {name}") for name in ("svg", "rect"))
    whole, bar = svg.bounding_box(), rect.bounding_box()
    assert 0 < bar["width"] < whole["width"]
    starts = {
        "fr": (bar["x"], whole["x"]),
        "ar": (bar["x"] + bar["width"], whole["x"] + whole["width"]),
    }
    assert starts[language] == pytest.approx(starts[language][::-1], abs=1)
    summary = chart.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(chart.locator("tbody tr")).to_have_count(chart.locator(".ess-bars li").count())
    expect(chart.locator("table")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("query", ["", "?status=open", "?status=handed_over&status=draft"])
def test_board_fits_a_small_phone_and_needs_no_script(browser: Browser, portal, language, query):
    context = browser.new_context(
        base_url=portal, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    open_board(page, language)
    page.goto(page.url.partition("?")[0] + query)
    for summary in page.locator(".ess-chart summary").all():
        summary.click()
    width = page.locator("html").bounding_box()["width"]
    for part in page.locator("main section, main li, main article, main p").all():
        box = part.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= width + 1)
    context.close()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_front_page_leads_to_what_is_open(page: Page, language):
    page.goto(f"/{language}/")
    link = page.locator(".ess-openings a").first
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url(f"**/{language}/**")
    expect(page.locator(".ess-road [aria-current=step]")).to_have_count(1)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_timeline_reads_in_the_direction_of_its_language(page: Page, language):
    open_board(page, language)
    page.locator("#state-followed_up ~ ul h4 a").first.click()
    items = page.locator(".ess-timeline > li")
    assert items.count() > 5
    first = items.first
    line, heading = first.bounding_box(), first.locator("h3").bounding_box()
    after = heading["x"] - line["x"]
    before = line["x"] + line["width"] - heading["x"] - heading["width"]
    assert (after > before) == (language == "fr")
    page.locator(".ess-timeline a", has_text=re.compile(r"\d")).first.click()
    page.wait_for_url("**/compare/**")
