"""A person's rights: agreeing to the use of data, taking it along, correcting it, leaving."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from ess_forum.models import Flag, Member
from ess_ground.kept import KeptRecordError
from ess_site.accounts.models import Invitation, SignUpSettings
from ess_site.privacy import archive, asked
from ess_site.privacy.actions.consents import consent, publish_text
from ess_site.privacy.actions.corrections import answer_correction, ask_correction
from ess_site.privacy.actions.leaving import leave, why_not
from ess_site.privacy.models import Consent, ConsentText, CorrectionRequest, PrivacySettings
from ess_site.privacy.policy import RULES, allows
from tests.factories import UserFactory
from tests.forum import factories as forum

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "run_tasks")]
PASSWORD = "un mot de passe assez long"
BROWSER = {"HTTP_SEC_FETCH_DEST": "document", "HTTP_ACCEPT": "text/html"}


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


def with_rights(*codenames):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return get_user_model().objects.get(pk=user.pk)


@pytest.fixture
def editor():
    return with_rights(
        *("access_admin", "add_consenttext", "change_correctionrequest", "see_exports")
    )


@pytest.fixture
def publish(editor, django_capture_on_commit_callbacks):
    def publish(body="<p>Un texte.</p>", asks_anew=True):
        with django_capture_on_commit_callbacks(execute=True):
            return publish_text(editor, body_fr=body, body_ar="<p>نص.</p>", asks_anew=asks_anew)

    return publish


@pytest.fixture
def nadia():
    user = UserFactory(email="nadia@example.org", first_name="Nadia", last_name="Secrète")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def at_home(client, nadia):
    """A client in which Nadia has just given her password again."""
    client.post("/fr/accounts/login/", {"login": nadia.email, "password": PASSWORD})
    client.post("/fr/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def invitation(**more):
    now = timezone.now()
    facts = {"email": "amina@example.org", "name_latin": "Amina", "language": "fr", "sent_at": now}
    return Invitation.objects.create(**facts | more, expires_at=now + timedelta(days=3))


# Consent


def test_published_text_is_never_altered(publish):
    text = publish()
    text.body_fr = "<p>Autre chose.</p>"
    with pytest.raises(KeptRecordError):
        text.save()
    with pytest.raises(KeptRecordError):
        ConsentText.objects.update(body_fr="")


def test_same_words_sent_twice_are_one_version(publish):
    assert publish() == publish()
    assert publish("<p>Un autre.</p>").number == 2


@pytest.mark.parametrize("verb", RULES)
@pytest.mark.parametrize("who", ["visitor", "member", "editor"])
def test_policy(verb, who, editor):
    user = {"visitor": AnonymousUser(), "member": UserFactory(), "editor": editor}[who]
    for_editors = verb in ("publish_text", "answer_correction", "see_exports")
    assert allows(user, verb) == (who == "editor" or (who == "member" and not for_editors))


def test_who_may_not_publish_is_refused():
    with pytest.raises(PermissionDenied):
        publish_text(UserFactory(), body_fr="a", body_ar="b", asks_anew=True)


@pytest.mark.parametrize("mode", SignUpSettings.Mode.values)
def test_sign_up_asks_for_consent_in_every_mode(client, language, mode, publish):
    text = publish()
    settings = SignUpSettings.load()
    settings.mode = mode
    settings.save()
    if mode == "invitation":
        client.post(invitation().path)
    data = {
        "email": "amina@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "presentation": "Potière.",
        "text_number": text.number,
    }
    page = f"/{language}/accounts/signup/"
    refused = client.post(page, data)
    assert refused.context["form"].errors["consent"]
    assert reverse("privacy:text") in refused.content.decode()
    assert client.post(page, data | {"consent": "on"}).status_code == 302
    given = Consent.objects.get()
    assert (given.text, given.language) == (text, language)
    assert given.user.consented_to == text.number


def test_consent_to_a_text_that_has_just_changed_is_asked_again(client, publish):
    first = publish()
    publish("<p>Un texte plus long.</p>")
    data = {"email": "a@example.org", "password1": PASSWORD, "password2": PASSWORD}
    page = "/fr/accounts/signup/"
    response = client.post(page, data | {"text_number": first.number, "consent": "on"})
    assert response.context["form"].errors["text_number"]
    assert 'value="2"' in response.content.decode()
    assert not Consent.objects.exists()


def test_without_a_text_nobody_is_asked(client, nadia):
    client.force_login(nadia)
    assert client.get("/fr/", **BROWSER).status_code == 200


def test_members_are_asked_once_and_go_on_to_where_they_went(client, nadia, language, publish):
    text = publish()
    client.force_login(nadia)
    wanted = f"/{language}/forum/?language=ar"
    asked_page = client.get(wanted, **BROWSER)
    assert asked_page.status_code == 302
    shown = client.get(asked_page.url, **BROWSER)
    assert ("نص" if language == "ar" else "Un texte") in shown.content.decode()
    page = f"/{language}/privacy/consent/"
    answer = {"next": wanted, "text_number": text.number}
    assert client.post(page, answer).status_code == 422
    for _click in range(2):
        response = client.post(page, answer | {"consent": "on"})
        assert response.url == wanted
    assert client.get(wanted, **BROWSER).status_code == 200
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_consent_leads_to_no_other_site(client, nadia, publish, address):
    text = publish()
    client.force_login(nadia)
    data = {"next": address, "text_number": text.number, "consent": "on"}
    assert client.post("/fr/privacy/consent/", data).url == "/fr/"


@pytest.mark.parametrize(
    ("asks_anew", "status"), [(True, 302), (False, 200)], ids=["asks anew", "better words"]
)
def test_new_version_asks_only_where_editors_say_so(client, nadia, publish, asks_anew, status):
    consent(nadia, publish(), "fr")
    publish("<p>Un texte plus long.</p>", asks_anew)
    client.force_login(nadia)
    assert client.get("/fr/", **BROWSER).status_code == status


@pytest.mark.parametrize(
    "free",
    [
        *(
            "/fr/privacy/",
            "/fr/privacy/mine/",
            "/fr/accounts/logout/",
            "/fr/accounts/reauthenticate/",
        ),
        *("/robots.txt", "/api/v2/pages/"),
    ],
)
def test_who_has_not_agreed_yet_can_read_the_text_leave_and_log_out(client, nadia, publish, free):
    publish()
    client.force_login(nadia)
    assert "consent" not in client.get(free, **BROWSER).headers.get("Location", "")


def test_what_is_sent_or_loaded_by_a_page_is_not_held_up(client, nadia, publish):
    publish()
    client.force_login(nadia)
    assert client.get("/fr/", HTTP_SEC_FETCH_DEST="empty").status_code == 200
    assert "consent" not in client.post("/fr/accounts/email/", {}).headers.get("Location", "")


def test_asking_costs_no_query(client, nadia, publish):
    client.force_login(nadia)
    client.get("/fr/forum/", **BROWSER)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/fr/forum/", **BROWSER)
        return len(queries)

    before = count()
    consent(nadia, publish(), "fr")
    asked.asked_version()
    assert count() == before


def test_page_of_the_text_tells_the_rules_and_former_versions(client, language, publish):
    publish("<p>Première.</p>")
    publish("<p>Seconde.</p>")
    shown = client.get(f"/{language}/privacy/")
    assert [rule.name for rule in shown.context["rules"]]
    assert f"/{language}/privacy/versions/1/" in shown.content.decode()
    assert "Première" in client.get("/fr/privacy/versions/1/").content.decode()
    assert client.get("/fr/privacy/versions/9/").status_code == 404


def test_footer_leads_to_the_text(client, language):
    assert f'href="/{language}/privacy/"' in client.get(f"/{language}/").content.decode()


def test_editor_publishes_a_text_in_the_admin(client, editor):
    client.force_login(editor)
    page = reverse("privacy_publish_text")
    assert client.get(page).status_code == 200
    rich = json.dumps({"entityMap": {}, "blocks": [_block("Un texte.")]})
    response = client.post(page, {"body_fr": rich, "body_ar": rich, "asks_anew": "on"})
    assert response.url == reverse("privacy_texts")
    assert "Un texte." in ConsentText.objects.get().body_fr
    assert client.get(response.url).status_code == 200


def _block(text):
    ranges = {"inlineStyleRanges": [], "entityRanges": []}
    return {"key": "a1", "text": text, "type": "unstyled", "depth": 0, **ranges}


# The archive


def unpacked(response) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_archive_asks_for_the_password_first(client, nadia):
    client.force_login(nadia)
    response = client.post("/fr/privacy/mine/archive/")
    assert "/reauthenticate/" in response.url


def test_archive_is_read_in_the_language_of_the_person(at_home, language):
    found = unpacked(at_home.post(f"/{language}/privacy/mine/archive/"))
    assert found.testzip() is None
    index = found.read("index.html").decode()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in index
    assert 'href="account.html"' in index
    account = json.loads(found.read("account.json"))
    assert account["rows"][0]["email"] == "nadia@example.org"
    assert "nadia@example.org" in found.read("account.html").decode()


def test_archive_holds_nothing_of_another(at_home, nadia):
    member = forum.MemberFactory(user=nadia)
    other = forum.MemberFactory(name="Amine", user=UserFactory(email="amine@example.org"))
    mine = forum.post(forum.thread(other, text="Les mots d’Amine."), member, "Mes mots.")
    Flag.objects.create(post=mine, reporter=other, reason="spam", note="Je m’en plains.")
    found = unpacked(at_home.post("/fr/privacy/mine/archive/"))
    text = "".join(found.read(name).decode() for name in found.namelist())
    assert "Mes mots." in text
    for secret in ("amine@example.org", "Les mots d’Amine", "plains"):
        assert secret not in text


def test_archive_takes_as_many_queries_for_much_as_for_little(nadia):
    member = forum.MemberFactory(user=nadia)
    thread = forum.thread(member)

    def count():
        with CaptureQueriesContext(connection) as queries:
            list(archive.pieces(nadia, "fr"))
        return len(queries)

    forum.post(thread, member)
    few = count()
    for _number in range(5):
        forum.post(thread, member)
    assert count() == few


def test_archive_is_throttled(at_home):
    for _time in range(10):
        at_home.post("/fr/privacy/mine/archive/")
    assert at_home.post("/fr/privacy/mine/archive/").status_code == 302


# Correction


def test_editors_are_asked_once_and_the_person_is_answered(client, nadia, language, editor):
    client.force_login(nadia)
    page = f"/{language}/privacy/mine/correction/"
    for _click in range(2):
        client.post(page, {"text": "Mon nom a un accent."})
    [message] = mail.outbox
    assert message.to == [editor.email]
    request = CorrectionRequest.objects.get()
    assert reverse("privacy_correction", args=[request.pk]) in message.body
    client.force_login(editor)
    assert client.get(reverse("privacy_corrections")).status_code == 200
    client.post(reverse("privacy_correction", args=[request.pk]), {"answer": "C’est fait."})
    assert mail.outbox[-1].to == [nadia.email]
    assert "C’est fait." in mail.outbox[-1].body
    assert f"/{language}/" in mail.outbox[-1].body
    request.refresh_from_db()
    with pytest.raises(ValidationError):
        answer_correction(editor, request, "Encore.")


def test_answer_sent_twice_is_sent_once_and_another_is_kept_for_its_editor(client, nadia, editor):
    request = ask_correction(nadia, "Mon nom.")
    address = reverse("privacy_correction", args=[request.pk])
    client.force_login(editor)
    mail.outbox.clear()
    answers = [client.post(address, {"answer": text}) for text in ("Fait.", "Fait.", "Refusé.")]
    assert [answer.status_code for answer in answers] == [302, 302, 200]
    assert "Refusé." in answers[-1].content.decode()
    assert len(mail.outbox) == 1


def test_request_that_says_nothing_is_refused_with_a_sentence(client, nadia):
    client.force_login(nadia)
    response = client.post("/fr/privacy/mine/correction/", {"text": " "})
    assert response.status_code == 422
    assert response.context["form"].errors["text"]


def test_who_may_not_answer_is_refused(nadia):
    request = ask_correction(nadia, "Mon nom.")
    with pytest.raises(PermissionDenied):
        answer_correction(UserFactory(), request, "Non.")


# Leaving


def test_leaving_asks_for_the_password_and_for_a_last_word(client, nadia, language):
    page = f"/{language}/privacy/mine/leave/"
    client.force_login(nadia)
    assert "/reauthenticate/" in client.get(page).url
    client.post(f"/{language}/accounts/reauthenticate/", {"password": PASSWORD})
    shown = client.get(page)
    assert shown.context["effects"].goes
    assert client.post(page, {}).status_code == 422
    assert get_user_model().objects.filter(pk=nadia.pk).exists()


def test_who_leaves_is_logged_out_told_by_mail_and_gone(at_home, nadia, language):
    forum.MemberFactory(user=nadia, name="Nadia Secrète")
    invitation(email=nadia.email, user=nadia, joined_at=timezone.now())
    mail.outbox.clear()
    page = f"/{language}/privacy/mine/leave/"
    for _click in range(2):
        assert at_home.post(page, {"sure": "on"}).url == f"/{language}/privacy/left/"
    assert at_home.get(f"/{language}/privacy/left/").status_code == 200
    [message] = mail.outbox
    assert message.to == ["nadia@example.org"]
    assert f"/{language}/privacy/left/" in message.body
    assert not get_user_model().objects.filter(email="nadia@example.org").exists()
    assert not Invitation.objects.exists()
    assert not Session.objects.filter(session_key=at_home.session.session_key).exists()
    for model in (ModelLogEntry, Member):
        assert not model.objects.filter(**_named(model)).exists()


def _named(model):
    return {"name__contains": "Nadia"} if model is Member else {"label__icontains": "nadia"}


@pytest.mark.parametrize("posts", PrivacySettings.Posts.values)
def test_what_becomes_of_posts_is_what_the_site_decides_and_the_page_says(at_home, nadia, posts):
    settings = PrivacySettings.load()
    settings.posts = posts
    settings.save()
    member = forum.MemberFactory(user=nadia)
    written = forum.post(forum.thread(), member, "Mes mots.")
    effects = at_home.get("/fr/privacy/mine/leave/").context["effects"]
    assert (len(effects.stays), len(effects.goes)) == (4, 4) if posts == "kept" else (3, 5)
    leave(nadia)
    written.refresh_from_db()
    assert (written.source == "Mes mots.") == (posts == "kept")


@pytest.mark.parametrize("office", ["last superuser", "superuser", "editor", "permission"])
def test_who_has_rights_in_the_administration_does_not_leave_by_accident(at_home, nadia, office):
    if office == "editor":
        nadia.groups.add(Group.objects.get_or_create(name="Editors")[0])
    elif office == "permission":
        nadia.user_permissions.add(Permission.objects.first())
    else:
        nadia.is_superuser = True
        nadia.save()
    if office == "superuser":
        UserFactory(is_superuser=True)
    assert why_not(nadia)
    shown = at_home.get("/fr/privacy/mine/leave/")
    assert shown.context["why_not"]
    assert at_home.post("/fr/privacy/mine/leave/", {"sure": "on"}).status_code == 422
    assert get_user_model().objects.filter(pk=nadia.pk).exists()


def test_nothing_goes_where_something_fails(nadia, monkeypatch):
    forum.MemberFactory(user=nadia, name="Nadia")
    monkeypatch.setattr("ess_site.accounts.mails.send", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        leave(nadia)
    assert Member.objects.get(user=nadia).name == "Nadia"


def test_pages_of_ones_own_data_are_for_members(client, language):
    for page in ("mine/", "mine/leave/", "consent/"):
        assert "/accounts/login/" in client.get(f"/{language}/privacy/{page}").url


def test_page_of_ones_own_data_leads_to_all_that_can_be_done(at_home, language):
    shown = at_home.get(f"/{language}/privacy/mine/").content.decode()
    for way in ("archive", "correction", "leave"):
        assert f"/{language}/privacy/mine/{way}/" in shown
    assert re.search(r"/forum/\S*profile", shown)


@pytest.mark.parametrize("way", ["one", "several"])
def test_account_that_an_administrator_deletes_leaves_nothing_behind(client, nadia, way):
    forum.MemberFactory(user=nadia, name="Nadia Secrète")
    client.force_login(UserFactory(is_superuser=True))
    addresses = {
        "one": reverse("wagtailusers_users:delete", args=[nadia.pk]),
        "several": f"/admin/bulk/users/user/delete/?id={nadia.pk}",
    }
    assert client.get(addresses[way]).status_code == 200
    assert Member.objects.get(user=nadia).name == "Nadia Secrète"
    client.post(addresses[way])
    assert not get_user_model().objects.filter(pk=nadia.pk).exists()
    assert "Nadia" not in Member.objects.get().name


@pytest.mark.parametrize(
    "page",
    [
        *("/fr/forum/members/?q=nadia", "/ar/forum/members/", "/fr/forum/search/?author=nadia"),
        *("/api/forum/threads", "/fr/forum/"),
    ],
)
def test_name_of_who_has_left_is_found_nowhere(client, nadia, page):
    member = forum.MemberFactory(user=nadia, name="Nadia Secrète", handle="nadia")
    forum.thread(member, forum.CategoryFactory(see=0), title="Une question")
    client.force_login(forum.MemberFactory().user)
    assert "Nadia Secr" in client.get(page).content.decode()
    leave(nadia)
    response = client.get(page)
    assert response.status_code == 200
    assert "Secr" not in response.content.decode()
