"""A participant and a member are one person, and have one profile."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from ess_forum.actions.tokens import digest_of
from ess_forum.directory import Directory
from ess_forum.models import ApiToken, Member
from ess_pages.actions.participants import describe_oneself
from ess_pages.announcements import recipients
from ess_pages.models import Consultation, Participant
from ess_pages.voters import can_be_asked
from tests import factories
from tests.forum import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


def person(member: Member, **fields) -> Participant:
    return factories.ParticipantFactory(user=member.user, **fields)


def sent(member: Member, **fields) -> dict:
    named = {f"participant-{name}": value for name, value in fields.items()}
    return {"name": member.name, "handle": member.handle} | named


def found(query: str) -> set[str]:
    return {member.name for member in Directory(QueryDict(query)).page.object_list}


def numbers(query: str, name: str) -> dict[str, int]:
    choices = {choice.name: choice for choice in Directory(QueryDict(query)).choices}
    return (
        {option.slug: option.number for option in choices[name].options} if name in choices else {}
    )


@both_languages
def test_person_says_who_they_are(client, tree, language):
    member, sphere, wilaya = f.MemberFactory(), factories.SphereFactory(), factories.WilayaFactory()
    client.force_login(member.user)
    data = sent(
        member,
        name_fr="Amina  Benali",
        name_ar="أمينة بن علي",
        sphere=sphere.pk,
        organisation=tree["actor"].title.upper(),
        wilaya=wilaya.pk,
    )
    data["audience-participant-wilaya"] = "everyone"
    for _click in range(2):
        answer = client.post(url("edit_profile", language=language), data)
        assert answer.status_code == 302
    one = Participant.objects.get(user=member.user)
    assert (one.name_fr, one.name_ar, one.sphere) == ("Amina Benali", "أمينة بن علي", sphere)
    assert one.organisation.translation_key == tree["actor"].translation_key
    assert (one.wilaya_audience, one.sphere_audience) == ("everyone", "members")
    assert not one.is_confirmed
    assert ModelLogEntry.objects.filter(action="ess_pages.describe_oneself").count() == 1
    reader = f.MemberFactory()
    client.force_login(reader.user)
    text = client.get(url("member", member.handle, language=language)).content.decode()
    assert "Amina Benali" in text
    assert "أمينة بن علي" in text
    shown = tree["actor"] if language == "fr" else tree["actor"].get_translations().get()
    assert f'href="{shown.url}"' in text
    client.logout()
    text = client.get(url("member", member.handle, language=language)).content.decode()
    assert "Amina Benali" not in text


def test_who_says_nothing_becomes_no_participant(client):
    member = f.MemberFactory()
    client.force_login(member.user)
    assert client.post(url("edit_profile"), sent(member)).status_code == 302
    assert not Participant.objects.exists()


def test_half_of_it_is_refused_with_all_that_was_typed(client):
    member = f.MemberFactory()
    client.force_login(member.user)
    data = {**sent(member, name_fr="Amina Benali"), "offers": "Mes bras"}
    answer = client.post(url("edit_profile"), data)
    assert answer.status_code == 422
    assert "Amina Benali" in answer.content.decode()
    assert "Mes bras" in answer.content.decode()
    member.refresh_from_db()
    assert member.offers == ""
    assert not Participant.objects.exists()


def test_sphere_that_the_editors_have_confirmed_stays(client):
    member, other = f.MemberFactory(), factories.SphereFactory(slug="other")
    one = person(member)
    fields = {"name_fr": "A", "name_ar": "أ", "organisation": None, "wilaya": None}
    with pytest.raises(ValidationError):
        describe_oneself(member.user, **fields, sphere=other, audiences={})
    client.force_login(member.user)
    data = sent(member, name_fr="Nouveau nom", name_ar="اسم", sphere=other.pk)
    assert client.post(url("edit_profile"), data).status_code == 302
    before = one.sphere
    one.refresh_from_db()
    assert (one.name_fr, one.sphere, one.is_confirmed) == ("Nouveau nom", before, True)


def test_who_is_not_confirmed_is_neither_asked_nor_written_to(tree):
    member = f.MemberFactory()
    one = person(member, is_confirmed=False)
    recommendation = tree["recommendation"].recommendation
    for electorate in Consultation.Electorate:
        assert one not in can_be_asked(recommendation, electorate)
    assert recipients() == []
    Participant.objects.update(is_confirmed=True)
    assert one in can_be_asked(recommendation, Consultation.Electorate.ALL)
    assert [address for address, _language in recipients()] == [member.user.email]


def test_organisation_is_a_published_actor(client, tree):
    member, sphere = f.MemberFactory(), factories.SphereFactory()
    title = tree["actor"].title
    for page in tree["actor"].get_translations(inclusive=True):
        page.unpublish()
    client.force_login(member.user)
    data = sent(member, name_fr="A", name_ar="أ", sphere=sphere.pk, organisation=title)
    assert client.post(url("edit_profile"), data).status_code == 422
    assert not Participant.objects.filter(user=member.user).exists()


@pytest.mark.parametrize("words", ["benali", "بن علي", "امينه", "BÉNALI amina", "a-benali"])
def test_name_is_found_in_either_script(words):
    member = f.MemberFactory(name="A. B.", handle="a-benali")
    person(member, name_fr="Amina Bénali", name_ar="أمينة بن علي")
    person(f.MemberFactory(name="C. D."), name_fr="Chérif Dib", name_ar="شريف ذيب")
    query = QueryDict(mutable=True)
    query["q"] = words
    assert found(query.urlencode()) == {"A. B."}


@pytest.mark.parametrize(("audience", "is_found"), [("everyone", 1), ("members", 1), ("nobody", 0)])
def test_what_is_hidden_is_neither_found_nor_counted(tree, audience, is_found):
    member, wilaya = f.MemberFactory(name="A. B."), factories.WilayaFactory()
    fields = ("name_fr", "name_ar", "sphere", "organisation", "wilaya")
    one = person(
        member,
        name_fr="Zineb",
        name_ar="زينب",
        wilaya=wilaya,
        organisation=tree["actor"],
        **{f"{name}_audience": audience for name in fields},
    )
    expected = {"A. B."} if is_found else set()
    assert found("q=zineb") == found("q=زينب") == expected
    values = {
        "wilaya": wilaya.slug,
        "sphere": one.sphere.slug,
        "organisation": str(tree["actor"].translation_key),
    }
    for name, value in values.items():
        assert numbers("", name) == ({value: 1} if is_found else {})
        if is_found or name != "organisation":
            assert found(f"{name}={value}") == expected


def test_facets_narrow_one_another():
    here, there = factories.WilayaFactory(), factories.WilayaFactory(slug="oran", code="31")
    one, two = factories.SphereFactory(slug="one"), factories.SphereFactory(slug="two")
    for name, wilaya, sphere in (("A", here, one), ("B", here, two), ("C", there, two)):
        person(f.MemberFactory(name=name), wilaya=wilaya, sphere=sphere)
    assert found(f"wilaya={here.slug}&sphere=two") == {"B"}
    assert numbers("sphere=two", "wilaya") == {here.slug: 1, "oran": 1}
    assert numbers("sphere=two", "sphere") == {"one": 1, "two": 2}


@both_languages
@pytest.mark.parametrize("number", [1, 60])
def test_directory_costs_the_same_whatever_the_number_of_people(client, tree, language, number):
    wilaya = factories.WilayaFactory()
    for member in f.MemberFactory.create_batch(number):
        person(member, wilaya=wilaya, organisation=tree["actor"])
    reader = f.MemberFactory()
    client.force_login(reader.user)
    address = f"{url('members', language=language)}?wilaya={wilaya.slug}"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) <= 24, [query["sql"] for query in queries]


def test_api_tells_what_the_caller_may_read(client):
    member = f.MemberFactory(about="Pour moi", about_audience="nobody", offers="Une presse")
    person(member, name_fr="Zineb", wilaya=factories.WilayaFactory(), wilaya_audience="nobody")
    reader = f.MemberFactory()
    ApiToken.objects.create(member=reader, name="API", digest=digest_of("clef"), scope="read")
    headers = {"Authorization": "Bearer clef"}
    one = client.get(f"/api/forum/members/{member.handle}", headers=headers).json()
    told = {fact["name"]: fact["values"] for fact in one["profile"]}
    assert one["about"] == ""
    assert told["offers"] == ["Une presse"]
    assert told["name_fr"] == ["Zineb"]
    assert not {"wilaya", "about"} & set(told)
    [listed] = client.get("/api/forum/members?q=zineb", headers=headers).json()["items"]
    assert listed["profile"] == one["profile"]
