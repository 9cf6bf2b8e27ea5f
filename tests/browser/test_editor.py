"""An editor changes the French report, sees that the Arabic is out of date, and brings it up."""

from playwright.sync_api import Page, expect

FRENCH = "/fr/rencontres/seminaire-national/compte-rendu/"
NEW_TEXT = "Le séminaire a ouvert un chemin : ce compte rendu en garde la trace."
NEW_ARABIC = "فتح الملتقى طريقا، وهذا المحضر يحفظ أثره."


def test_editor_updates_the_report_in_both_languages(page: Page, log_in):
    log_in("editor")
    page.goto(FRENCH)
    arabic_url = page.locator("head link[hreflang=ar]").get_attribute("href")

    # Changes the French report, from the page itself.
    page.locator("wagtail-userbar").get_by_role("button").click()
    page.locator("wagtail-userbar").get_by_role("menuitem", name="Modifier cette page").click()
    page.locator("textarea[name=summary]").fill(NEW_TEXT)
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name="Publier", exact=True).click()

    # Sees that the Arabic is out of date: right away, on the home page of the admin, in the report.
    message = (
        page.get_by_role("status")
        .filter(has_text="arabe")
        .or_(page.locator(".messages").filter(has_text="arabe"))
    )
    expect(message.first).to_contain_text("1 texte à traduire")
    page.goto("/admin/")
    row = (
        page.locator("#translations-to-update-content, #translations-to-update")
        .locator("tr")
        .filter(has_text="محضر")
    )
    expect(row).to_contain_text("1")
    page.goto(arabic_url)
    expect(page.locator("main")).not_to_contain_text(NEW_ARABIC)
    expect(page.locator("main")).not_to_contain_text(NEW_TEXT)

    # Updates it side by side, and publishes.
    page.goto("/admin/")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Traduire").click()
    page.locator("textarea:visible").last.fill(NEW_ARABIC)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("button", name="Traduire")).to_have_count(0)
    page.get_by_role("button", name="Publier en").click()
    page.wait_for_load_state()
    page.goto(arabic_url)
    expect(page.locator("main")).to_contain_text(NEW_ARABIC)
    page.goto("/admin/")
    expect(row).to_have_count(0)
