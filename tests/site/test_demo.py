"""The demonstration content."""

from io import StringIO

import polib
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from wagtail.models import Page

from ess_pages import models
from ess_pages.translation import translations
from ess_site import demo

pytestmark = pytest.mark.django_db

SMALL = """
model: ess_pages.HomePage
key: home
fields: {title: Accueil, slug: accueil}
---
model: ess_pages.StandardPage
key: about
parent: home
fields: {title: À propos, slug: a-propos}
---
key: home
fields:
  body:
    - text: <p>Lire <a linktype="page" id="{{about}}">à propos</a>.</p>
    - related_pages: {heading: À lire, pages: [!ref about]}
"""
ARABIC = {
    "Accueil": "الرئيسية",
    "accueil": "الرئيسية",
    "À propos": "حول البوابة",
    "a-propos": "حول-البوابة",
    'Lire <a id="a1">à propos</a>.': 'اقرأ <a id="a1">حول البوابة</a>.',
    "À lire": "للقراءة",
}


def load_demo() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def write_arabic(folder, texts: dict[str, str]) -> None:
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    po.extend(polib.POEntry(msgid=french, msgstr=arabic) for french, arabic in texts.items())
    po.save(str(folder / "ar.po"))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder with two pages of content, in the place of the real one."""
    monkeypatch.setattr(demo, "FOLDER", tmp_path)
    (tmp_path / "fr.yaml").write_text(SMALL, encoding="utf-8")
    write_arabic(tmp_path, ARABIC)
    return tmp_path


def test_real_content_is_whole_in_both_languages(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_demo()
    pages = Page.objects.filter(depth__gt=1)
    assert not pages.filter(live=False).exists()
    assert not any(Page.find_problems())
    french, arabic = (
        set(pages.filter(locale__language_code=code).values_list("translation_key", flat=True))
        for code in ("fr", "ar")
    )
    assert french == arabic
    assert not translations().filter(missing__gt=0).exists()
    types = {t for t in vars(models).values() if isinstance(t, type) and issubclass(t, Page)}
    assert {page.specific_class for page in pages} == types
    # The facts of the seminar, read from its Arabic report.
    report = models.MeetingReportPage.objects.get(locale__language_code="ar")
    assert report.people == 23
    assert report.resolutions.count() == 4
    assert len(report.meeting.organising_actors) == 3
    workshops = report.meeting.workshops.all()
    assert len(workshops) == 3
    for workshop in workshops:
        assert models.RecommendationPage.objects.filter(
            workshop__translation_key=workshop.translation_key
        ).exists()
    following = models.MeetingPage.objects.get(locale__language_code="ar", starts_on="2016-03-15")
    assert following.wilaya.slug == "alger"


def test_pages_are_published_under_readable_addresses(small):
    load_demo()
    paths = Page.objects.filter(live=True, depth__gt=1).values_list("url_path", flat=True)
    assert set(paths) == {"/accueil/", "/accueil/a-propos/", "/الرئيسية/", "/الرئيسية/حول-البوابة/"}
    home = models.HomePage.objects.get(locale__language_code="ar")
    assert "حول البوابة" in str(home.body[0].value)
    assert home.get_children().count() == 1


def test_second_run_keeps_what_is_there(small):
    load_demo()
    models.HomePage.objects.filter(locale__language_code="fr").update(title="Changé")
    assert "nothing loaded" in load_demo()
    assert models.HomePage.objects.filter(title="Changé").count() == 1
    assert models.HomePage.objects.count() == 2


def test_demo_accounts_are_ready_to_log_in(small, client):
    assert demo.PASSWORD in load_demo()
    for email in demo.ACCOUNTS:
        client.logout()
        client.post("/fr/accounts/login/", {"login": email, "password": demo.PASSWORD})
        assert client.session["_auth_user_id"]


def test_demo_accounts_are_made_only_where_the_settings_say_so(small, settings):
    settings.DEMO_ACCOUNTS = False
    assert demo.PASSWORD not in load_demo()
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    ("arabic", "culprit"),
    [
        ({k: v for k, v in ARABIC.items() if k != "À lire"}, "À lire"),
        (ARABIC | {"Rien de tel": "لا شيء"}, "Rien de tel"),
    ],
)
def test_arabic_that_does_not_match_the_french_loads_nothing(small, arabic, culprit):
    write_arabic(small, arabic)
    with pytest.raises(CommandError, match=culprit):
        load_demo()
    assert not models.HomePage.objects.exists()
