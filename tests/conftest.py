"""Fixtures that any test may ask for."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.utils.translation import deactivate
from filelock import FileLock
from wagtail.models import Locale, Page, Site
from xdist.scheduler import LoadScopeScheduling

from ess_pages import models

from . import content, databases, directory, factories

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


def pytest_unconfigure(config):
    """Drop what the processes have copied, once the last of them has ended."""
    if not hasattr(config, "workerinput"):
        databases.forget()


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


def pytest_xdist_auto_num_workers() -> int:
    """Start one process more than there are cores: who walks in the browser mostly waits."""
    return (os.cpu_count() or 1) + 1


CONTENT = ("arabic", "home", "tree", "entries", "exchanges", "two_threads")


def pytest_collection_modifyitems(items):
    """Mark the tests that depend on the services, and put the fixtures of each in order.

    What needs no database comes first: meanwhile one process migrates it.
    """
    functions: set[tuple] = set()
    for item in items:
        names, marker = item.fixturenames, item.get_closest_marker("django_db")
        commits = "transactional_db" in names or (marker and marker.kwargs.get("transaction"))
        function = (item.path, item.cls, item.originalname)
        is_first_case = function not in functions
        if commits or (_needs_database(item) and not _runs_once(item, is_first_case)):
            item.add_marker("services")
        functions.add(function)
        if commits:
            names[:] = dict.fromkeys(["_whole_database", *names])  # first, so that it ends last
        # What tests begin with is written before what each adds, and so is the same for all.
        others = [name for name in names if name not in CONTENT]
        start = others.index("_empty_cache") + 1
        names[:] = others[:start] + [n for n in CONTENT if n in names] + others[start:]
    items.sort(key=_needs_database)


def _needs_database(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker or {"db", "transactional_db", "portal"} & set(item.fixturenames))


# Tests whose cases ask different things of the database: words to find, orders to keep, rows to
# choose and to count. All of their cases run on each kind.
EACH_CASE = (
    "test_board.py",
    "test_checking.py",
    "test_directory.py",
    "test_exchanges.py",
    "test_lists.py",
    "test_mentions.py",
    "test_people.py",
    "test_search.py",
    "test_visitor.py",
)
# Tests that take long and ask the database nothing that others do not ask it on each kind: who may
# do what at each address, what a text becomes, how pages look, the demonstration, PDFs.
ONCE = (
    "test_api.py",
    "test_demo.py",
    "test_demo_forum.py",
    "test_groups.py",
    "test_markup.py",
    "test_matrix.py",
    "test_official_document.py",
    "test_pdf.py",
    "test_rendering.py",
)


def _runs_once(item, is_first_case: bool) -> bool:
    """Whether one kind of database is enough for a test.

    Nearly every test sends queries of its own, and so runs on each. Where it has several cases, by
    language, role or what is typed, they send the same ones: the first is enough.

    What is walked in the browser is written and read by actions and queries that are tested on
    each. One walk there stays: the portal, with its demonstration, has to run on each.
    """
    if item.path.parent.name == "browser":
        return item.originalname != "test_every_page_reads_in_both_languages"
    return item.path.name in ONCE or (item.path.name not in EACH_CASE and not is_first_case)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, worker_id) -> Path:
    """The folder that all processes of this run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


def _once(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return what `make` returns to the first process that asks: the others wait for it."""
    noted = folder / f"{name}.txt"
    with FileLock(folder / f"{name}.lock"):
        if not noted.exists():
            noted.write_text(make())
    return noted.read_text()


@pytest.fixture(scope="session")
def migrated(run_folder) -> str:
    """The address of a database with all migrations, made once for all processes."""
    return _once(run_folder, "migrated", lambda: databases.migrate(run_folder))


class Demonstration(NamedTuple):
    """The demonstration content, to be copied: its database, its files, and where it is served."""

    database_url: str
    media: Path
    host: str


@pytest.fixture(scope="session")
def demonstration(migrated, run_folder) -> Iterator[Demonstration]:
    """The demonstration as `load_demo` leaves it, loaded once for all processes."""
    media = run_folder / "media"
    with socket.socket() as kept:
        # Its links name the port: nobody else is given it before the portal is started there.
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))

        def load() -> str:
            host = f"127.0.0.1:{kept.getsockname()[1]}"
            url = databases.load_demonstration(migrated, run_folder, media, f"http://{host}")
            return f"{url} {host}"

        url, host = _once(run_folder, "demonstration", load).split()
        yield Demonstration(url, media, host)


@pytest.fixture(scope="session")
def _own_demonstration(demonstration, tmp_path_factory, worker_id) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demonstration")
    url, name = demonstration.database_url, f"demonstration_{worker_id}"
    with databases.copy(url, folder, name) as copied:
        yield copied


@pytest.fixture
def on_demonstration(db, _own_demonstration) -> Iterator[None]:
    """Run a test on a copy of the demonstration, which it leaves as it was."""
    with databases.look_into(_own_demonstration):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    request,
    django_test_environment,
    django_db_blocker,
    django_db_keepdb,
    django_db_modify_db_settings,
) -> Iterator[content.Rows]:
    """Set the database up, and return what the migrations wrote there.

    With --reuse-db it is pytest-django's, kept from run to run.
    """
    with django_db_blocker.unblock(), ExitStack() as stack:
        if django_db_keepdb:
            request.getfixturevalue("django_db_setup")
        else:
            stack.enter_context(databases.connect(request.getfixturevalue("migrated")))
        yield content.read()


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
