"""Meetings: a member registers, organisers see who comes, a journalist is accredited."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .screen import choose_in_userbar, expect_to_fit

PHONE = {"width": 390, "height": 844}
OPEN = "/fr/rencontres/rencontre-trimestrielle-ghardaia/"
FULL = "/fr/rencontres/rencontre-trimestrielle-tlemcen/"
PRESS = "/fr/espace-presse/"


def go_to(page: Page, address: str, language: str) -> None:
    """Open a page, in French or in Arabic by the switch of languages."""
    page.goto(address)
    if language == "ar":
        page.goto(page.locator("head link[hreflang=ar]").get_attribute("href"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


def register(page: Page, address: str, language: str = "fr") -> None:
    go_to(page, address, language)
    page.locator(".ess-desk .ess-button").click()
    page.locator("main form [type=submit]").click()
    page.wait_for_url(f"**/{language}/registrations/*/")


def edit(page: Page, address: str) -> None:
    """Open the form of a page by the bar that editors see on it."""
    page.goto(address)
    choose_in_userbar(page, "Modifier cette page")


def publish(page: Page) -> None:
    """Publish what is in the form."""
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("publiée")


def become(page: Page, log_in, name: str) -> None:
    page.context.clear_cookies()
    log_in(name)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_member_registers_sees_the_ticket_and_cancels_on_a_phone(page: Page, log_in, language):
    page.set_viewport_size(PHONE)
    log_in("member", language)
    go_to(page, OPEN, language)
    meeting = page.url
    page.locator(".ess-desk .ess-button").click()

    # The form knows who it is.
    expect(page.locator("[name=organisation]")).not_to_have_value("")
    expect_to_fit(page)
    page.locator("[name=is_listed]").check()
    name = page.locator("[name=name]").input_value()
    page.locator("main form [type=submit]").click()

    page.wait_for_url(f"**/{language}/registrations/*/")
    ticket = page.url
    expect(page.locator(".ess-ticket svg")).to_be_visible()
    expect_to_fit(page)
    page.goto(meeting)
    expect(page.locator(".ess-desk .ess-button")).to_have_attribute(
        "href", re.compile(r"/registrations/")
    )
    expect(page.locator("section[aria-labelledby=people]")).to_contain_text(name)

    # Cancels from the ticket, as from the mail: without being logged in.
    page.context.clear_cookies()
    page.goto(ticket)
    page.locator("#cancel button").click()
    expect(page.locator(".ess-ticket svg")).to_have_count(0)
    page.goto(meeting)
    expect(page.locator("section[aria-labelledby=people]")).not_to_contain_text(name)


def test_member_waits_and_moves_up_when_there_is_more_room(page: Page, log_in):
    log_in("member")
    register(page, FULL)
    ticket = page.url
    expect(page.locator(".ess-ticket")).to_contain_text("3")
    expect(page.locator(".ess-ticket svg")).to_have_count(0)

    become(page, log_in, "editor")
    edit(page, FULL)
    page.locator("input[name=capacity]").fill("9")
    publish(page)

    page.goto(ticket)
    expect(page.locator(".ess-ticket svg")).to_be_visible()


def test_editor_cancels_a_meeting_and_has_it_take_place_after_all(page: Page, log_in, read_mail):
    log_in("editor")
    edit(page, FULL)
    page.locator("[name=is_cancelled]").check()
    publish(page)
    assert "rencontre-trimestrielle-tlemcen" in read_mail("houria.s@example.org", "Tlemcen")
    for language in ("fr", "ar"):
        go_to(page, FULL, language)
        expect(page.locator(".ess-desk")).to_have_count(0)
        page.locator(".ess-breadcrumbs a").last.click()
        expect(page.locator(".ess-card .ess-badge-off")).to_have_count(1)

    edit(page, FULL)
    page.locator("[name=is_cancelled]").uncheck()
    publish(page)
    page.goto(FULL)
    expect(page.locator(".ess-desk")).to_be_visible()


def find_among_those_registered(page: Page, name: str) -> Locator:
    """Search the list of a meeting by name, and return the row found."""
    page.goto("/admin/ess/meetings/")
    page.locator("td.title a").filter(has_text="Ghardaïa").click()
    page.locator("#id_q").fill(name)
    page.locator("#id_q").blur()
    page.wait_for_load_state("networkidle")
    rows = page.locator("table.listing tbody tr")
    expect(rows).to_have_count(1)
    return rows


def test_organiser_marks_who_comes_at_the_door_and_in_the_list(page: Page, log_in):
    page.set_viewport_size(PHONE)
    log_in("editor")
    row = find_among_those_registered(page, "Samira")
    row.locator(".actions button").click()
    page.locator(".w-dropdown__content a[href*='/fr/registrations/']").click()
    ticket = page.url

    # The telephone reads the code: it leads here.
    page.goto(f"{ticket}attend/")
    expect(page.locator("h1")).to_contain_text("Samira")
    expect_to_fit(page)
    page.locator("button[value=came]").click()
    expect(page.locator(".ess-came")).to_be_visible()
    page.locator("button[value=undo]").click()
    expect(page.locator("button[value=came]")).to_be_visible()

    # Or by name, in the list, for those without a telephone; the search stays.
    row = find_among_those_registered(page, "Samira")
    row.locator("button[value=came]").click()
    row.locator("button[value=undo]").click()
    expect(row.locator("button[value=came]")).to_be_visible()
    expect(row).to_have_count(1)


@pytest.mark.parametrize(("language", "email"), [("fr", "a@example.org"), ("ar", "b@example.org")])
def test_journalist_asks_and_an_editor_grants(page: Page, log_in, language, email):
    go_to(page, PRESS, language)
    page.locator("section[aria-labelledby=meetings] .ess-button").first.click()
    page.wait_for_url(f"**/{language}/meetings/*/accreditation/")
    page.locator("[name=name]").fill("Nadia")
    page.locator("[name=media]").fill("Radio Exemple")
    page.locator("[name=email]").fill(email)
    expect(page.locator("[name=website]")).not_to_be_visible()
    page.locator("main form [type=submit]").click()
    expect(page.locator("main [role=status]")).to_be_visible()

    log_in("editor")
    page.goto("/admin/ess/meetings/")
    page.locator("td.title a").filter(has_text="Ghardaïa").click()
    page.goto(re.sub(r"registrations/.*", "accreditations/", page.url))
    page.locator("td.title a").filter(has_text="Nadia").first.click()
    expect(page.locator("main")).to_contain_text(email)
    page.locator("input[value=granted]").check()
    page.locator("main form [type=submit]").click()
    row = page.locator("tbody tr").filter(has_text="Nadia").first
    expect(row).to_contain_text("Accordée", ignore_case=True)
