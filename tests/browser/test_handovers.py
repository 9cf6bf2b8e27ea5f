"""The handover: a paper is issued, handed over and answered; a visitor reads and checks it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

LISTING = "/admin/snippets/ess_pages/officialdocument"
ANSWER = {"fr": "Nous commencerons par deux wilayas.", "ar": "سنبدأ بولايتين."}
REFERENCE = "ESS/EX/NAV.1"


def day(ago: int) -> str:
    return (timezone.localdate() - timedelta(days=ago)).isoformat()


def submit(page: Page) -> None:
    page.keyboard.press("Escape")  # a calendar that hangs over the button
    page.locator("main form:has([name=csrfmiddlewaretoken]) [type=submit]").last.click()


def write_document(page: Page) -> None:
    page.goto(f"{LISTING}/add/")
    fields = {
        "reference": REFERENCE,
        "title_fr": "Ce que nous demandons",
        "title_ar": "ما نطلبه",
        "letter_fr": "Madame, Monsieur,\n\nVoici nos recommandations.",
        "letter_ar": "سيدتي، سيدي،\n\nإليكم توصياتنا.",
        "signatory_fr": "La présidente (exemple)",
        "signatory_ar": "الرئيسة (مثال)",
        "dated": day(20),
    }
    for name, text in fields.items():
        page.locator(f"main [name={name}]").fill(text)
    page.keyboard.press("Escape")
    page.locator("main [name^=place_]").first.fill("1")
    page.locator("main [name^=place_]").last.fill("2")
    page.locator("main form footer [type=submit], main form .actions [type=submit]").first.click()
    page.wait_for_url("**/inspect/**")


@pytest.mark.expects_errors("404")
def test_paper_is_issued_handed_over_answered_and_checked(page: Page, log_in):
    log_in("editor")
    write_document(page)
    expect(page.locator("main .ess-texts li")).to_have_count(2)
    preview = page.locator("main a[href$='preview.pdf']").get_attribute("href")
    assert page.request.get(preview).body().startswith(b"%PDF")
    page.locator("main form[action$=issue\\/] [type=submit]").click()
    expect(page.locator("main form[action$=issue\\/]")).to_have_count(0)

    page.locator("main a[href$=hand-over\\/]").click()
    page.locator("[name=decision_maker]").select_option(index=1)
    page.locator("[name=means]").select_option("registry")
    page.locator("[name=recipient]").fill("Bureau d’ordre (exemple)")
    page.locator("[name=handed_on]").fill(day(10))
    proof = {"name": "recu.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator("[name=proof]").set_input_files(proof)
    submit(page)
    page.wait_for_url("**/handovers/*/")
    address = page.locator("main a[href$=proof\\/]").get_attribute("href")
    assert page.request.get(address).ok
    handover = re.search(r"/handovers/(\d+)/", page.url)[1]

    page.locator("main a[href$=answer\\/]").click()
    page.locator("[name=received_on]").fill(day(2))
    page.keyboard.press("Escape")
    for language, text in ANSWER.items():
        page.locator(f"[name=text_{language}]").fill(text)
    page.locator("[name^=clause-][name$=-position]").first.select_option("in_part")
    submit(page)
    expect(page.locator("main table tbody tr")).to_have_count(1)

    page.context.clear_cookies()
    assert not page.request.get(address, max_redirects=0).ok
    for language in ("fr", "ar"):
        visit(page, language, handover)


def visit(page: Page, language: str, handover: str) -> None:
    """Check the paper and find the answer, as a visitor does."""
    page.goto(f"/{language}/verify/")
    page.locator("main [name=q]").fill("f" * 64)
    page.locator("main [type=submit]").click()
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator("main [name=q]")).to_have_value("f" * 64)
    page.locator("main [name=q]").fill(REFERENCE)
    page.locator("main [type=submit]").click()
    expect(page.locator(".ess-verified")).to_be_visible()
    checksum = page.locator("#checksum ~ p .ess-checksum").inner_text()
    page.locator("main [name=checksum]").fill(checksum)
    page.locator("main form:has([name=checksum]) [type=submit]").click()
    expect(page.locator(".ess-verified")).to_have_count(2)
    pdf = page.request.get(page.locator("main a[type='application/pdf']").get_attribute("href"))
    assert pdf.body().startswith(b"%PDF")

    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("main section .ess-meta a").first.click()
    part = page.locator(f"#handover-{handover}")
    expect(part).to_contain_text(ANSWER[language])
    expect(part.locator(".ess-undertakings li")).to_have_count(1)
    expect_to_fit(page)
