"""Slugs, and how translations follow their source."""

import datetime
from urllib.parse import unquote

import pytest
from django.test import TestCase
from wagtail.models import Page
from wagtail_localize.models import SegmentOverride

from ess_pages.models import ActorPage, MeetingPage, ProgrammeItem
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

    def test_facts_of_rows_follow_while_their_texts_wait(self, tree):
        meeting = tree["meeting"]
        meeting.title = "Autre titre"
        (item,) = meeting.programme.all()
        item.starts_at = datetime.time(10, 30)
        meeting.programme = [item, ProgrammeItem(title="Nouveau", sort_order=1)]
        workshop = meeting.workshops.get()
        workshop.rapporteurs = []
        meeting.workshops = [workshop]
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        (item,) = arabic.programme.all()
        assert (item.title, item.starts_at) == ("عربي: Ouverture", datetime.time(10, 30))
        assert arabic.workshops.get().title == "عربي: Atelier un"
        assert arabic.workshops.get().rapporteurs.count() == 0

    def test_row_that_the_source_drops_is_dropped(self, tree):
        tree["meeting"].title = "Autre titre"
        tree["meeting"].programme = []
        publish(tree["meeting"])
        arabic = tree["meeting"].get_translations().get().specific
        assert arabic.programme.count() == 0

    def test_texts_that_a_translator_has_not_published_stay_unpublished(self, tree):
        meeting = tree["meeting"]
        translation = translations_of(meeting).get()
        po = translation.export_po()
        for entry in po:
            entry.msgstr = entry.msgstr.replace("عربي", "مسودة")
        translation.import_po(po)
        meeting.starts_on = datetime.date(2016, 4, 1)
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        assert arabic.starts_on == datetime.date(2016, 4, 1)
        assert arabic.title == "عربي: Rencontre d’Alger"

    def test_draft_of_a_translation_stays_a_draft_and_has_the_facts(self, tree):
        meeting = tree["meeting"]
        draft = MeetingPage.objects.get(locale__language_code="ar")
        draft.title = "عنوان المسودة"
        draft.save_revision()
        meeting.starts_on = datetime.date(2016, 4, 1)
        publish(meeting)
        arabic = MeetingPage.objects.get(locale__language_code="ar")
        assert (arabic.title, arabic.starts_on) == (
            "عربي: Rencontre d’Alger",
            datetime.date(2016, 4, 1),
        )
        assert arabic.has_unpublished_changes
        draft = arabic.get_latest_revision_as_object()
        assert (draft.title, draft.starts_on) == ("عنوان المسودة", datetime.date(2016, 4, 1))

    def test_fact_that_a_translation_overrides_is_left_alone(self, tree):
        actor = tree["actor"]
        actor.website = "https://example.org/fr"
        publish(actor)
        translation = translations_of(actor).get()
        segment = translation.source.overridablesegment_set.get(context__path="website")
        SegmentOverride.objects.create(
            locale=translation.target_locale,
            context=segment.context,
            data_json='"https://example.org/ar"',
        )
        actor.title, actor.website, actor.founded = "Autre", "https://example.org/b", 1996
        publish(actor)
        arabic = actor.get_translations().get().specific
        assert (arabic.founded, arabic.website) == (1996, "https://example.org/fr")

    def test_translation_that_cannot_follow_keeps_nothing_from_being_published(self, tree):
        actor = tree["actor"]
        ActorPage.objects.filter(locale__language_code="ar").update(website="pas une adresse")
        actor.title = "Publiée quand même"
        publish(actor)
        actor.refresh_from_db()
        assert actor.title == "Publiée quand même"

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
