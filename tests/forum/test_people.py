"""What members say of themselves, each field to its audience, and the directory of members."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from ess_forum.actions import profiles
from ess_forum.directory import PAGE_SIZE, Directory
from ess_forum.forms.profiles import MendedProfileForm
from ess_forum.models import Member, ModerationEvent, SpokenLanguage

from . import factories as f

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


def sent(member: Member, **fields) -> dict:
    return {"name": member.name, "handle": member.handle, "about": member.about} | fields


def edit(member: Member, **fields) -> Member:
    return profiles.edit_profile(f.viewer(member), **sent(member, **fields))


def picture(name="moi.jpg", size=(640, 400), **options) -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    exif[0x010F] = "Appareil"
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif, **options)
    return SimpleUploadedFile(name, out.getvalue())


def found(query: str) -> set[str]:
    return {member.name for member in Directory(QueryDict(query)).page.object_list}


def numbers(query: str, name: str) -> dict[str, int]:
    choices = {choice.name: choice for choice in Directory(QueryDict(query)).choices}
    return (
        {option.slug: option.number for option in choices[name].options} if name in choices else {}
    )


# The profile


@both_languages
def test_profile_is_edited_with_its_audiences(client, language):
    member = f.MemberFactory()
    client.force_login(member.user)
    answer = client.post(
        url("edit_profile", language=language),
        sent(
            member,
            offers="Une presse à huile",
            seeks="مقر صغير",
            languages=["ar", "ber"],
            website="example.org/moi",
            linkedin="https://dz.linkedin.com/in/moi",
            **{"audience-offers": "everyone", "audience-website": "nobody"},
        ),
    )
    assert answer.status_code == 302, answer.context["form"].errors
    member.refresh_from_db()
    assert (member.offers, member.seeks) == ("Une presse à huile", "مقر صغير")
    assert member.website == "https://example.org/moi"
    assert [each.code for each in member.spoken_languages.all()] == ["ar", "ber"]
    audiences = (member.offers_audience, member.website_audience, member.seeks_audience)
    assert audiences == ("everyone", "nobody", "members")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "http://example.org/"),
        ("website", "javascript:alert(1)"),
        ("linkedin", "https://example.org/in/moi"),
        ("linkedin", "https://linkedin.com.example.org/in/moi"),
        ("linkedin", "https://mylinkedin.com/in/moi"),
        ("facebook", "https://example.org/facebook.com/moi"),
        ("languages", "xx"),
        ("audience-offers", "friends"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(client, field, value):
    member = f.MemberFactory()
    client.force_login(member.user)
    answer = client.post(
        url("edit_profile"), sent(member, offers="Mes bras, souvent", **{field: value})
    )
    assert answer.status_code == 422
    assert "Mes bras, souvent" in answer.content.decode()
    member.refresh_from_db()
    assert member.offers == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("website", "http://example.org/"), ("linkedin", "https://example.org/in/moi")],
)
def test_mistake_in_an_address_says_what_to_give(client, field, value, language):
    member = f.MemberFactory()
    client.force_login(member.user)
    answer = client.post(url("edit_profile", language=language), sent(member, **{field: value}))
    [said] = answer.context["form"].errors[field]
    assert "https://" in said


def test_action_refuses_an_audience_that_there_is_not():
    with pytest.raises(ValidationError):
        edit(f.MemberFactory(), audiences={"offers": "friends"})


def test_what_is_not_sent_stays_as_it_was():
    member = edit(f.MemberFactory(), languages=["fr"], audiences={"offers": "nobody"}, offers="A")
    edit(member)
    member.refresh_from_db()
    assert (member.offers, member.offers_audience) == ("A", "nobody")
    assert member.spoken_languages.count() == 1


@both_languages
@pytest.mark.parametrize("audience", ["everyone", "members", "nobody"])
def test_each_field_is_shown_to_its_audience(client, language, audience):
    member, reader = f.MemberFactory(), f.MemberFactory()
    edit(
        member,
        offers="Une presse",
        seeks="Un local",
        audiences={"seeks": "everyone", "offers": audience},
    )
    address = url("member", member.handle, language=language)
    assert ("Une presse" in client.get(address).content.decode()) is (audience == "everyone")
    client.force_login(reader.user)
    assert ("Une presse" in client.get(address).content.decode()) is (audience != "nobody")
    client.force_login(member.user)
    assert "Une presse" in client.get(address).content.decode()


def test_visitor_sees_nothing_but_what_is_for_everyone(client):
    member = edit(f.MemberFactory(), offers="Une presse", audiences={"offers": "everyone"})
    f.thread(member, title="Un titre")
    answer = client.get(url("member", member.handle))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Une presse" in text
    assert "Un titre" not in text
    assert "noindex" in text


@pytest.mark.parametrize("state", ["banned", "inactive", "former"])
def test_visitor_does_not_see_who_is_gone(client, state):
    member = edit(f.MemberFactory(), offers="Une presse", audiences={"offers": "everyone"})
    if state == "banned":
        Member.objects.update(is_banned=True)
    elif state == "inactive":
        type(member.user).objects.update(is_active=False)
    else:
        member.user.delete()
    assert client.get(url("member", member.handle)).status_code == 302
    reader = f.MemberFactory()
    client.force_login(reader.user)
    shown = "Une presse" in client.get(url("member", member.handle)).content.decode()
    assert shown is (state != "former")


def test_visitor_learns_of_no_handle(client):
    member = f.MemberFactory()
    for handle in (member.handle, "personne"):
        assert client.get(url("member", handle)).status_code == 302


# The photo


def test_photo_is_made_anew_without_what_the_file_carried(client):
    member = f.MemberFactory()
    client.force_login(member.user)
    answer = client.post(url("edit_profile"), sent(member, photo=picture()))
    assert answer.status_code == 302
    member.refresh_from_db()
    with Image.open(member.photo.open()) as image:
        assert (image.format, image.size) == ("WEBP", (320, 320))
        assert not image.getexif()
    shown = client.get(url("photo", member.handle))
    assert shown["Content-Type"] == "image/webp"
    assert "private" in shown["Cache-Control"]


def test_photo_is_replaced_and_removed(client, django_capture_on_commit_callbacks):
    member = f.MemberFactory()
    client.force_login(member.user)
    client.post(url("edit_profile"), sent(member, photo=picture()))
    member.refresh_from_db()
    storage, first = member.photo.storage, member.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("edit_profile"), sent(member, photo=picture()))
    assert not storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("edit_profile"), sent(member, remove_photo="on"))
    member.refresh_from_db()
    assert not member.photo


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("moi.jpg", b"<svg onload='alert(1)'>"),
        SimpleUploadedFile("moi.jpg", picture().read()[:300]),
        SimpleUploadedFile("moi.jpg", b"0" * (5 * 1024 * 1024 + 1)),
    ],
    ids=["not an image", "damaged", "too large"],
)
def test_photo_that_is_none_is_refused(client, file):
    member = f.MemberFactory()
    client.force_login(member.user)
    answer = client.post(url("edit_profile"), sent(member, photo=file))
    assert answer.status_code == 422
    assert "photo" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("audience", "visitor", "reader"),
    [("everyone", 200, 200), ("members", 404, 200), ("nobody", 404, 404)],
)
def test_photo_is_sent_to_its_audience(client, audience, visitor, reader):
    member, other = f.MemberFactory(), f.MemberFactory()
    client.force_login(member.user)
    client.post(url("edit_profile"), sent(member, photo=picture(), **{"audience-photo": audience}))
    assert client.get(url("photo", member.handle)).status_code == 200
    client.force_login(other.user)
    assert client.get(url("photo", member.handle)).status_code == reader
    client.logout()
    assert client.get(url("photo", member.handle)).status_code == visitor


# Moderators


def test_moderator_mends_what_members_may_read(client):
    moderator, member = f.moderator(), f.MemberFactory()
    client.force_login(member.user)
    client.post(url("edit_profile"), sent(member, photo=picture()))
    edit(member, offers="Gain facile", seeks="Pour moi", audiences={"seeks": "nobody"})
    form = MendedProfileForm(instance=Member.objects.get(pk=member.pk))
    assert "seeks" not in form.fields
    profiles.edit_member(
        f.viewer(moderator), member, name="Membre", handle="m", remove_photo=True, offers=""
    )
    member.refresh_from_db()
    assert (member.offers, member.folded_offers, member.seeks) == ("", "", "Pour moi")
    assert not member.photo
    before = ModerationEvent.objects.get().details["before"]
    assert before["offers"] == "Gain facile"
    assert "seeks" not in before


# The directory


def test_visitor_of_the_directory_is_led_to_log_in(client):
    answer = client.get(url("members"))
    assert answer.status_code == 302
    assert "login" in answer.url


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Élodie Bénali", "elodie BENALI"),
        ("أمينة بن علي", "امينه"),
        ("فاطمة الزهراء", "فاطمه زه"),
        ("فاطمة الزهراء", "الزهراء"),
        ("عيسى بن علي", "العيسى"),
        ("مُصطفى", "مصطفي"),
        ("Yacine 2", "٢"),
    ],
)
def test_name_is_found_whatever_way_it_is_written(name, words):
    f.MemberFactory(name=name, handle="x1")
    f.MemberFactory(name="Autre personne", handle="x3")
    query = QueryDict(mutable=True)
    query["q"] = words
    assert found(query.urlencode()) == {name}


def test_offers_are_found_by_those_who_may_read_them():
    edit(f.MemberFactory(name="A"), offers="Une presse à huile")
    edit(f.MemberFactory(name="B"), seeks="Une presse", audiences={"seeks": "everyone"})
    edit(f.MemberFactory(name="C"), offers="Une presse", audiences={"offers": "nobody"})
    assert found("q=presse") == {"A", "B"}
    assert found("q=presse+huile") == {"A"}


def test_who_is_banned_or_gone_is_not_listed():
    for name in ("Banni", "Parti", "Suspendu", "Là"):
        f.MemberFactory(name=name)
    Member.objects.filter(name="Banni").update(is_banned=True)
    Member.objects.get(name="Parti").user.delete()
    inactive = Member.objects.get(name="Suspendu").user
    inactive.is_active = False
    inactive.save()
    assert found("") == {"Là"}


def test_languages_are_counted_and_chosen_where_members_may_know_them():
    edit(f.MemberFactory(name="A"), languages=["ar", "fr"])
    edit(f.MemberFactory(name="B"), languages=["ar"], audiences={"languages": "everyone"})
    edit(f.MemberFactory(name="C"), languages=["ar", "tr"], audiences={"languages": "nobody"})
    assert numbers("", "language") == {"ar": 2, "fr": 1}
    assert found("language=ar") == {"A", "B"}
    assert found("language=ar&language=fr") == {"A", "B"}
    assert found("language=tr") == set()
    assert numbers("language=fr", "language") == {"ar": 2, "fr": 1}
    assert found("language=nonsense&page=zéro") == {"A", "B", "C"}


@both_languages
@pytest.mark.parametrize("number", [1, 2 * PAGE_SIZE + 2])
def test_directory_costs_the_same_whatever_the_number_of_members(client, language, number):
    reader = f.MemberFactory()
    members = f.MemberFactory.create_batch(number, offers="Une presse")
    SpokenLanguage.objects.bulk_create(
        SpokenLanguage(member=member, code=code) for member in members for code in ("ar", "fr")
    )
    client.force_login(reader.user)
    address = f"{url('members', language=language)}?q=presse&language=ar"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert len(answer.context["listing"].page.object_list) == min(number, PAGE_SIZE)
    assert len(queries) <= 18, [query["sql"] for query in queries]
    if number > PAGE_SIZE:
        assert "page=2" in answer.content.decode()


@both_languages
def test_directory_says_when_nobody_is_found(client, language):
    client.force_login(f.MemberFactory().user)
    answer = client.get(url("members", language=language), {"q": "<b>personne"})
    assert answer.status_code == 200
    assert "&lt;b&gt;personne" in answer.content.decode()
    assert 'class="forum-empty"' in answer.content.decode()
