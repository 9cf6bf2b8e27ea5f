"""Where editors can put pages, and what a meeting's dates must be."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page

from ess_pages import models
from tests import factories

ALLOWED = {
    "HomePage": {
        "StandardPage",
        "ActorIndexPage",
        "PracticeIndexPage",
        "MeetingIndexPage",
        "RecommendationIndexPage",
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


def test_meeting_that_ends_before_it_starts_is_refused(tree):
    tree["meeting"].ends_on = datetime.date(2016, 3, 14)
    with pytest.raises(ValidationError) as error:
        tree["meeting"].full_clean()
    assert "ends_on" in error.value.error_dict
