"""A member chooses how to hear of what, and ends mails with one click."""

import os
import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

from tests import databases

from .screen import expect_to_fit

PHONE = {"width": 360, "height": 740}
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])
# What stands in each mail.
WAY_OUT = """
from django.utils.translation import override
from ess_forum import letters
from ess_forum.models import Member
with override("{language}"):
    print(letters.stop_address(Member.objects.get(user__email="member@example.org"), "news"))
"""


@pytest.fixture
def way_out(database_url):
    """A function that returns the address by which the demo's member ends the mails."""

    def way_out(language: str) -> str:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "ess_site.settings.dev",
            "DATABASE_URL": database_url,
        }
        command = [*databases.MANAGE, "shell", "-v0", "-c", WAY_OUT.format(language=language)]
        asked = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        address = asked.stdout.strip()
        return address[address.index(f"/{language}/") :]

    return way_out


def choice(page: Page, kind: str, mail: str):
    return page.locator(f"input[name=mail_{kind}][value={mail}]")


@both_languages
def test_matrix_is_changed_and_kept(page: Page, log_in, language):
    log_in("member", language)
    page.goto(f"/{language}/forum/notifications/")
    page.locator("main a[href$='/forum/preferences/']").click()
    expect(page.locator("tbody tr")).to_have_count(13)  # nine of the forum, four of the pages
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    for kind, mail in (("meeting", "none"), ("reply", "digest"), ("amendments_open", "digest")):
        choice(page, kind, mail).check()
    page.locator("input[name=digest][value=daily]").check()
    page.locator("main form.forum-form button[type=submit]").click()
    page.wait_for_url(re.compile("/forum/preferences/$"))
    page.reload()
    expect(choice(page, "meeting", "none")).to_be_checked()
    expect(choice(page, "reply", "digest")).to_be_checked()
    expect(choice(page, "amendments_open", "digest")).to_be_checked()
    expect(choice(page, "mention", "at_once")).to_be_checked()
    expect(page.locator("input[name=digest][value=daily]")).to_be_checked()
    page.set_viewport_size(PHONE)
    expect_to_fit(page)


@both_languages
def test_one_click_in_a_mail_ends_them(page: Page, log_in, way_out, language):
    """Without logging in; what is chosen is seen in the preferences."""
    log_in("member", language)
    page.goto(f"/{language}/forum/preferences/")
    choice(page, "mention", "at_once").check()
    page.locator("main form.forum-form button[type=submit]").click()
    page.wait_for_url(re.compile("/forum/preferences/$"))
    page.context.clear_cookies()
    page.goto(way_out(language))
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible()
    log_in("member", language)
    page.goto(f"/{language}/forum/preferences/")
    expect(choice(page, "mention", "none")).to_be_checked()
    expect(choice(page, "meeting", "none")).to_be_checked()


# A browser that takes messages: the one of the tests has no push service.
TAKES_MESSAGES = """
window.PushManager ??= class {};
const subscription = { unsubscribe: async () => localStorage.setItem("messages", "ended") };
const registration = { pushManager: { getSubscription: async () => subscription } };
navigator.serviceWorker.getRegistration = async () => registration;
"""


@both_languages
def test_browser_takes_no_messages_once_its_reader_has_signed_out(page: Page, log_in, language):
    log_in("member", language)
    page.add_init_script(TAKES_MESSAGES)
    page.goto(f"/{language}/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(f"/{language}/$"))
    assert page.evaluate("localStorage.getItem('messages')") == "ended"
    page.goto(f"/{language}/forum/notifications/")
    expect(page).to_have_url(re.compile("/login/"))
