"""The demonstration content."""

from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import polib
import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Page

from ess_pages import models
from ess_pages.models.about import AboutPage
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
    (tmp_path / "records.yaml").touch()
    (tmp_path / "texts.yaml").touch()
    (tmp_path / "road.yaml").touch()
    (tmp_path / "forum.yaml").touch()
    (tmp_path / "accounts.yaml").touch()
    (tmp_path / "joining.yaml").touch()
    (tmp_path / "consent.yaml").write_text("fr: <p>Texte.</p>\nar: <p>نص.</p>", encoding="utf-8")
    write_arabic(tmp_path, ARABIC)
    return tmp_path


def test_real_content_is_whole_in_both_languages(on_demonstration):
    pages = Page.objects.filter(depth__gt=1)
    assert not any(Page.find_problems())
    _assert_equal_languages(pages.filter(live=True))
    assert set(pages.filter(live=False).values_list("title", flat=True)) == {
        "Compte rendu de la rencontre de Sétif",  # is out for approval
        "محضر لقاء سطيف",
        "جمعية نحّالي الجبل (مثال)",  # is proposed
    }
    types = {t for t in vars(models).values() if isinstance(t, type) and issubclass(t, Page)}
    assert {page.specific_class for page in pages} == types
    _assert_facts_of_the_seminar()
    _assert_every_kind_of_record_shows()
    _assert_directory_is_worth_filtering()
    _assert_needs_are_met()


def _assert_equal_languages(pages) -> None:
    french, arabic = (
        set(pages.filter(locale__language_code=code).values_list("translation_key", flat=True))
        for code in ("fr", "ar")
    )
    assert french == arabic
    assert not translations().filter(missing__gt=0).exists()


def _assert_facts_of_the_seminar() -> None:
    """Read from the Arabic report."""
    report = models.MeetingReportPage.objects.get(
        locale__language_code="ar", title="محضر الملتقى الوطني"
    )
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


def _assert_every_kind_of_record_shows() -> None:
    missing = {
        model._meta.label
        for model in apps.get_app_config("ess_pages").get_models()
        if not model._default_manager.exists()
    }
    # An import is what editors do with a file of their own.
    assert missing <= {"ess_pages.ImportRun", "ess_pages.ImportRow"}
    states = {update.state for update in models.ResolutionUpdate.objects.all()}
    assert states == {"under_way", "done", "dropped"}
    assert {row.state for row in models.Registration.objects.all()} == set(
        models.Registration.State
    )
    assert models.Proposal.objects.get().state == models.Proposal.State.WAITING
    keys = set(Page.objects.values_list("translation_key", flat=True)) | set(
        models.Resolution.objects.values_list("translation_key", flat=True)
    )
    for model in AboutPage.__subclasses__():
        assert set(model.objects.values_list("translation_key", flat=True)) <= keys


def _assert_directory_is_worth_filtering() -> None:
    actors = models.ActorPage.objects.live().filter(locale__language_code="ar")
    assert 25 <= actors.count() <= 35
    assert actors.values("wilaya").distinct().count() >= 15
    assert actors.exclude(country="DZ").values("country").distinct().count() >= 3
    for name in ("sectors", "topics", "target_groups"):
        assert not actors.filter(**{name: None}).exists()
    invented = actors.filter(title__contains="مثال")
    assert not invented.exclude(notice__startswith="محتوى تجريبي").exists()
    assert not invented.exclude(email__endswith="@example.org").exists()
    assert 0 < invented.filter(contacts_consent=False).count() < invented.count() / 2
    # Nothing but what their report says is told of real organisations.
    real = actors.exclude(title__contains="مثال")
    assert real.count() == 5
    assert not real.exclude(people=None, products="", email="", exchanges=None).exists()


def _assert_needs_are_met() -> None:
    for need in models.Exchange.objects.filter(kind="need", actor__locale__language_code="fr"):
        offers = models.Exchange.objects.filter(kind="offer", resource=need.resource)
        if not offers.exists():
            assert need.title == "Un second véhicule adapté"  # nobody has one to give


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
        # Nobody is held up by the text on personal data, which all have agreed to.
        assert client.get("/fr/").status_code == 200


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


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ("0", date(2026, 11, 24)),
        ("-7", date(2026, 11, 17)),
        ("3", date(2026, 11, 29)),  # a Friday
        ("4", date(2026, 11, 29)),
        ("5", date(2026, 11, 29)),
        ("1 18:30", datetime(2026, 11, 25, 18, 30, tzinfo=ZoneInfo("Africa/Algiers"))),
    ],
)
def test_days_are_counted_from_the_day_of_loading_and_miss_the_weekend(
    small, monkeypatch, days, day
):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 24))
    update = f"""
model: ess_pages.ResolutionUpdate
key: update
fields:
  translation_key: !key home
  {"created_at" if " " in days else "happened_on"}: !in_days {days}
"""
    (small / "records.yaml").write_text(update, encoding="utf-8")
    load_demo()
    made = models.ResolutionUpdate.objects.get()
    assert day in (made.happened_on, made.created_at)


def test_row_with_a_field_that_does_not_exist_is_refused(small):
    rows = """---
model: ess_pages.MeetingIndexPage
key: meetings
parent: home
fields: {title: Rencontres, slug: rencontres}
---
model: ess_pages.MeetingPage
key: meeting
parent: meetings
fields:
  title: Rencontre
  slug: rencontre
  starts_on: 2016-03-15
  programme:
    - {title: Accueil, speakers: Artisanes, éleveurs}
"""
    (small / "fr.yaml").write_text(SMALL + rows, encoding="utf-8")
    with pytest.raises(FieldDoesNotExist, match="éleveurs"):
        load_demo()
