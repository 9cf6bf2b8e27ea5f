"""A member writes in the forum: with help and without scripts, in both languages."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from .screen import expect_to_fit

PHONE = {"width": 320, "height": 640}
both_languages = pytest.mark.parametrize(
    ("language", "title", "words", "more"),
    [
        ("fr", "Une épicerie de quartier", "Comment trouver un local ?", "Merci d’avance."),
        ("ar", "دكان تعاوني في الحي", "كيف نجد محلا مناسبا؟", "شكرا لكم مسبقا."),
    ],
)


CATEGORY = {"fr": "Questions et entraide", "ar": "أسئلة وتعاون"}


def start(page: Page, language: str) -> None:
    """Open the composer for a thread, from the page of a category."""
    page.goto(f"/{language}/forum/")
    page.locator("main").get_by_role("link", name=CATEGORY[language], exact=True).first.click()
    page.locator("a[href$='/start/']").first.click()


@both_languages
def test_member_writes_with_help(page: Page, log_in, language, title, words, more):
    page.set_viewport_size(PHONE)
    log_in("member", language)
    start(page, language)
    expect_to_fit(page)
    text = page.locator("textarea[name=source]")

    # Formatted by keyboard, looked at before it is sent.
    page.locator("[name=title]").fill(title)
    text.fill(words)
    text.select_text()
    text.press("Control+b")
    expect(text).to_have_value(f"**{words}**")
    page.locator("button[name=preview]").click()
    preview = page.locator("[data-composer-preview]")
    expect(preview.locator("strong")).to_have_text(words)
    direction = preview.locator("p").evaluate("one => getComputedStyle(one).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")

    # Kept while it is written, and there again.
    expect(page.locator("[data-composer-status]")).not_to_be_empty(timeout=15_000)
    page.reload()
    expect(page.locator(".forum-draft-notice")).to_be_visible()
    expect(text).to_have_value(f"**{words}**")
    expect(page.locator("[name=title]")).to_have_value(title)

    # A member is found by the beginning of a name, and chosen by keyboard.
    text.press("Control+End")
    text.press_sequentially(" @e")
    option = page.locator("#composer-mentions [role=option]").first
    expect(option).to_have_attribute("aria-selected", "true")
    handle = option.get_attribute("data-handle")
    expect_to_fit(page)
    text.press("Enter")
    expect(text).to_have_value(f"**{words}** @{handle} ")
    text.press("Control+Enter")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".forum-post .mention")).to_have_text(f"@{handle}")
    expect_to_fit(page)

    # Some words of the post are quoted into the form at the foot.
    page.locator(".forum-post strong").select_text()
    page.locator("[data-quote]").first.click()
    expect(text).to_have_value(re.compile(rf"^> \[@.+\]\(/{language}/forum/p/\d+/\)\n>\n> "))
    text.press("Control+End")
    text.press_sequentially(more)
    page.locator(".forum-buttons button[name=send]").click()
    reply = page.locator(".forum-post").last
    expect(reply.locator("blockquote")).to_contain_text(words)
    expect(reply.locator("> .forum-text > p")).to_have_text(more)
    expect(page.locator(".forum-quoted-by").first).to_be_visible()
    direction = reply.locator("blockquote").evaluate("one => getComputedStyle(one).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")

    # Edited, with its history.
    reply.locator("a[href$='/edit/']").click()
    expect_to_fit(page)
    text.press("Control+End")
    text.press_sequentially(" 👍")
    page.locator("[name=reason]").fill(more)
    page.locator(".forum-buttons button[name=send]").click()
    page.locator(".forum-post").last.locator("a[href$='/history/']").first.click()
    expect(page.locator(".forum-changes ins").first).to_contain_text("👍")
    expect(page.locator(".forum-versions > li").first).to_contain_text(more)
    expect_to_fit(page)
    page.go_back()

    # Deleted, and that undone.
    page.locator(".forum-post").last.locator("a[href$='/delete/']").click()
    page.locator("main .forum-button-danger").click()
    undo = page.locator(".forum-post").last.locator("form[action$='/restore/'] button")
    undo.click()
    expect(page.locator(".forum-post").last.locator("a[href$='/delete/']")).to_be_visible()


@both_languages
def test_member_writes_without_scripts(
    browser: Browser, browser_context_args, page, log_in, language, title, words, more
):
    log_in("member", language)
    context = browser.new_context(
        **browser_context_args,
        java_script_enabled=False,
        viewport=PHONE,
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    start(plain, language)
    plain.locator("[name=title]").fill(f"{title} 2")
    text = plain.locator("textarea[name=source]")
    text.fill(f"{words} 2")
    plain.locator("button[name=preview]").click()
    expect(plain.locator("[data-composer-preview] p")).to_have_text(f"{words} 2")
    plain.locator("button[name=keep]").click()
    expect(plain.locator(".forum-draft-notice")).to_be_visible()
    expect(text).to_have_value(f"{words} 2")
    plain.locator(".forum-buttons button[name=send]").click()
    expect(plain.locator("h1")).to_have_text(f"{title} 2")

    plain.locator(".forum-post").first.locator("[data-quote]").click()
    expect(text).to_have_value(re.compile(r"^> \[@"))
    text.fill(f"{text.input_value()}{more}")
    plain.locator(".forum-buttons button[name=send]").click()
    expect(plain.locator(".forum-post").last.locator("blockquote")).to_contain_text(words)
    expect_to_fit(plain)
    context.close()
