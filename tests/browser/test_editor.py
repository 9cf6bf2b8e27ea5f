"""An editor changes the French report, sees that the Arabic is out of date, and brings it up."""

from urllib.parse import unquote

import polib
from playwright.sync_api import Page, expect

from .screen import choose_in_userbar

FRENCH = "/fr/rencontres/seminaire-national/compte-rendu/"
NEW_TEXT = "Le séminaire a ouvert un chemin : ce compte rendu en garde la trace."
NEW_ARABIC = "فتح الملتقى طريقا، وهذا المحضر يحفظ أثره."


def publish(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("publiée")


def test_editor_updates_the_report_in_both_languages(page: Page, log_in):
    log_in("editor")
    page.goto(FRENCH)
    arabic_url = page.locator("head link[hreflang=ar]").get_attribute("href")

    # Changes the French report, from the page itself.
    choose_in_userbar(page, "Modifier cette page")
    page.locator("textarea[name=summary]").fill(NEW_TEXT)
    publish(page)

    # Sees that the Arabic is out of date: right away, on the home page of the admin, in the report.
    message = (
        page.get_by_role("status")
        .filter(has_text="arabe")
        .or_(page.locator(".messages").filter(has_text="arabe"))
    )
    expect(message.first).to_contain_text("1 texte à traduire")
    page.goto("/admin/")
    row = page.locator("#translations-to-update-content").locator("tr").filter(has_text="محضر")
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


def test_editor_chooses_the_language_of_the_admin(page: Page, log_in, speak_in_the_admin):
    log_in("moderator")
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    speak_in_the_admin("ar")
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("link", name="المستندات").first).to_be_visible()


def test_new_page_is_translated_by_po_file(page: Page, log_in, tmp_path):
    log_in("editor")
    page.goto("/fr/participer/")
    choose_in_userbar(page, "Ajouter une sous-page")
    page.locator("input[name=title]").fill("Revue de presse")
    page.locator("textarea[name=summary]").fill("Ce que les médias en disent.")
    publish(page)

    # Submits it for translation: the Arabic page is a draft until it is translated.
    page.goto("/fr/participer/revue-de-presse/")
    choose_in_userbar(page, "Modifier cette page")
    page.locator("header [data-w-dropdown-target=toggle]").first.click()
    page.get_by_role("link", name="Traduire").click()
    page.get_by_label("Arabe", exact=True).check()
    page.get_by_role("button", name="Soumettre").click()
    expect(page.locator(".messages")).to_contain_text("Revue de presse")
    page.goto("/fr/participer/revue-de-presse/")
    expect(page.get_by_role("banner")).to_contain_text("لم تُترجم")

    # Sends the PO file to a translator and brings it back.
    page.goto("/admin/")
    page.locator("#translations-to-update-content tr").filter(has_text="Revue").get_by_role(
        "link"
    ).click()
    with page.expect_download() as download:
        page.locator("a[href$='/pofile/download/']:visible").click()
    po = polib.pofile(download.value.path().read_text(encoding="utf-8"))
    arabic = {
        "Revue de presse": "قالت الصحافة",
        "revue-de-presse": "قالت-الصحافة",
        "Ce que les médias en disent.": "ما تقوله وسائل الإعلام.",
    }
    for entry in po:
        entry.msgstr = arabic[entry.msgid]
    file = tmp_path / "ar.po"
    po.save(str(file))
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("ما تقوله وسائل الإعلام.").first).to_be_visible()
    page.get_by_role("button", name="Publier en").click()
    page.wait_for_load_state()
    page.goto("/fr/participer/revue-de-presse/")
    page.get_by_role("banner").locator("a[hreflang=ar]").first.click()
    expect(page.locator("h1")).to_have_text("قالت الصحافة")
    assert unquote(page.url).endswith("/قالت-الصحافة/")


def test_editor_sees_a_preview_of_each_block_before_choosing_it(page: Page, log_in):
    log_in("editor")
    page.goto("/fr/a-propos/")
    choose_in_userbar(page, "Modifier cette page")
    page.get_by_role("button", name="Insérer un bloc").first.click()
    eyes = page.get_by_role("button", name="Prévisualiser", exact=True).and_(
        page.locator(".w-combobox__option-preview")
    )
    expect(eyes).to_have_count(8)
    for eye in eyes.all():
        eye.click()
        preview = page.frame_locator(".w-combobox-preview__iframe")
        expect(preview.locator("main > div > *").first).to_be_visible()
