"""The records that pages refer to."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils.translation import override

from ess_pages.models import (
    Criterion,
    LegalForm,
    Resource,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)
from tests.factories import ParticipantFactory, WilayaFactory

pytestmark = pytest.mark.django_db


def test_reference_data_has_all_wilayas_spheres_and_legal_forms():
    call_command("load_reference_data", verbosity=0)
    assert Wilaya.objects.count() == 69
    assert Wilaya.objects.filter(active_from="2027-01-01").count() == 11
    assert set(Sphere.objects.values_list("slug", flat=True)) == {
        "public",
        "private",
        "civil-society",
        "international",
    }
    assert LegalForm.objects.filter(slug="cooperative", name_ar="تعاونية").exists()
    assert Wilaya.objects.get(slug="aflou").mother.slug == "laghouat"


def test_loading_again_leaves_an_editors_changes_alone():
    call_command("load_reference_data", verbosity=0)
    Wilaya.objects.filter(slug="aflou").update(code="70", name_fr="Aflou (Djebel Amour)")
    call_command("load_reference_data", verbosity=0)
    aflou = Wilaya.objects.get(slug="aflou")
    assert (aflou.code, aflou.name_fr) == ("70", "Aflou (Djebel Amour)")
    assert Wilaya.objects.count() == 69


@pytest.mark.parametrize("model", [Sector, TargetGroup, Topic, Resource, Criterion])
def test_reference_lists_are_named_in_both_languages(model):
    call_command("load_reference_data", verbosity=0)
    assert model.objects.exists()
    for record in model.objects.all():
        record.full_clean()
        assert not re.search("[\u0600-\u06ff]", record.name_fr)
        assert re.search("[\u0600-\u06ff]", record.name_ar)


def test_wilayas_loaded_before_they_had_places_are_given_theirs():
    call_command("load_reference_data", verbosity=0)
    Wilaya.objects.filter(slug__in=["alger", "oran"]).update(latitude=None, longitude=None)
    Wilaya.objects.filter(slug="setif").update(latitude="36.2", longitude=None)
    Wilaya.objects.filter(slug="blida").update(latitude="36.5", longitude="2.8")
    call_command("load_reference_data", verbosity=0)
    places = {w.slug: (w.latitude, w.longitude) for w in Wilaya.objects.all()}
    assert all(places["alger"])
    assert all(places["oran"])
    assert places["setif"] == (Decimal("36.2"), None)
    assert places["blida"] == (Decimal("36.5"), Decimal("2.8"))


@pytest.mark.parametrize(("language", "name"), [("fr", "Alger"), ("ar", "الجزائر")])
def test_record_is_named_in_the_active_language(language, name):
    with override(language):
        assert str(WilayaFactory()) == name


@pytest.mark.parametrize("code", ["7", "1234", "ab", ""])
def test_wilaya_refuses_a_code_that_is_not_two_or_three_digits(code):
    with pytest.raises(ValidationError) as error:
        WilayaFactory.build(code=code).full_clean()
    assert "code" in error.value.error_dict


def test_two_wilayas_cannot_share_a_code():
    WilayaFactory()
    with pytest.raises(ValidationError):
        WilayaFactory.build(slug="autre", code="16").full_clean()


@pytest.mark.parametrize(("language", "role"), [("fr", "Élu local"), ("ar", "منتخب محلي")])
def test_participants_role_is_told_in_the_active_language(language, role):
    participant = ParticipantFactory(role_fr="Élu local", role_ar="منتخب محلي")
    with override(language):
        assert participant.role == role
