"""Members and visitors contribute to the directory; moderators decide; a representative edits."""

import re

import pytest
from playwright.sync_api import Page, expect

both_languages = pytest.mark.parametrize(
    ("language", "actors", "title"),
    [
        ("fr", "acteurs", "Coopérative des potières du Hodna"),
        ("ar", "الفاعلون", "تعاونية خزافات الحضنة"),
    ],
)


@pytest.fixture
def change_to(page: Page, log_in):
    """A function that logs another account in."""

    def change_to(name: str, language: str = "fr") -> None:
        page.context.clear_cookies()
        log_in(name, language)

    return change_to


def open_first_entry(page: Page, language: str, actors: str) -> str:
    """Open the first actor of the directory, and return its address."""
    page.goto(f"/{language}/{actors}/")
    page.locator("main h3 a").first.click()
    return page.url


@both_languages
def test_member_proposes_moderator_approves_member_sees(
    page: Page, change_to, language, actors, title
):
    page.goto(f"/{language}/propose/actor/")
    expect(page).to_have_url(re.compile(f"/{language}/accounts/login/"))
    change_to("member", language)
    page.goto(f"/{language}/propose/actor/")
    page.locator("[name=title]").fill(title)
    page.locator("[name=sphere]").select_option(index=1)
    page.locator("[name=note]").fill("Vues au marché · رأيتهن في السوق")
    page.locator("main button[type=submit]").last.click()
    expect(page).to_have_url(re.compile(f"/{language}/proposals/$"))
    row = page.locator(".ess-proposals > li").filter(has_text=title)
    expect(row.locator(".ess-proposal-waiting")).to_be_visible()

    change_to("moderator", language)
    page.goto("/admin/ess/proposals/?state=waiting")
    page.get_by_role("link", name=title).click()
    expect(page.locator("form#w-editor-form, form#page-edit-form").first).to_contain_text("السوق")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("[data-workflow-action-name=approve]").first.click()
    page.wait_for_load_state()

    change_to("member", language)
    page.goto(f"/{language}/proposals/")
    expect(row.locator(".ess-proposal-accepted")).to_be_visible()
    row.get_by_role("link", name=title).click()
    expect(page.locator("h1")).to_have_text(title)


@both_languages
def test_visitor_reports_an_entry_and_a_moderator_answers(
    page: Page, change_to, language, actors, title
):
    entry = open_first_entry(page, language, actors)
    page.locator("main a[href$='/report/']").click()
    page.locator("[name=reason][value=wrong]").check()
    page.locator("main button[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.locator("[name=detail]").fill(f"Le téléphone · الهاتف ({language})")
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(entry)
    expect(page.locator(".messages")).to_be_visible()

    change_to("moderator", language)
    page.goto("/admin/ess/entry-reports/?state=waiting")
    row = page.locator("tr").filter(has_text=f"الهاتف ({language})")
    row.get_by_role("link").first.click()
    page.locator("[name=state][value=done]").check()
    page.locator("main button[type=submit]").click()
    page.goto("/admin/ess/entry-reports/?state=waiting")
    expect(row).to_have_count(0)


@both_languages
def test_representative_edits_that_page_and_nothing_else(
    page: Page, change_to, language, actors, title
):
    entry = open_first_entry(page, language, actors)
    number = re.search(
        r"/entries/(\d+)/", page.locator("a[href$='/report/']").get_attribute("href")
    )
    assert number
    change_to("moderator", language)
    page.goto(f"/admin/ess/actors/{number[1]}/representatives/")
    page.locator("[name=email]").fill("member@example.org")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("cell", name="member@example.org")).to_be_visible()

    change_to("member", language)
    page.goto(entry)
    page.locator(f"main a[href='/admin/pages/{number[1]}/edit/']").click()
    page.locator("textarea[name=summary]").fill(f"Nouveau résumé · ملخص جديد ({language})")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    expect(page.locator("[name=action-publish]")).to_have_count(0)
    page.locator("[name=action-submit]").click()
    page.wait_for_load_state()
    page.goto(entry)
    expect(page.locator("main")).not_to_contain_text(f"ملخص جديد ({language})")

    change_to("moderator", language)
    page.goto(f"/admin/ess/actors/{number[1]}/representatives/")
    page.locator("main td form button").click()
    expect(page.get_by_role("cell", name="member@example.org")).to_have_count(0)
