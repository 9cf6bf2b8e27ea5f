"""Who may sign up: anybody, anybody whom an editor approves, or people who are invited."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from ess_site.accounts.actions import applications
from ess_site.accounts.admin.menu import menu_item
from ess_site.accounts.models import Application, SignUpSettings
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arabic", "run_tasks")]
PASSWORD = "un mot de passe assez long"


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


@pytest.fixture
def editor():
    user = UserFactory()
    names = ["access_admin", "change_application"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def choose(mode):
    settings = SignUpSettings.load()
    settings.mode = mode
    settings.save()


def sign_up(client, language="fr", **more):
    data = {"email": "amina@example.org", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(f"/{language}/accounts/signup/", data | more)


def confirm(client):
    """Follow the link of the newest mail."""
    address = re.search(r"/\w\w/\S+/confirm-email/[^/\s\"]+/", mail.outbox[-1].body)[0]
    return client.post(address)


def log_in(client, language="fr"):
    data = {"login": "amina@example.org", "password": PASSWORD}
    return client.post(f"/{language}/accounts/login/", data, follow=True)


@pytest.fixture
def waiting(client, language):
    """Somebody who has asked for an account and confirmed the address."""
    choose("approval")
    sign_up(client, language, presentation="Je suis potière à Béjaïa.")
    confirm(client)
    mail.outbox.clear()
    return Application.objects.get()


def test_sign_up_is_open_unless_editors_say_otherwise(client, language):
    sign_up(client, language)
    assert confirm(client).status_code == 302
    assert log_in(client, language).context["user"].email == "amina@example.org"


def test_by_invitation_sign_up_without_a_link_says_so_and_makes_no_account(client, language):
    choose("invitation")
    response = client.get(f"/{language}/accounts/signup/")
    assert "account/signup_closed.html" in [each.name for each in response.templates]
    sign_up(client, language)
    assert not get_user_model().objects.exists()


def test_request_without_a_presentation_is_refused_and_what_was_typed_is_kept(client, language):
    choose("approval")
    response = sign_up(client, language, presentation="")
    assert response.context["form"].errors["presentation"]
    assert 'value="amina@example.org"' in response.content.decode()
    assert not get_user_model().objects.exists()


def test_account_that_waits_is_told_so_and_cannot_log_in(client, waiting, language):
    response = log_in(client, language)
    assert response.redirect_chain[-1][0] == f"/{language}/accounts/waiting/"
    assert "_auth_user_id" not in client.session
    waiting.user.refresh_from_db()
    assert not waiting.user.is_active


def test_account_that_waits_first_confirms_its_address(client, language, editor):
    choose("approval")
    sign_up(client, language, presentation="Bonjour.")
    assert [message.to for message in mail.outbox] == [["amina@example.org"]]
    response = log_in(client, language)
    assert response.redirect_chain[-1][0] == f"/{language}/accounts/confirm-email/"
    assert not Application.objects.to_decide().exists()
    assert confirm(client).url == f"/{language}/accounts/waiting/"
    assert Application.objects.to_decide().exists()


def test_editor_approves_and_the_person_logs_in(client, waiting, language, editor):
    client.force_login(editor)
    listed = client.get(reverse("accounts_applications")).context["object_list"]
    assert list(listed) == [waiting]
    page = reverse("accounts_application", args=[waiting.pk])
    assert "potière" in client.get(page).content.decode()
    for _click in range(2):
        client.post(page, {"approve": "1"})
    (message,) = mail.outbox
    assert message.to == ["amina@example.org"]
    assert f"/{language}/accounts/login/" in message.body
    assert ModelLogEntry.objects.filter(action="accounts.approve_application").count() == 1
    client.logout()
    assert log_in(client, language).context["user"] == waiting.user


def test_editor_declines_and_nothing_is_kept_of_the_person(client, waiting, language, editor):
    client.force_login(editor)
    page = reverse("accounts_application", args=[waiting.pk])
    assert client.post(page, {"decline": "1"}).context["form"].errors["reason"]
    for _click in range(2):
        answer = client.post(page, {"decline": "1", "reason": "Ce portail est algérien."})
        assert answer.url == reverse("accounts_applications")
    (message,) = mail.outbox
    assert "Ce portail est algérien." in message.body
    assert not get_user_model().objects.filter(email="amina@example.org").exists()
    assert not EmailAddress.objects.exists()


def test_application_is_decided_once(waiting, editor):
    applications.approve(editor, waiting)
    with pytest.raises(ValidationError):
        applications.decline(editor, waiting, "Non.")


def test_deciding_is_only_for_those_with_the_right(client, waiting):
    user = UserFactory()
    with pytest.raises(PermissionDenied):
        applications.approve(user, waiting)
    client.force_login(user)
    assert client.get(reverse("accounts_applications")).status_code in (302, 403)


# Editors hear that somebody waits


def apply(number: int, is_confirmed: bool = True) -> None:
    user = UserFactory(email=f"p{number}@example.org")
    applications.apply(user, "Bonjour.")
    EmailAddress.objects.create(user=user, email=user.email, verified=is_confirmed, primary=True)


def read_in(user, language: str) -> None:
    UserProfile.objects.create(user=user, preferred_language=language)


def test_editors_are_told_each_in_their_language_that_somebody_waits(editor):
    other = UserFactory(is_superuser=True)
    read_in(editor, "ar")
    read_in(other, "fr")
    UserFactory(), UserFactory(is_superuser=True, is_active=False)
    apply(1)
    assert applications.tell_editors() == 2
    told = {message.to[0]: message for message in mail.outbox}
    assert told.keys() == {editor.email, other.email}
    for user, direction in ((editor, "rtl"), (other, "ltr")):
        ((html, _type),) = told[user.email].alternatives
        assert f'dir="{direction}"' in html
        assert reverse("accounts_applications") in told[user.email].body
        assert "p1@example.org" not in told[user.email].body


def test_many_who_wait_are_one_mail_and_the_next_comes_an_hour_later(editor):
    for number in range(5):
        apply(number)
    assert applications.tell_editors() == 1
    apply(6)
    assert applications.tell_editors() == 0
    later = timezone.now() + applications.TOLD_EVERY
    assert [applications.tell_editors(later), applications.tell_editors(later)] == [1, 0]
    assert [re.search(r"\d", message.subject)[0] for message in mail.outbox] == ["5", "6"]


def test_nobody_is_told_before_the_address_is_confirmed(editor):
    apply(1, is_confirmed=False)
    assert applications.tell_editors() == 0
    EmailAddress.objects.update(verified=True)
    assert applications.tell_editors() == 1


@pytest.mark.parametrize("number", [1, 7])
def test_telling_takes_as_many_queries_however_many_wait(
    editor, django_assert_num_queries, settings, number
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    for each in range(number):
        apply(each)
    with django_assert_num_queries(7):  # two of them a savepoint
        assert applications.tell_editors() == 1


def test_menu_says_how_many_wait_to_those_who_may_decide(client, editor):
    apply(1), apply(2)
    component = menu_item().menu.registered_menu_items[1].render_component
    assert "2" in component(RequestFactory().get("/")).label
    client.force_login(editor)
    assert reverse("accounts_applications") in client.get("/admin/").content.decode()
    client.force_login(UserFactory(is_staff=True))
    assert client.get("/admin/").status_code == 302


# The change of address


@pytest.fixture
def member(client):
    user = UserFactory(email="old@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    data = {"login": user.email, "password": "mot de passe 7"}
    client.post("/fr/accounts/login/", data)
    client.post("/fr/accounts/reauthenticate/", {"password": "mot de passe 7"})
    return user


def ask_change(client, language="fr"):
    """Ask for the change; return the paths of the links to the new and to the old address."""
    data = {"email": "new@example.org", "action_add": ""}
    client.post(f"/{language}/accounts/email/", data)
    bodies = {message.to[0]: message.body for message in mail.outbox}
    new = re.search(r"/\w\w/\S+/confirm-email/[^/\s\"]+/", bodies["new@example.org"])[0]
    old = re.search(rf"/{language}/accounts/change/\S+/", bodies["old@example.org"])[0]
    return new, old


@pytest.mark.parametrize("first", ["new", "old"])
def test_address_changes_once_both_have_confirmed(client, member, language, first):
    links = ask_change(client, language)
    order = links if first == "new" else links[::-1]
    client.post(order[0], {"allow": ""})
    member.refresh_from_db()
    assert member.email == "old@example.org"
    assert EmailAddress.objects.get(user=member, verified=True).email == "old@example.org"
    assert client.get(f"/{language}/accounts/email/").status_code == 200
    client.post(order[1], {"allow": ""})
    member.refresh_from_db()
    assert member.email == "new@example.org"
    (address,) = EmailAddress.objects.filter(user=member)
    assert (address.email, address.verified, address.primary) == ("new@example.org", True, True)
    assert mail.outbox[-1].to == ["old@example.org"]


def test_owner_of_the_old_address_can_say_no(client, member):
    new, old = ask_change(client)
    client.post(new)
    client.logout()
    assert client.post(old, {"refuse": ""}).url == "/fr/accounts/password/reset/"
    assert client.get(old).status_code == 410
    member.refresh_from_db()
    assert member.email == "old@example.org"
    assert EmailAddress.objects.get(user=member).email == "old@example.org"


def test_address_that_is_not_yet_the_account_s_gets_no_new_password(client, member):
    ask_change(client)
    client.logout()
    mail.outbox.clear()
    client.post("/fr/accounts/password/reset/", {"email": "new@example.org"})
    assert not mail.outbox


def test_change_asks_for_the_password_first(client, member):
    client.logout()
    client.post("/fr/accounts/login/", {"login": member.email, "password": "mot de passe 7"})
    response = client.post("/fr/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert response.url.startswith("/fr/accounts/reauthenticate/")
    assert not mail.outbox


@pytest.mark.parametrize("key", ["x", "Mg:x"])
def test_key_of_no_change_is_void(client, key):
    assert client.get(f"/fr/accounts/change/{key}/").status_code == 410


# Limits


def try_password(client, password, address):
    data = {"login": "amina@example.org", "password": password}
    return client.post("/fr/accounts/login/", data, REMOTE_ADDR=address)


def test_guesses_of_a_stranger_do_not_lock_the_owner_out(client):
    user = UserFactory(email="amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for _attempt in range(10):
        response = try_password(client, "x", "10.0.0.1")
    (error,) = response.context["form"].non_field_errors().data
    assert error.code == "too_many_login_attempts"
    assert try_password(client, "mot de passe 7", "10.0.0.2").status_code == 302


def test_guesses_from_everywhere_come_to_an_end_and_a_new_password_helps(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "login_failed_everywhere": "6/h/key"
    }
    user = UserFactory(email="amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for attempt in range(7):
        response = try_password(client, "x", f"10.0.1.{attempt}")
    (error,) = response.context["form"].non_field_errors().data
    assert error.code == "too_many_login_attempts"
    client.post("/fr/accounts/password/reset/", {"email": user.email})
    path = re.search(r"/fr/\S+/reset/key/\S+/", mail.outbox[-1].body)[0]
    form = client.get(path, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert try_password(client, PASSWORD, "10.0.0.2").status_code == 302


def test_a_workshop_signs_up_from_one_network(client):
    for number in range(23):
        sign_up(client, email=f"p{number}@example.org")
    assert get_user_model().objects.count() == 23
