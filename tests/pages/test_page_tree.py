"""Where editors can put pages, and what a meeting's dates must be."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html

from ess_pages import models
from tests import factories

ALLOWED = {
    "HomePage": {
        "StandardPage",
        "ActorIndexPage",
        "PracticeIndexPage",
        "MeetingIndexPage",
        "RecommendationIndexPage",
        "ExchangeIndexPage",
        "ResolutionIndexPage",
        "PressPage",
    },
    "StandardPage": {"StandardPage"},
    "ActorIndexPage": {"ActorPage"},
    "ActorPage": set(),
    "PracticeIndexPage": {"PracticePage"},
    "PracticePage": set(),
    "MeetingIndexPage": {"MeetingPage"},
    "MeetingPage": {"MeetingReportPage"},
    "MeetingReportPage": set(),
    "RecommendationIndexPage": {"RecommendationPage"},
    "RecommendationPage": set(),
    "ExchangeIndexPage": set(),
    "ResolutionIndexPage": set(),
    "PressPage": set(),
}


@pytest.mark.parametrize("parent", ALLOWED)
def test_page_type_takes_only_what_belongs_below_it(parent):
    children = {model.__name__ for model in getattr(models, parent).creatable_subpage_models()}
    assert children == ALLOWED[parent]


@pytest.mark.django_db
def test_only_front_pages_stand_at_the_root():
    creatable = [
        model.__name__
        for model in Page.creatable_subpage_models()
        if model._meta.app_label == "ess_pages" and model.can_create_at(Page.get_first_root_node())
    ]
    assert creatable == ["HomePage"]


def test_section_exists_once_under_a_front_page(home):
    assert models.ActorIndexPage.can_create_at(home)
    factories.ActorIndexPageFactory(parent=home)
    assert not models.ActorIndexPage.can_create_at(home)


def test_meeting_has_one_report(tree):
    assert not models.MeetingReportPage.can_create_at(tree["meeting"])


def test_actor_abroad_has_no_wilaya(tree):
    tree["actor"].country = "FR"
    with pytest.raises(ValidationError) as error:
        tree["actor"].full_clean()
    assert "wilaya" in error.value.error_dict


def test_address_of_another_part_of_the_site_is_refused(home):
    page = factories.StandardPageFactory(parent=home)
    page.slug = "search"
    with pytest.raises(ValidationError) as error:
        page.full_clean()
    assert "slug" in error.value.error_dict


@pytest.mark.parametrize("text", ["", "<p></p>", '<p data-block-key="a1b2c"> </p>'])
def test_text_that_says_nothing_is_refused(tree, text):
    tree["practice"].problem = text
    with pytest.raises(ValidationError) as error:
        tree["practice"].full_clean()
    assert "problem" in error.value.error_dict


@pytest.mark.parametrize(("used", "kept"), [(True, True), (False, False)])
def test_workshop_that_a_recommendation_comes_from_must_stay(admin_client, tree, used, kept):
    if not used:
        models.RecommendationPage.objects.update(workshop=None)
    url = reverse("wagtailadmin_pages:edit", args=[tree["meeting"].pk])
    html = admin_client.get(url).content.decode()
    data = querydict_from_html(html, form_id="page-edit-form").copy()
    data["body-count"] = "0"  # the editor makes it with a script
    data["workshops-0-DELETE"] = "1"
    data["action-publish"] = "1"
    admin_client.post(url, data)
    assert models.Workshop.objects.filter(meeting=tree["meeting"]).exists() == kept


def test_meeting_that_ends_before_it_starts_is_refused(tree):
    tree["meeting"].ends_on = datetime.date(2016, 3, 14)
    with pytest.raises(ValidationError) as error:
        tree["meeting"].full_clean()
    assert "ends_on" in error.value.error_dict
