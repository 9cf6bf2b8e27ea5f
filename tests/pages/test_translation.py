"""Slugs, and how translations follow their source."""

import datetime
from urllib.parse import unquote

import pytest
from django.test import TestCase
from wagtail.models import Page

from ess_pages.models import MeetingPage
from ess_pages.translation import translations_of
from tests import factories


def publish(page: Page) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.save_revision().publish()


def missing(page: Page) -> int:
    return translations_of(page).get().missing


class TestSlug:
    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("اقتصاد", "اقتصاد"),
            ("نص eco جديد", "نص-eco-جديد"),
            ("الملتقى الوطني!", "الملتقى-الوطني"),
        ],
    )
    def test_slug_is_made_from_the_arabic_title(self, home, title, slug):
        page = factories.StandardPageFactory(parent=home, title="Économie")
        assert factories.translate(page, {"Économie": title}).slug == slug

    @pytest.mark.parametrize(
        ("typed", "slug"),
        [("محضر-2016", "محضر-2016"), ("محضر اللقاء", "محضر-اللقاء"), ("ads", "ads")],
    )
    def test_slug_that_a_translator_typed_is_kept(self, home, typed, slug):
        page = factories.StandardPageFactory(parent=home, slug="compte-rendu")
        assert factories.translate(page, {"compte-rendu": typed}).slug == slug

    def test_slug_in_use_beside_it_gets_a_number(self, home):
        first, second = (factories.StandardPageFactory(parent=home, title=t) for t in "AB")
        factories.translate(first, {"A": "صفحة"})
        assert factories.translate(second, {"B": "صفحة"}).slug == "صفحة-2"

    def test_draft_slug_follows_its_title_until_it_is_published(self, home):
        page = factories.StandardPageFactory(parent=home, title="Économie")
        factories.translate(page, {"Économie": "أول"}, publish=False)
        assert factories.translate(page, {"Économie": "ثان"}).slug == "ثان"
        assert factories.translate(page, {"Économie": "ثالث"}).slug == "ثان"

    def test_new_french_slug_leaves_the_arabic_address_alone(self, home):
        page = factories.StandardPageFactory(parent=home, slug="avant")
        arabic = factories.translate(page, {"avant": "قبل"})
        page.slug = "apres"
        publish(page)
        arabic.refresh_from_db()
        assert arabic.slug == "قبل"

    def test_arabic_slug_reaches_the_addresses_below_it(self, home):
        section = factories.ActorIndexPageFactory(parent=home)
        actor = factories.ActorPageFactory(parent=section, title="Agence")
        factories.translate(section, {section.slug: "الفاعلون"})
        arabic = factories.translate(actor, {"Agence": "وكالة"})
        assert unquote(arabic.url) == "/ar/الفاعلون/وكالة/"


class TestKeepInStep:
    def test_date_reaches_the_arabic_page_at_once(self, tree):
        meeting = tree["meeting"]
        meeting.starts_on = datetime.date(2016, 4, 1)
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        assert arabic.starts_on == datetime.date(2016, 4, 1)
        assert missing(meeting) == 0

    def test_date_reaches_the_arabic_page_even_if_a_text_is_missing(self, tree):
        meeting = tree["meeting"]
        meeting.starts_on = datetime.date(2016, 4, 1)
        meeting.title = "Rencontre d’Oran"
        meeting.wilaya = factories.WilayaFactory(
            slug="oran", code="31", name_fr="Oran", name_ar="وهران"
        )
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        assert (arabic.starts_on, arabic.wilaya.slug) == (datetime.date(2016, 4, 1), "oran")
        assert arabic.title == "عربي: Rencontre d’Alger"
        assert arabic.live
        assert missing(meeting) == 1

    def test_organisers_follow_even_if_a_text_is_missing(self, tree):
        meeting = tree["meeting"]
        meeting.title = "Autre titre"
        meeting.organisers = []
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        assert arabic.organisers.count() == 0
        assert [item.title for item in arabic.programme.all()] == ["عربي: Ouverture"]

    def test_unpublished_translation_stays_unpublished(self, home):
        page = factories.StandardPageFactory(parent=home)
        arabic = factories.translate(page, publish=False)
        publish(page)
        arabic.refresh_from_db()
        assert not arabic.live

    def test_submitting_for_translation_publishes_nothing(self, home):
        page = factories.StandardPageFactory(parent=home, title="Pas encore")
        arabic = factories.translate(page, {"Pas encore": ""}, publish=False)
        assert not arabic.live

    def test_new_text_is_counted_as_missing_and_then_translated(self, tree):
        report = tree["report"]
        report.summary = "Un autre résumé."
        publish(report)
        assert missing(report) == 1
        arabic = factories.translate(report, {"Un autre résumé.": "ملخص آخر."})
        assert arabic.summary == "ملخص آخر."
        assert missing(report) == 0

    def test_clauses_keep_their_identity_through_moves_and_translation(self, tree):
        recommendation = tree["recommendation"]
        first, second = recommendation.clauses.all()
        first.sort_order, second.sort_order = 1, 0
        recommendation.clauses = [second, first]
        publish(recommendation)
        arabic = recommendation.get_translations().get().specific
        assert [clause.translation_key for clause in arabic.clauses.all()] == [
            second.translation_key,
            first.translation_key,
        ]
        assert arabic.clauses.first().heading == "عربي: Clause 2"
