"""Each page type decides, field by field, what is translated and what is kept in step."""

import pytest
from modelcluster.fields import ParentalKey
from wagtail.models import Page, get_page_models
from wagtail_localize.fields import TranslatableField, get_translatable_fields

from ess_pages import models

OURS = [model for model in get_page_models() if model._meta.app_label == "ess_pages"]
ITEMS = [
    models.ActorLink,
    models.Exchange,
    models.NetworkMembership,
    models.PracticeFigure,
    models.PracticeScore,
    models.ProgrammeItem,
    models.ReportDocument,
    models.ReportPhoto,
    models.Resolution,
    models.Workshop,
]
# Fields that belong to Wagtail, or that make a row a part of its page.
NOT_OURS = {field.name for field in Page._meta.get_fields()} | {"page_ptr", "id", "sort_order"}


def decided(model) -> dict[str, bool]:
    """Return, for each field that is decided on, whether it is translated."""
    return {
        field.field_name: isinstance(field, TranslatableField)
        for field in get_translatable_fields(model)
    }


@pytest.mark.parametrize("model", OURS + ITEMS, ids=lambda model: model.__name__)
def test_no_field_is_left_undecided(model):
    editable = {
        field.name
        for field in model._meta.get_fields()
        if getattr(field, "editable", False) and not isinstance(field, ParentalKey)
    }
    assert editable - NOT_OURS <= set(decided(model))


@pytest.mark.parametrize(
    ("model", "translated", "in_step"),
    [
        (
            models.ActorPage,
            {"title", "slug", "summary", "body", "locality", "products", "exchanges"},
            {"wilaya", "image", "sphere", "founded", "sectors", "contacts_consent"},
        ),
        (
            models.MeetingPage,
            {"title", "venue", "practical", "programme", "workshops"},
            {"starts_on", "wilaya", "image", "organisers", "capacity"},
        ),
        (models.MeetingReportPage, {"body", "resolutions", "photos"}, {"attendance", "guests"}),
        (models.PracticePage, {"problem", "approach", "results"}, {"wilaya", "carriers"}),
        (models.RecommendationPage, {"summary", "body"}, {"topics", "workshop"}),
        (models.Exchange, {"title", "description"}, {"kind", "resource", "expires_on"}),
        (models.PracticeScore, {"reason"}, {"criterion", "score"}),
        (models.Resolution, {"title", "text"}, {"owner", "actor", "due_on"}),
        (models.ReportPhoto, {"caption"}, {"image"}),
        (models.ProgrammeItem, {"title", "speakers"}, {"starts_at"}),
    ],
)
def test_texts_are_translated_and_facts_kept_in_step(model, translated, in_step):
    fields = decided(model)
    assert {name for name in translated if fields[name]} == translated
    assert {name for name in in_step if not fields[name]} == in_step
