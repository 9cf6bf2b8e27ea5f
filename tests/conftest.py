"""Fixtures that any test may ask for."""

import os
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings
from django.core.cache import cache
from wagtail.models import Locale, Page, Site

from ess_pages import models

from . import factories

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


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def run_tasks(settings) -> None:
    """Run tasks at once, those that index pages for the search among them."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def arabic(db) -> Locale:
    """The second language of the portal."""
    return Locale.objects.get_or_create(language_code="ar")[0]


@pytest.fixture
def home(arabic):
    """The French front page, root of the site, and its Arabic translation."""
    home = factories.HomePageFactory(parent=Page.get_first_root_node(), title="Accueil")
    Site.objects.update(root_page=home, hostname="testserver")
    Site.clear_site_root_paths_cache()
    factories.translate(home)
    home.refresh_from_db()
    return home


@pytest.fixture
def tree(home):
    """One published French page of every type, by name, each with its Arabic translation."""
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
        clauses=[
            m.Clause(sort_order=number, heading=f"Clause {number}", text=f"<p>Texte {number}.</p>")
            for number in (1, 2)
        ],
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
            f.translate(page)
    return pages
