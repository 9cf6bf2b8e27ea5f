"""An editor sends a file with a mistake, puts it right, and follows the import to the directory."""

import pytest
from playwright.sync_api import Page, expect

DIRECTORIES = {"fr": "/fr/acteurs/", "ar": "/ar/الفاعلون/"}
SECTIONS = {"fr": "Acteurs (Français)", "ar": "الفاعلون (العربية)"}
ROWS = {
    "fr": "Nom;Sphère;Wilaya\nAtelier de l’essai;Société civile;{}\n",
    "ar": "title,sphere,wilaya\nورشة التجربة,المجتمع المدني,{}\n",
}
NAMES = {"fr": "Atelier de l’essai", "ar": "ورشة التجربة"}
MISTAKES = {"fr": ("Orann", "Est-ce « Oran » ?"), "ar": ("وهرانن", "«وهران»؟")}


@pytest.fixture(params=DIRECTORIES)
def language(request, log_in, speak_in_the_admin):
    """The language of the editor's admin, for as long as the test takes."""
    log_in("editor")
    speak_in_the_admin(request.param)
    return request.param


def send(page: Page, language: str, file) -> None:
    page.goto("/admin/")
    page.locator("a[href$='/ess/imports/']").first.click()
    page.locator("select[name=section]").select_option(label=SECTIONS[language])
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form[enctype] [type=submit]").click()


def test_file_is_checked_put_right_and_imported(page: Page, language, tmp_path):
    wrong, reason = MISTAKES[language]
    file = tmp_path / "acteurs.csv"

    # The file has a mistake: the page follows the check by itself, and says what and where.
    file.write_text(ROWS[language].format(wrong), encoding="utf-8")
    send(page, language, file)
    row = page.locator("table.listing tbody tr")
    expect(row).to_contain_text(reason)
    expect(page.locator("form[action$='/carry-out/']")).to_have_count(0)

    # It is put right: nothing is written before the editor says so.
    file.write_text(ROWS[language].format("Oran"), encoding="utf-8")
    send(page, language, file)
    expect(row).to_contain_text(NAMES[language])
    page.locator("form[action$='/carry-out/'] [type=submit]").click()
    expect(row.get_by_role("link", name=NAMES[language])).to_be_visible()

    # It is in the directory, and the same file has nothing new to say.
    page.goto(f"{DIRECTORIES[language]}?wilaya=oran&sphere=civil-society")
    expect(page.locator("main")).to_contain_text(NAMES[language])
    send(page, language, file)
    expect(row).to_contain_text(NAMES[language])
    expect(page.locator("form[action$='/carry-out/']")).to_have_count(0)
