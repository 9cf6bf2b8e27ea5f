"""Moderators keep threads in order; members write in private, read what they are told, block."""

import re

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PHONE = {"width": 360, "height": 740}
CATEGORY = {"fr": "Questions et entraide", "ar": "أسئلة وتعاون"}


def start_thread(page: Page, language: str, title: str, words: str) -> str:
    """Start a thread, and return its address."""
    page.goto(f"/{language}/forum/")
    page.locator("main").get_by_role("link", name=CATEGORY[language], exact=True).first.click()
    page.locator("a[href$='/start/']").first.click()
    page.locator("[name=title]").fill(title)
    page.locator("textarea[name=source]").fill(words)
    send(page)
    return page.url.split("#")[0].split("?")[0]


def reply(page: Page, address: str, words: str) -> None:
    page.goto(address)
    page.locator("textarea[name=source]").fill(words)
    send(page)
    expect(page.locator(".forum-text").filter(has_text=words)).to_be_visible()


def send(page: Page) -> None:
    page.locator("form.forum-composer button[name=send]:visible").click()
    page.wait_for_url(re.compile(r"/t/\d+/"))


def number_of(address: str) -> str:
    return re.search(r"/t/(\d+)/", address)[1]


both_languages = pytest.mark.parametrize(
    ("language", "titles", "words", "moved"),
    [
        (
            "fr",
            ("Où stocker les dattes ?", "Entreposer les dattes", "Le transport des dattes"),
            ("Qui connaît un entrepôt ?", "Un hangar à Biskra suffit."),
            "Et pour le transport, qui partage un camion ?",
        ),
        (
            "ar",
            ("أين نخزن التمور؟", "تخزين التمور", "نقل التمور"),
            ("من يعرف مستودعا؟", "يكفي مستودع في بسكرة."),
            "وماذا عن النقل، من يشارك في شاحنة؟",
        ),
    ],
)


@both_languages
def test_moderator_splits_and_merges_and_links_lead_on(
    page: Page, change_to, language, titles, words, moved
):
    change_to("member", language)
    one = start_thread(page, language, titles[0], words[0])
    reply(page, one, words[1])
    reply(page, one, moved)
    link = page.locator(".forum-post").filter(has_text=moved).locator(".forum-permalink")
    permanent = link.get_attribute("href")
    two = start_thread(page, language, titles[1], words[0] + " " + words[1])

    # What is about something else goes into a thread of its own.
    change_to("moderator", language)
    page.set_viewport_size(PHONE)
    page.goto(one)
    page.locator(".forum-thread-moderation summary").click()
    expect_to_fit(page)
    page.locator(f"a[href$='/threads/{number_of(one)}/split/']").click()
    expect_to_fit(page)
    page.locator("li").filter(has_text=moved).get_by_role("checkbox").check()
    page.locator("[name=title]").fill(titles[2])
    page.locator(".forum-form button[type=submit]:not([name])").click()
    expect(page.locator("h1")).to_have_text(titles[2])
    expect(page.locator(".forum-text").filter(has_text=moved)).to_be_visible()
    page.goto(one)
    expect(page.locator(".forum-text").filter(has_text=moved)).to_have_count(0)

    # The two threads about the same become one; the address of the second leads to the first.
    page.goto(two)
    page.locator(".forum-thread-moderation summary").click()
    page.locator(f"a[href$='/threads/{number_of(two)}/merge/']").click()
    expect_to_fit(page)
    page.locator("[name=target]").fill(one)
    page.locator(".forum-form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(titles[0])
    page.goto(two)
    expect(page).to_have_url(re.compile(f"/t/{number_of(one)}/"))

    # A permanent link leads to wherever its post is now.
    page.goto(permanent)
    expect(page.locator("h1")).to_have_text(titles[2])

    # The thread is closed from the list.
    page.goto(f"/{language}/forum/latest/")
    row = page.locator(".forum-row").filter(has_text=titles[2])
    row.locator("input[name=thread]").check()
    page.locator("#bulk [name=act]").select_option("close")
    page.locator("#bulk button[type=submit]").click()
    expect(page).to_have_url(re.compile("/latest/$"))
    expect_to_fit(page)
    change_to("member", language)
    page.goto(permanent)
    expect(page.locator("form.forum-composer")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("fr", "Une question en privé", "Pouvez-vous relire نص التوصية ?"),
        ("ar", "سؤال خاص", "هل يمكنكم مراجعة la recommandation؟"),
    ],
)
def test_member_writes_in_private_and_is_blocked(page: Page, change_to, language, title, words):
    page.set_viewport_size(PHONE)
    change_to("member", language)
    page.goto(f"/{language}/forum/m/moderatrice/")
    expect_to_fit(page)
    page.locator("a[href*='messages/start/']").click()
    expect(page.locator("[name=members]")).to_have_value("moderatrice")
    page.locator("[name=title]").fill(title)
    page.locator("textarea[name=source]").fill(words)
    expect_to_fit(page)
    send(page)
    expect(page.locator(".forum-conversation-tools")).to_be_visible()
    expect_to_fit(page)

    # Who is written to is told, reads it, and has then nothing more to read of it.
    change_to("moderator", language)
    told = page.locator(".forum-notification-unread").filter(has_text=title)
    for _attempt in range(60):  # the worker of the portal tells them
        page.goto(f"/{language}/forum/notifications/")
        if told.count():
            break
        page.wait_for_timeout(500)
    expect(told).to_be_visible()
    expect_to_fit(page)
    told.get_by_role("link").click()
    expect(page.locator(".forum-text").filter(has_text=words)).to_be_visible()
    page.goto(f"/{language}/forum/notifications/")
    expect(page.locator(".forum-notification").filter(has_text=title)).to_be_visible()
    expect(told).to_have_count(0)

    # From then on, no more of it.
    page.goto(f"/{language}/forum/m/membre-demo/")
    page.locator("button[value=block]").click()
    expect(page.locator("button[value=unblock]")).to_be_visible()
    page.goto(f"/{language}/forum/messages/")
    expect_to_fit(page)
    page.locator(".forum-row-title a").filter(has_text=title).click()
    expect(page.locator(".forum-blocked").first).to_be_visible()
    page.goto(f"/{language}/forum/blocks/")
    expect_to_fit(page)
    page.locator(".forum-people button[value=unblock]").click()
    expect(page.locator(".forum-people")).to_have_count(0)
