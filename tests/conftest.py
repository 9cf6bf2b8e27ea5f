"""Fixtures that any test may ask for."""

import os

import pytest
from django.core.cache import cache
from wagtail.models import Locale, Page, Site

from ess_pages import models

from . import factories

# Playwright keeps an event loop running in the thread of the tests; they use the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


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
            m.Clause(heading=f"Clause {number}", text=f"<p>Texte {number}.</p>")
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
