"""Reports and resolutions: written, approved by those who were there, followed for years."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .test_meetings import OPEN, find_among_those_registered, go_to


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_visitor_sees_how_far_resolutions_are(page: Page, language):
    go_to(page, "/fr/resolutions/", language)
    everything = page.locator(".ess-resolution").count()
    page.locator(".ess-states a[href*=under_way]").click()
    under_way = page.locator(".ess-resolution")
    assert 0 < under_way.count() < everything
    expect(page.locator(".ess-resolution-under_way")).to_have_count(under_way.count())

    # Each leads to where it was resolved, and the report to a file for printers.
    page.locator(".ess-resolution h3 a").last.click()
    expect(page.locator(".ess-resolution:target")).to_be_visible()
    address = page.locator("aside a[type='application/pdf']").get_attribute("href")
    pdf = page.request.get(address)
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF")

    go_to(page, OPEN, language)
    expect(
        page.locator("section[aria-labelledby=carried-over] .ess-resolution").first
    ).to_be_visible()


def test_report_is_written_sent_for_approval_and_published(page: Page, log_in, read_mail):
    log_in("editor")
    row = find_among_those_registered(page, "Samira")
    row.locator("button[value=came]").click()
    expect(row.locator("button[value=undo]")).to_be_visible()
    meeting = re.search(r"/meetings/(\d+)/", page.url)[1]

    page.goto(f"/admin/pages/{meeting}/edit/")
    page.goto(f"/admin/ess/meetings/{meeting}/report/")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/admin/pages/*/edit/")
    expect(page.locator("[name=title]")).to_have_value(re.compile("Ghardaïa"))
    report = re.search(r"/pages/(\d+)/", page.url)[1]

    page.goto(f"/admin/ess/reports/{report}/approval/")
    closes_at = timezone.localtime() + timedelta(days=2)
    page.locator("[name=closes_at]").fill(closes_at.strftime("%Y-%m-%d %H:%M"))
    page.locator("main form [type=submit]").press("Enter")  # the calendar covers the button
    expect(page.locator("main table")).to_contain_text("Samira")

    # She reads the draft at an address of her own, and approves it.
    text = read_mail("samira.b@example.org", "Compte rendu à approuver")
    page.context.clear_cookies()
    page.goto(re.search(r"http://\S+", text)[0])
    expect(page.locator("h1")).to_contain_text("Ghardaïa")
    page.locator("input[name=answer][value=approves]").check()
    page.locator("#answer form [type=submit]").click()
    expect(page.locator("main [role=status]").first).to_be_visible()

    log_in("editor")
    page.goto(f"/admin/ess/reports/{report}/approval/")
    page.locator("main form[action$=approve\\/] [type=submit]").click()
    expect(page.locator(".messages")).to_contain_text("publié comme approuvé")
    page.goto(OPEN)
    page.locator("aside a.ess-button").first.click()
    expect(page.locator(".ess-approved")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_editor_records_how_far_a_resolution_is(page: Page, log_in, language):
    log_in("editor")
    page.goto("/admin/ess/resolutions/")
    page.locator("td.title a").first.click()
    note = {"fr": "Un pas de plus.", "ar": "خطوة أخرى."}
    page.locator("[name=state]").select_option("under_way")
    page.locator("[name=note_fr]").fill(f"{note['fr']} ({language})")
    page.locator("[name=note_ar]").fill(f"{note['ar']} ({language})")
    page.locator("main form [type=submit]").click()
    expect(page.locator("main table")).to_contain_text(note["ar"])
    go_to(page, "/fr/resolutions/", language)
    expect(page.locator("main")).to_contain_text(f"{note[language]} ({language})")
