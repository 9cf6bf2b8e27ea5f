"""A rapporteur's desk on a phone: an amendment decided, a clause written, its history read."""

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit
from .test_meetings import PHONE, go_to

TEXT = "/fr/recommandations/reconnaitre-l-ess-dans-la-loi/"
REASON = "Juste et clair · صحيح وواضح"


# A form that lacks something is answered with its status, which the console tells of.
@pytest.mark.expects_errors("422")
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_rapporteur_decides_writes_and_reads_the_history_on_a_phone(page: Page, log_in, language):
    page.set_viewport_size(PHONE)
    log_in("editor", language)
    go_to(page, TEXT, language)
    page.locator("main a[href$='/desk/']").first.click()
    page.wait_for_url("**/desk/")
    desk = page.url
    expect_to_fit(page)
    waiting = page.locator(".ess-desk-clause .ess-waiting a")
    number = waiting.count()
    clause = page.locator(".ess-desk-clause", has=page.locator(".ess-waiting")).first.get_attribute(
        "id"
    )
    waiting.first.click()

    # What it would change is shown; own words in both languages, with a reason, decide it.
    expect(page.locator(".ess-difference ins").first).to_be_visible()
    expect_to_fit(page)
    page.locator("[name=outcome][value=words]").check()
    page.locator("[name=text_fr]").fill(f"Les mots du rapporteur ({language}).")
    page.locator("[name=text_ar]").fill(f"كلمات المقرر ({language}).")
    page.locator("main form [type=submit]").last.click()
    expect(page.locator(".errorlist")).to_be_visible()
    expect(page.locator("[name=text_ar]")).to_have_value(f"كلمات المقرر ({language}).")
    page.locator("[name=reason]").fill(REASON)
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url("**/desk/#clause-*")
    expect(waiting).to_have_count(number - 1)
    row = page.locator(f"#{clause}")
    expect(row).to_contain_text(f"Les mots du rapporteur ({language}).")
    expect(row.locator(".ess-two-languages .ess-behind")).to_have_count(0)

    # One language is found to differ, and brought up to date while members amend.
    row.locator("a[href$='/differ/']").click()
    page.locator("[name=language][value=ar]").check()
    page.locator("[name=reason]").fill(REASON)
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/desk/#clause-*")
    expect(row.locator(".ess-two-languages .ess-behind")).to_have_count(1)
    row.locator("a[href$='/edit/']").click()
    expect_to_fit(page)
    page.locator("[name=text_ar]").fill(f"كلمات المقرر كاملة ({language}).")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/desk/#clause-*")
    expect(row.locator(".ess-two-languages .ess-behind")).to_have_count(0)

    # Its history, for everybody, and the difference from right to left.
    page.context.clear_cookies()
    page.goto(desk.replace("/desk/", "/compare/"))
    page.locator(f"#{clause} a[href$='/history/']").click()
    page.locator("[name=language]").select_option("ar")
    page.locator(".ess-versions-form button").click()
    difference = page.locator(".ess-difference")
    expect(difference).to_have_attribute("dir", "rtl")
    expect(difference.locator("ins")).to_contain_text("كاملة")
    expect(page.locator(".ess-versions > li").first).to_be_visible()
    expect_to_fit(page)
