"""A member reads the forum: lists, long threads, by keyboard, and what comes in meanwhile."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from .screen import expect_to_fit

PHONE = {"width": 320, "height": 640}
LONG = "Présentons-nous"
both_languages = pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Bienvenue à celles et ceux qui arrivent."), ("ar", "أهلا بكل من انضم إلينا.")],
)


def open_long_thread(page: Page, language: str) -> str:
    """Open the longest thread of the demonstration at its first page, and return its address."""
    page.goto(f"/{language}/forum/latest/")
    row = page.locator(".forum-row-title a").filter(has_text=LONG).first
    path = urlsplit(row.get_attribute("href") or "").path
    page.goto(path)
    return path


@both_languages
def test_visitor_goes_from_the_lists_through_a_long_thread(page: Page, language, words):
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/")
    expect_to_fit(page)
    expect(page.locator(".forum-category").nth(1)).to_be_visible()
    page.locator(".forum-tabs a[href$='/latest/']").click()
    expect(page.locator(".forum-tabs [aria-current]")).to_have_attribute(
        "href", f"/{language}/forum/latest/"
    )
    expect_to_fit(page)
    page.locator(".forum-filter select").select_option("ar")
    page.locator(".forum-filter button").click()
    expect(page.locator(".forum-row-title a:not([lang=ar])")).to_have_count(0)
    expect(page.locator(".forum-row").first).to_be_visible()

    open_long_thread(page, language)
    expect_to_fit(page)
    expect(page.locator(".forum-post")).to_have_count(20)
    page.locator(".forum-pager [rel=next]").first.click()
    expect(page).to_have_url(re.compile(r"\?page=2$"))
    expect(page.locator(".forum-permalink").first).to_contain_text("#21")
    page.locator(".forum-pager input[name=page]").first.fill("3")
    page.locator(".forum-pager button").first.click()
    expect(page).to_have_url(re.compile(r"\?page=3$"))
    link = page.locator(".forum-permalink").last
    place = link.get_attribute("href") or ""
    page.goto(place)
    expect(page).to_have_url(re.compile(r"\?page=3#post-\d+$"))


@both_languages
def test_member_finds_the_first_unread_post_and_reads_by_keyboard(
    page: Page, log_in, language, words
):
    log_in("member", language)
    open_long_thread(page, language)
    new = page.locator(".forum-unread a")
    if new.count():  # the first language that is walked reads them, the second has none left
        new.click()
        expect(page).to_have_url(re.compile(r"#unread$"))
        expect(page.locator("#unread, .forum-post").first).to_be_visible()
    open_long_thread(page, language)

    def number() -> int:
        here = page.locator(".forum-post:focus .forum-permalink").inner_text()
        return int(here.rsplit("#", 1)[1])

    page.keyboard.press("j")
    first = number()
    page.keyboard.press("j")
    assert number() == first + 1
    page.keyboard.press("k")
    assert number() == first
    # The same key on an Arabic keyboard.
    page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ت', code: 'KeyJ', bubbles: true}))"
    )
    assert number() == first + 1

    help_dialog = page.locator("[data-shortcuts]")
    page.keyboard.press("?")
    expect(help_dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()

    page.keyboard.press("r")
    text = page.locator("textarea[name=source]")
    expect(text).to_be_focused()
    page.keyboard.press("j")
    expect(text).to_have_value("j")
    text.fill("")

    page.goto(f"/{language}/forum/latest/")
    page.keyboard.press("j")
    expect(page.locator(".forum-row a:focus")).to_have_count(1)
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(rf"/{language}/forum/t/\d+/"))


@both_languages
def test_new_reply_is_announced_while_reading(
    page: Page, browser: Browser, browser_context_args, log_in, language, words
):
    # The moderator writes in one window, a visitor reads in another.
    log_in("moderator", language)
    path = open_long_thread(page, language)
    page.goto(f"{path}?page=3")

    context = browser.new_context(**browser_context_args)
    visitor = context.new_page()
    visitor.clock.install()
    visitor.goto(f"{path}?page=3")
    before = visitor.locator(".forum-post").count()
    expect(visitor.locator(".forum-news a")).to_have_count(0)

    page.locator(".forum-reply textarea[name=source]").fill(words)
    page.locator(".forum-reply button[name=send]:visible").click()
    expect(page.locator(".forum-text").filter(has_text=words).last).to_be_visible()

    visitor.clock.fast_forward(21_000)
    news = visitor.locator(".forum-news a")
    expect(news).to_contain_text("1")
    expect(visitor.locator(".forum-post")).to_have_count(before)
    news.click()
    expect(visitor.locator(".forum-text").filter(has_text=words).last).to_be_visible()
    context.close()
