"""Fixtures that any test may ask for."""

import os
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.utils.translation import deactivate
from wagtail.models import Locale, Page, Site
from xdist.scheduler import LoadScopeScheduling

from ess_pages import models

from . import content, directory, factories

# Playwright keeps an event loop running in the thread of the tests; they use the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure():
    """Give each worker a Redis database of its own: to clear a cache is to empty its database."""
    url = urlsplit(os.environ.get("CACHE_URL", ""))
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "redis" in url.scheme:
        number = int(url.path.strip("/") or 0) + int(worker.removeprefix("gw"))
        # In the environment too, for the portal that the browser tests start.
        os.environ["CACHE_URL"] = url._replace(path=f"/{number}").geturl()
        settings.CACHES["default"] = environ.Env.cache_url_config(os.environ["CACHE_URL"])


def pytest_sessionfinish(session):
    """Fail a run that skips a test where REQUIRE_ALL_TESTS is set."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # none in a worker
    skipped = reporter.stats.get("skipped") if reporter else None
    if skipped and os.environ.get("REQUIRE_ALL_TESTS") and session.exitstatus == 0:
        names = ", ".join(sorted({report.nodeid for report in skipped}))
        reporter.write_line(f"\nNo test may be skipped, but these were: {names}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class BrowserTestsTogether(LoadScopeScheduling):
    """Hands tests out one by one, but those of the browser to one worker: they share a portal."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config, log):
    """Say which worker runs which test."""
    return BrowserTestsTogether(config, log)


CONTENT = ("arabic", "home", "tree", "entries")


def pytest_collection_modifyitems(items):
    """Mark the tests that depend on the services, and put the fixtures of each in order."""
    for item in items:
        names, marker = item.fixturenames, item.get_closest_marker("django_db")
        depends = marker or {"db", "transactional_db", "portal"} & set(names)
        if depends and not _runs_once(item):
            item.add_marker("services")
        if "transactional_db" in names or (marker and marker.kwargs.get("transaction")):
            names[:] = dict.fromkeys(["_whole_database", *names])  # first, so that it ends last
        # What tests begin with is written before what each adds, and so is the same for all.
        others = [name for name in names if name not in CONTENT]
        start = others.index("_empty_cache") + 1
        names[:] = others[:start] + [n for n in CONTENT if n in names] + others[start:]


def _runs_once(item) -> bool:
    """Whether one database is enough for a test that takes long.

    What is walked in the browser, and what is set as PDF, is read by views and queries that are
    tested on each. One file in the browser stays: the portal itself, with its demonstration, has
    to run on each.
    """
    is_walk = item.path.parent.name == "browser" and item.path.name != "test_visitor.py"
    return is_walk or item.path.name in ("test_demo.py", "test_pdf.py", "test_official_document.py")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> content.Rows:
    """Set the database up, and return what the migrations wrote there."""
    with django_db_blocker.unblock():
        return content.read()


@pytest.fixture
def _whole_database(django_db_setup, django_db_blocker):
    """Put back what the migrations wrote, after a test that ends by emptying the database."""
    yield
    with django_db_blocker.unblock():
        content.put_back(django_db_setup)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_language():
    """Forget the language of the last request."""
    yield
    deactivate()


IMMEDIATELY = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run_tasks(settings) -> None:
    """Run tasks at once, those that index pages for the search among them."""
    settings.TASKS = IMMEDIATELY


@pytest.fixture(scope="session")
def make_content(django_db_setup, django_db_blocker):
    """A function that makes content once for all tests: `make_content(function, below)`."""

    def make_content(function, below: content.Content | None = None) -> content.Content:
        with django_db_blocker.unblock(), override_settings(TASKS=IMMEDIATELY):
            return content.make(function, below, base=django_db_setup)

    return make_content


@pytest.fixture(scope="session")
def _arabic(make_content):
    return make_content(_make_arabic)


@pytest.fixture
def arabic(db, _arabic) -> Locale:
    """The second language of the portal."""
    _arabic.write()
    return Locale.objects.get(language_code="ar")


def _make_arabic() -> None:
    Locale.objects.get_or_create(language_code="ar")


@pytest.fixture(scope="session")
def _home(make_content, _arabic):
    return make_content(_make_home, _arabic)


@pytest.fixture
def home(arabic, _home):
    """The French front page, root of the site, and its Arabic translation."""
    _home.write()
    Site.get_site_root_paths()  # is in the cache, as it would be after a page was published
    return _home.pages()["home"]


def _make_home() -> dict[str, Page]:
    home = factories.HomePageFactory(parent=Page.get_first_root_node(), title="Accueil")
    Site.objects.update(root_page=home, hostname="testserver")
    Site.clear_site_root_paths_cache()
    factories.translate(home)
    return {"home": home}


@pytest.fixture(scope="session")
def _tree(make_content, _home):
    return make_content(_make_tree, _home)


@pytest.fixture
def tree(home, _tree) -> content.Pages:
    """One published French page of every type, by name, each with its Arabic translation."""
    _tree.write()
    return _tree.pages(home=home)


@pytest.fixture(scope="session")
def _entries(make_content, _home):
    return make_content(directory.make, _home)


@pytest.fixture
def entries(home, _entries):
    """The pages of two small directories, by name: see tests/directory.py."""
    _entries.write()
    return _entries.pages()


def _make_tree() -> dict[str, Page]:
    home = models.HomePage.objects.get(locale__language_code="fr")
    f, m = factories, models
    actors = f.ActorIndexPageFactory(parent=home, title="Acteurs", show_in_menus=True)
    actor = f.ActorPageFactory(parent=actors, title="Agence", wilaya=f.WilayaFactory())
    practices = f.PracticeIndexPageFactory(parent=home)
    practice = f.PracticePageFactory(parent=practices, carriers=[m.PracticeCarrier(actor=actor)])
    meetings = f.MeetingIndexPageFactory(parent=home)
    rapporteur = f.ParticipantFactory(organisation=actor)
    meeting = f.MeetingPageFactory(
        parent=meetings,
        title="Rencontre d’Alger",
        wilaya=f.WilayaFactory(),
        organisers=[m.MeetingOrganiser(actor=actor)],
        programme=[m.ProgrammeItem(title="Ouverture", starts_at="09:00")],
        workshops=[m.Workshop(title="Atelier un", rapporteurs=[rapporteur])],
    )
    report = f.MeetingReportPageFactory(
        parent=meeting,
        title="Compte rendu",
        attendance=[m.Attendance(sphere=actor.sphere, people=23)],
        guests=[m.Guest(participant=rapporteur)],
        resolutions=[m.Resolution(title="Rester en contact", text="<p>Se revoir.</p>")],
    )
    recommendations = f.RecommendationIndexPageFactory(parent=home)
    recommendation = f.RecommendationPageFactory(
        parent=recommendations,
        workshop=meeting.workshops.get(),
        clauses=["Clause 1", "Clause 2"],
    )
    pages = {
        "home": home,
        "standard": f.StandardPageFactory(parent=home),
        "actors": actors,
        "actor": actor,
        "practices": practices,
        "practice": practice,
        "meetings": meetings,
        "meeting": meeting,
        "report": report,
        "recommendations": recommendations,
        "recommendation": recommendation,
    }
    for name, page in pages.items():
        if name != "home":
            factories.translate(page)
    return pages
