"""The portal as `make run` serves it, with its demonstration content and its task worker."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from ess_site.demo import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "site" / "manage.py")]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Loading the demo notes every page a dozen times for the worker to index: here once is enough.
PREPARE = """
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

call_command("migrate", verbosity=0)
call_command("load_demo")
DBTaskResult.objects.all().delete()
call_command("update_index", verbosity=0)
call_command("rebuild_references_index", verbosity=0)
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
def database_url(tmp_path_factory, worker_id) -> Iterator[str]:
    """The address of a new database, of the kind that the tests are run on."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('portal')}/portal.sqlite3"
        return
    import environ
    import psycopg

    config = environ.Env.db_url_config(url)
    name = f"{config['NAME']}_browser_{worker_id}"
    with psycopg.connect(
        host=config["HOST"],
        port=config["PORT"] or None,
        user=config["USER"],
        password=config["PASSWORD"],
        dbname=config["NAME"],
        autocommit=True,
    ) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
def portal(database_url, mail_folder, tmp_path_factory) -> Iterator[str]:
    """The address of a running portal with the demonstration content."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "ess_site.settings.dev",
        "BASE_URL": f"http://{host}",
        "DATABASE_URL": database_url,
        "EMAIL_URL": f"filemail:///{mail_folder}",
        "MEDIA_ROOT": str(tmp_path_factory.mktemp("media")),
    }
    log = (tmp_path_factory.mktemp("log") / "portal.log").open("w")
    for command in (["compilemessages"], ["shell", "--command", PREPARE]):
        subprocess.run([*MANAGE, *command], env=env, check=True, stdout=log, stderr=log)
    processes = [
        subprocess.Popen([*MANAGE, *command], env=env, stdout=log, stderr=log)
        for command in (["runserver", "--noreload", host], ["db_worker", "--queue-name", "*"])
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
    page.on("request", lambda r: _is_local(r.url) or strangers.append(r.url))
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield
    expected = getattr(request.node.get_closest_marker("expects_errors"), "args", ())
    assert strangers == []
    assert [c for c in complaints if not any(text in c for text in expected)] == []


def _is_local(url: str) -> bool:
    return (
        urlsplit(url).scheme in {"data", "blob", "about"} or urlsplit(url).hostname == "127.0.0.1"
    )


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
