"""The demonstration content."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import TestCase
from wagtail.models import Page

from ess_pages import models
from ess_pages.translation import translations
from ess_site import demo

pytestmark = pytest.mark.django_db


def load_demo() -> str:
    out = StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_every_page_is_published_and_complete_in_both_languages():
    load_demo()
    pages = Page.objects.filter(depth__gt=1)
    assert not pages.filter(live=False).exists()
    french, arabic = (
        set(pages.filter(locale__language_code=code).values_list("translation_key", flat=True))
        for code in ("fr", "ar")
    )
    assert french == arabic
    assert not translations().filter(missing__gt=0).exists()
    assert {page.specific_class for page in pages} == {
        model
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, Page)
    }


def test_the_facts_of_the_seminar_are_there():
    load_demo()
    report = models.MeetingReportPage.objects.get(locale__language_code="ar")
    assert report.people == 23
    assert report.resolutions.count() == 4
    assert len(report.meeting.organising_actors) == 3
    assert report.meeting.workshops.count() == 3
    next_meeting = models.MeetingPage.objects.get(
        locale__language_code="ar", starts_on="2016-03-15"
    )
    assert next_meeting.wilaya.slug == "alger"
    assert not models.Workshop.objects.filter(
        locale__language_code="fr", recommendations__isnull=True
    ).exists()


def test_second_run_keeps_what_is_there():
    load_demo()
    home = models.HomePage.objects.get(locale__language_code="fr")
    home.title = "Changé par un éditeur"
    home.save()
    assert "nothing loaded" in load_demo()
    home.refresh_from_db()
    assert home.title == "Changé par un éditeur"


def test_demo_accounts_are_made_only_where_the_settings_say_so(settings):
    settings.DEMO_ACCOUNTS = False
    load_demo()
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("spoil", ["remove", "add"])
def test_arabic_that_does_not_match_the_french_loads_nothing(tmp_path, monkeypatch, spoil):
    folder = tmp_path / "demo"
    folder.mkdir()
    for file in ("documents", "images", "fr.yaml"):
        (folder / file).symlink_to(demo.FOLDER / file)
    po = demo.polib.pofile(str(demo.FOLDER / "ar.po"))
    if spoil == "remove":
        text = po.pop().msgid
    else:
        text = "Une phrase que personne n’a écrite"
        po.append(demo.polib.POEntry(msgid=text, msgstr="جملة"))
    po.save(str(folder / "ar.po"))
    monkeypatch.setattr(demo, "FOLDER", folder)
    with pytest.raises(CommandError) as error:
        load_demo()
    assert text in str(error.value)
    assert not models.HomePage.objects.exists()
