"""A moderator's day, in both languages: approve, decide, suspend, hear an appeal, read the log."""

import re

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PHONE = {"width": 360, "height": 740}
CATEGORY = {"fr": "Questions et entraide", "ar": "أسئلة وتعاون"}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_moderator_allows_an_address_again(page: Page, log_in, speak_in_the_admin, language):
    address = f"{language}.bounced@example.org"
    log_in("moderator", language)
    speak_in_the_admin(language)
    page.goto(f"/admin/forum/stopped-addresses/?q={address}")
    expect(page.locator("table.listing tbody")).to_contain_text("550 5.1.1 unknown")
    page.locator("table.listing tbody .title a").filter(has_text=address).click()
    expect(page.locator("main dl")).to_contain_text(address)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/stopped-addresses/")
    expect(page.locator("table.listing").filter(has_text=address)).to_have_count(0)


def item(page: Page, words: str):
    """Return what waits in the queue with these words."""
    return page.locator(".forum-item").filter(has_text=words)


@pytest.mark.parametrize(
    ("language", "watched", "title", "words", "reason", "plea"),
    [
        (
            "fr",
            "troc",
            "Une offre de trocs",
            "Je propose des trocs à prix cassé.",
            "C’est de la publicité.",
            "Je ne le savais pas.",
        ),
        (
            "ar",
            "مقايضة",
            "عرض للمقايضة",
            "أعرض المقايضة بأسعار مخفضة.",
            "هذا إشهار تجاري.",
            "لم أكن أعلم ذلك.",
        ),
    ],
)
def test_moderators_day(
    page: Page, change_to, speak_in_the_admin, language, watched, title, words, reason, plea
):
    # A word to look at, so that the post waits.
    change_to("moderator", language)
    speak_in_the_admin(language)
    page.goto("/admin/forum/watched-words/new/")
    page.locator("[name=words]").fill(watched)
    page.locator("[name=effect][value=approve]").check()
    page.locator("main form [type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/watched-words/$"))

    change_to("member", language)
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/")
    page.locator("main").get_by_role("link", name=CATEGORY[language], exact=True).first.click()
    page.locator("a[href$='/start/']").first.click()
    page.locator("[name=title]").fill(title)
    page.locator("textarea[name=source]").fill(words)
    page.locator("form.forum-composer button[name=send]:visible").click()
    page.wait_for_load_state()

    # It is approved in the queue.
    page.set_viewport_size({"width": 1280, "height": 900})
    change_to("moderator", language)
    page.goto("/admin/forum/queue/")
    expect(item(page, words)).to_have_count(1)
    item(page, words).locator("button[value^='show:']").click()
    expect(item(page, words)).to_have_count(0)

    # Another member reports it.
    change_to("editor", language)
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/latest/")
    page.locator("main").get_by_role("link", name=title).first.click()
    page.locator("a[href$='/flag/']").first.click()
    expect_to_fit(page)
    page.locator("[name=reason][value=spam]").check()
    page.locator("[name=note]").fill(reason)
    page.locator("form.forum-form button[type=submit]").click()
    expect(page.locator(".messages")).to_be_visible()

    # The moderator hides it, tells the author why, and suspends them.
    page.set_viewport_size({"width": 1280, "height": 900})
    change_to("moderator", language)
    page.goto("/admin/forum/queue/")
    expect(item(page, words)).to_contain_text(reason)
    item(page, words).locator("a[href*='/forum/queue/']").click()
    page.locator("[name=outcome][value=hide]").check()
    page.locator("[name=message]").fill(reason)
    page.locator("[name=kind]").select_option("suspension")
    page.locator("[name=days]").select_option("3")
    page.locator("textarea[name=reason]").fill(reason)
    page.locator("main form [type=submit]").last.click()
    expect(item(page, words)).to_have_count(0)

    # The member reads why, and appeals.
    change_to("member", language)
    page.set_viewport_size(PHONE)
    page.goto(f"/{language}/forum/")
    notice = page.locator(".forum-measure")
    expect(notice).to_contain_text(reason)
    expect_to_fit(page)
    notice.locator("a").click()
    expect_to_fit(page)
    page.locator("a[href*='/measures/'][href$='/appeal/']").first.click()
    page.locator("[name=text]").fill(plea)
    page.locator("form.forum-form button[type=submit]").click()
    expect(page.locator(".forum-decisions")).to_contain_text(plea)

    # The appeal is granted, which lifts the suspension.
    page.set_viewport_size({"width": 1280, "height": 900})
    change_to("moderator", language)
    page.goto("/admin/forum/appeals/")
    expect(item(page, plea).locator(".forum-hint")).to_be_visible()
    item(page, plea).locator(".forum-item-buttons a").click()
    page.locator("[name=verdict][value=granted]").check()
    page.locator("[name=answer]").fill(reason)
    page.locator("main form [type=submit]").last.click()
    expect(item(page, plea)).to_have_count(0)

    # All of it is in the log.
    page.goto("/admin/forum/log/")
    rows = page.locator("table.listing tbody tr")
    expect(rows.filter(has_text=reason).first).to_be_visible()
    assert rows.count() >= 5

    change_to("member", language)
    page.goto(f"/{language}/forum/measures/")
    expect(page.locator(".forum-measure")).to_have_count(0)
    expect(page.locator(".forum-decisions")).to_contain_text(reason)
