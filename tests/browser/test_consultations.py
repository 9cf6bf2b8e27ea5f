"""Members say on a telephone whether they consent to a text; the validator waives the quorum."""

import re

import pytest
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PHONE = {"width": 360, "height": 740}
# In the demonstration content this recommendation is put to the participants, with a quorum.
both_languages = pytest.mark.parametrize(
    ("language", "section", "title"),
    [
        ("fr", "recommandations", "Ouvrir aux projets solidaires un financement à leur mesure"),
        ("ar", "التوصيات", "تمويل على مقاس المشاريع التضامنية"),
    ],
)


@pytest.fixture
def open_recommendation(page: Page):
    """A function that goes to a recommendation by the menu."""

    def open_recommendation(language: str, section: str, title: str) -> None:
        page.goto(f"/{language}/{section}/")
        page.locator("main").get_by_role("link", name=title).first.click()
        expect(page.locator("h1")).to_have_text(title)

    return open_recommendation


@pytest.mark.expects_errors("422 (Unprocessable Entity)")  # an objection without its reason
@both_languages
def test_member_votes_in_three_taps_and_changes_the_vote(
    page: Page, log_in, open_recommendation, language, section, title
):
    log_in("member", language)
    open_recommendation(language, section, title)
    page.set_viewport_size(PHONE)
    consent = page.locator(".ess-consent")
    expect_to_fit(page)
    consent.locator("a[href*='/votes/']").click()
    expect(page).to_have_url(re.compile(f"/{language}/votes/"))
    expect_to_fit(page)
    page.locator("label:has([name=choice][value=for])").click()
    page.locator("form.ess-vote button").click()
    expect(page.locator(".messages")).to_be_visible()
    expect(page.locator("[name=choice][value=for]")).to_be_checked()

    page.locator("label:has([name=choice][value=against])").click()
    page.locator("form.ess-vote button").click()
    expect(page.locator(".ess-vote .errorlist")).to_be_visible()
    expect(page.locator("[name=choice][value=against]")).to_be_checked()
    page.locator("[name=reason]").fill("Le délai manque · ينقص الأجل")
    page.locator("form.ess-vote button").click()
    expect(page.locator("[name=reason]")).to_have_value("Le délai manque · ينقص الأجل")
    expect(page.locator(".ess-vote .errorlist")).to_have_count(0)

    first = page.locator(".ess-consent-text > li").first
    columns = first.locator("div[lang]")
    expect(columns.nth(0)).to_have_css("direction", "rtl" if language == "ar" else "ltr")
    expect(columns.nth(1)).to_have_css("direction", "ltr" if language == "ar" else "rtl")
    first.locator("a[href*='#clause-']").click()
    expect(page.locator(".ess-clause:target")).to_be_in_viewport()


@both_languages
def test_nobody_reads_a_result_before_the_end(
    page: Page, open_recommendation, language, section, title
):
    open_recommendation(language, section, title)
    expect(page.locator(".ess-consent a[href*='/votes/']")).to_have_count(0)
    page.locator(".ess-consent a[href*='/consultations/']").click()
    page.set_viewport_size(PHONE)
    expect_to_fit(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(page.locator(".ess-consent-table tbody tr")).not_to_have_count(0)
    expect(page.locator("#result")).to_have_count(0)
    expect(page.locator(".ess-consent-waiver")).to_have_count(0)


def test_validator_sees_where_to_waive_the_quorum(page: Page, log_in, open_recommendation):
    log_in("moderator", "fr")
    open_recommendation(
        "fr", "recommandations", "Ouvrir aux projets solidaires un financement à leur mesure"
    )
    page.locator(".ess-consent a[href*='/consultations/']").click()
    page.locator(".ess-consent-waiver summary").click()
    page.locator(".ess-consent-waiver [name=reason]").fill("Beaucoup sont en congé.")
    page.locator(".ess-consent-waiver button").click()
    expect(page.locator(".ess-consent-rule blockquote")).to_have_text("Beaucoup sont en congé.")
    expect(page.locator(".ess-consent-waiver")).to_have_count(0)
