"""Somebody agrees to how their data is used, takes it along, and leaves."""

import re
import zipfile

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

PASSWORD = "un mot de passe assez long"


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


def submit(page: Page) -> None:
    page.locator("main form [type=submit]").last.click()


def test_person_agrees_takes_their_data_and_leaves(page: Page, language, read_mail):
    address = f"samia.{language}@example.org"
    page.set_viewport_size({"width": 360, "height": 740})

    # The text is read by anybody, from the foot of every page.
    page.goto(f"/{language}/forum/")
    page.locator(f"footer a[href='/{language}/privacy/']").click()
    expect(page.locator("main dl dt").nth(10)).to_be_visible()
    expect(page.locator("main")).to_contain_text("18-07")
    expect_to_fit(page)

    # Without agreeing, nobody signs up.
    page.goto(f"/{language}/accounts/signup/")
    page.locator("input[name=email]").fill(address)
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill(PASSWORD)
    page.locator("input[name=consent]").evaluate("box => box.required = false")
    submit(page)
    expect(page.locator("main .errorlist")).to_be_visible()
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill(PASSWORD)
    page.locator("input[name=consent]").check()
    submit(page)
    page.wait_for_url("**/confirm-email/")
    page.goto(re.search(r"http\S+/confirm-email/\S+/", read_mail(address, ""))[0])
    submit(page)
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    page.wait_for_url(f"**/{language}/")

    # The archive is read in the person's language, once the password has been given again.
    page.goto(f"/{language}/privacy/mine/")
    expect_to_fit(page)
    with page.expect_download() as download:
        page.locator("form[action$='/archive/'] [type=submit]").click()
        page.locator("input[name=password]").fill(PASSWORD)
        submit(page)
    with zipfile.ZipFile(download.value.path()) as archive:
        index = archive.read("index.html").decode()
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in index
        assert address in archive.read("account.json").decode()

    # Leaving says what goes and what stays, and is confirmed by mail.
    page.goto(f"/{language}/privacy/mine/leave/")
    expect(page.locator("main ul")).to_have_count(3)
    expect_to_fit(page)
    page.locator("input[name=sure]").check()
    submit(page)
    page.wait_for_url(f"**/{language}/privacy/left/")
    expect_to_fit(page)
    expect(page.locator(f"header a[href^='/{language}/accounts/login/']").first).to_be_attached()
    with override(language):
        subject = gettext("You have left the portal")
    assert f"/{language}/privacy/left/" in read_mail(address, subject)
