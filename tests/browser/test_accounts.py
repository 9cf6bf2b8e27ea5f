"""Somebody is invited from a file, joins by the mail, and guards the account better."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from .screen import expect_to_fit

NAMES = {"fr": "Houria Exemple", "ar": "حورية مثال"}
ADDRESSES = {"fr": "houria.fr@example.org", "ar": "houria.ar@example.org"}
FILES = {
    "fr": "E-mail;Nom;Nom en arabe;Langue\n{};Houria Exemple;حورية مثال;fr\n".format,
    "ar": "البريد الإلكتروني,الاسم بالعربية,الاسم بالحروف اللاتينية,اللغة\n"
    "{},حورية مثال,Houria Exemple,العربية\n".format,
}
PASSWORD = "un mot de passe assez long"


@pytest.fixture(params=NAMES)
def language(request):
    return request.param


def submit(page: Page) -> None:
    page.locator("main form [type=submit]").first.click()


def code(secret: str, later: int = 0) -> str:
    """Return what an authenticator app shows, now or so many times later."""
    counter = next(iter(yield_hotp_counters_from_time())) + later
    return format_hotp_value(hotp_value(secret, counter))


def test_invited_person_joins_and_sets_up_a_second_factor(
    page: Page, language, log_in, read_mail, tmp_path
):
    # An editor sends a file with a mistake, puts it right, sees who is in it, and sends.
    file = tmp_path / "invites.csv"
    log_in("editor")
    for address, number in (("nobody", 0), (ADDRESSES[language], 1)):
        file.write_text(FILES[language](address), encoding="utf-8")
        page.goto("/admin/joining/invitations/invite/")
        page.locator("input[type=file]").set_input_files(file)
        page.locator("form[enctype] [type=submit]").click()
        expect(page.locator("table.listing tbody tr")).to_contain_text(NAMES[language])
        expect(page.locator("input[name=guests]")).to_have_count(number)
    page.locator("form:has(input[name=guests]) [type=submit]").click()
    expect(page.locator("table.listing")).to_contain_text(ADDRESSES[language])
    page.context.clear_cookies()

    # The person follows the link on a telephone, and is in.
    text = read_mail(ADDRESSES[language], NAMES[language])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(re.search(r"http\S+/invitation/\S+/", text)[0])
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    expect(page.locator("h1")).to_contain_text(NAMES[language])
    expect_to_fit(page)
    submit(page)
    expect(page.locator("input[name=email]")).to_have_value(ADDRESSES[language])
    expect_to_fit(page)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("input[name=consent]").check()
    submit(page)
    page.wait_for_url(f"**/{language}/")

    # The second factor is set up, once the password has been given again.
    page.goto(f"/{language}/accounts/2fa/")
    expect_to_fit(page)
    page.locator("main a[href$='/totp/activate/']").click()
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    expect(page.locator("main img[src^='data:image/svg']")).to_be_visible()
    expect_to_fit(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(code(secret))
    submit(page)
    page.wait_for_url("**/recovery-codes/**")
    expect_to_fit(page)
    page.goto(f"/{language}/accounts/sessions/")
    expect_to_fit(page)

    # From then on, signing in asks for it.
    page.goto(f"/{language}/accounts/logout/")
    submit(page)
    page.goto(f"/{language}/accounts/login/")
    expect_to_fit(page)
    page.locator("input[name=login]").fill(ADDRESSES[language])
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    page.wait_for_url("**/2fa/authenticate/**")
    expect_to_fit(page)
    page.locator("input[name=code]").fill(code(secret, later=1))
    submit(page)
    page.wait_for_url(f"**/{language}/")


def test_editor_sees_who_waits_for_an_account(page: Page, language, log_in, speak_in_the_admin):
    log_in("editor")
    speak_in_the_admin(language)
    page.goto("/admin/joining/applications/")
    page.locator("table.listing tbody .title a").first.click()
    expect(page.locator("button[name=approve]")).to_be_visible()
    expect(page.locator("textarea[name=reason]")).to_be_visible()


def test_member_signs_in_with_a_passkey(page: Page, language, log_in, base_url):
    # The standard wants a name, not a number, for the site.
    portal = f"http://localhost:{urlsplit(base_url).port}/{language}"
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True},
        **{"hasUserVerification": True, "isUserVerified": True},
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{portal}/accounts/login/")
    page.locator("input[name=login]").fill("member@example.org")
    page.locator("input[name=password]").fill("ensemble-2016")
    submit(page)
    page.wait_for_url(f"{portal}/")
    page.goto(f"{portal}/accounts/2fa/webauthn/add/")
    page.locator("input[name=password]").fill("ensemble-2016")
    submit(page)
    page.locator("input[name=name]").fill("Téléphone")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.goto(f"{portal}/accounts/2fa/webauthn/")
    keys = page.locator(".sheet li")
    expect(keys).to_contain_text("Téléphone")

    page.goto(f"{portal}/accounts/logout/")
    submit(page)
    page.goto(f"{portal}/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{portal}/")

    # The demonstration's member is left as it was.
    page.goto(f"{portal}/accounts/2fa/webauthn/")
    page.locator(".sheet a[href*='/remove/']").click()
    page.locator("input[name=password]").fill("ensemble-2016")
    submit(page)
    page.wait_for_url("**/remove/")
    submit(page)
    page.wait_for_url(lambda url: not url.endswith("/remove/"))
    page.goto(f"{portal}/accounts/2fa/webauthn/")
    expect(keys).to_have_count(0)
