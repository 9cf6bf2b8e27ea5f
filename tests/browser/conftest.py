"""The portal as `make run` serves it, with its demonstration content and its task worker."""

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from ess_site.demo import PASSWORD
from tests import databases

# The shell is the quickest: it draws no window around the page.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
# The accessibility checker of Wagtail tells the console objects: here it reads what is in them.
IN_WORDS = """{
  const tell = console.error;
  const inWords = (said) => (said === Object(said) ? JSON.stringify(said) : said);
  console.error = (...all) => tell(...all.map(inWords));
}"""
# What moderators decide of a post in one walk does not hold its author up in the next.
# A mail server has sent mails back, one for each language.
PREPARE = """
from django.core.management import call_command

from ess_forum.models import Member

Member.objects.filter(user__email="member@example.org").update(is_trust_kept=True)
for language in ("fr", "ar"):
    call_command("mail_bounced", f"{language}.bounced@example.org", detail="550 5.1.1 unknown")
"""


def pytest_collection_modifyitems(items):
    """Name the tests of this folder, and skip them where there is no browser."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Launch the Chromium of the machine, and let it call nobody."""
    return browser_type_launch_args | {
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Browse as someone does whose computer speaks French."""
    return browser_context_args | {"locale": "fr-FR"}


@pytest.fixture(scope="session")
def database_url(demonstration, tmp_path_factory, worker_id) -> Iterator[str]:
    """The address of a database with the demonstration, of the kind that the tests are run on."""
    folder, name = tmp_path_factory.mktemp("portal"), f"portal_{worker_id}"
    with databases.copy(demonstration.database_url, folder, name) as url:
        yield url


@pytest.fixture(scope="session")
def mail_folder(tmp_path_factory) -> Path:
    """Where the portal puts the mails that it sends, a file each."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture
def read_mail(mail_folder):
    """A function that waits for the newest mail to an address, and returns its plain text."""

    def read_mail(address: str, subject: str) -> str:
        for _attempt in range(150):
            for file in sorted(mail_folder.iterdir(), reverse=True):
                message = message_from_bytes(file.read_bytes(), policy=policy.default)
                if message["to"] == address and subject in str(message["subject"]):
                    return message.get_body(("plain",)).get_content()
            time.sleep(0.2)
        raise TimeoutError(f"no mail “{subject}” to {address}")

    return read_mail


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory) -> Path:
    """Where the portal keeps what it counts and remembers, unless in Redis."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _no_limit_reached(cache_folder):
    """Forget how often the demo's members did what in the walks before."""
    shutil.rmtree(cache_folder, ignore_errors=True)


@pytest.fixture(scope="session")
def portal(
    demonstration, database_url, mail_folder, cache_folder, tmp_path_factory
) -> Iterator[str]:
    """The address of a running portal with the demonstration content."""
    host = demonstration.host
    media = shutil.copytree(demonstration.media, tmp_path_factory.mktemp("portal") / "media")
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BASE_URL": f"http://{host}",
        "DATABASE_URL": database_url,
        "CACHE_URL": os.environ.get("CACHE_URL") or f"filecache://{cache_folder}",
        "EMAIL_URL": f"filemail:///{mail_folder}",
        "MEDIA_ROOT": str(media),
    }
    log = (tmp_path_factory.mktemp("log") / "portal.log").open("w")
    for command in (["compilemessages"], ["shell", "--command", PREPARE]):
        subprocess.run([*databases.MANAGE, *command], env=env, check=True, stdout=log, stderr=log)
    processes = [
        subprocess.Popen([*databases.MANAGE, *command], env=env, stdout=log, stderr=log)
        for command in (["runserver", "--noreload", host], ["worker"])
    ]
    try:
        _wait_for(f"http://{host}/robots.txt")
        yield f"http://{host}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _attempt in range(150):
        try:
            urllib.request.urlopen(url, timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


@pytest.fixture(scope="session")
def base_url(portal) -> str:
    """What addresses in tests are relative to."""
    return portal


@pytest.fixture(autouse=True)
def _keeps_to_itself(request, portal):
    """Fail a test whose page calls another host or complains in the console."""
    if "page" not in request.fixturenames:
        yield
        return
    page: Page = request.getfixturevalue("page")
    strangers: list[str] = []
    complaints: list[str] = []
    page.add_init_script(IN_WORDS)
    page.on("request", lambda r: _is_local(r.url) or strangers.append(r.url))
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield
    expected = getattr(request.node.get_closest_marker("expects_errors"), "args", ())
    assert strangers == []
    assert [c for c in complaints if not any(text in c for text in expected)] == []


def _is_local(url: str) -> bool:
    is_of_the_page = urlsplit(url).scheme in {"data", "blob", "about"}
    return is_of_the_page or urlsplit(url).hostname in {"127.0.0.1", "localhost"}


@pytest.fixture
def log_in(page: Page):
    """A function that logs a demo account in: `log_in("editor")`."""

    def log_in(name: str, language: str = "fr") -> None:
        page.goto(f"/{language}/accounts/login/")
        page.locator("input[name=login]").fill(f"{name}@example.org")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form [type=submit]").click()
        page.wait_for_url("**/fr/" if language == "fr" else "**/ar/")

    return log_in


@pytest.fixture
def change_to(page: Page, log_in):
    """A function that logs another account in."""

    def change_to(name: str, language: str) -> None:
        page.context.clear_cookies()
        log_in(name, language)

    return change_to


@pytest.fixture
def speak_in_the_admin(page: Page):
    """A function that lets the admin speak a language to who is logged in, until the test ends."""
    sessions = []

    def speak(language: str) -> None:
        page.goto("/admin/account/")
        page.locator("select[name=locale-preferred_language]").select_option(language)
        page.locator("main form [type=submit]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)

    def speak_until_the_end(language: str) -> None:
        speak(language)
        sessions.append(page.context.cookies())

    yield speak_until_the_end
    # The demonstration's people are left as they were: their admin speaks French.
    for cookies in sessions:
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        speak("fr")
