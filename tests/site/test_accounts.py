"""Accounts: known by their e-mail address, with sign-up and log-in in both languages."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.exceptions import ValidationError

from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_tasks")]
PASSWORD = "un mot de passe assez long"


@pytest.fixture(params=["fr", "ar"])
def language(request, arabic):
    return request.param


def sign_up(client, language, email="amina@example.org", password=PASSWORD):
    data = {"email": email, "password1": password, "password2": password}
    return client.post(f"/{language}/accounts/signup/", data)


def test_person_signs_up_confirms_and_logs_in(client, language):
    sign_up(client, language)
    (message,) = mail.outbox
    (address,) = set(re.findall(r"/\S+/confirm-email/[^/\s\"]+/", message.body))
    confirm = f"/{language}/" + address.split(f"/{language}/")[1]
    assert client.post(confirm).status_code == 302
    data = {"login": "Amina@Example.org", "password": PASSWORD}
    client.logout()
    response = client.post(f"/{language}/accounts/login/", data)
    assert response.url == f"/{language}/"
    assert client.session["_auth_user_id"] == str(get_user_model().objects.get().pk)


def test_unconfirmed_address_cannot_log_in(client, language):
    sign_up(client, language)
    client.logout()
    client.post(
        f"/{language}/accounts/login/", {"login": "amina@example.org", "password": PASSWORD}
    )
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("password", ["123456", "password", "amina@example.org"])
def test_weak_password_is_refused_and_the_address_is_kept(client, language, password):
    response = sign_up(client, language, password=password)
    assert response.status_code == 200
    assert response.context["form"].errors["password1"]
    assert 'value="amina@example.org"' in response.content.decode()
    assert not get_user_model().objects.exists()


def test_sign_up_does_not_tell_who_has_an_account(client, language):
    UserFactory(email="amina@example.org")
    known = sign_up(client, language)
    unknown = sign_up(client, language, email="nouvelle@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert get_user_model().objects.filter(email="amina@example.org").count() == 1


def test_guessing_a_password_is_throttled(client):
    UserFactory(email="amina@example.org")
    for _attempt in range(30):
        response = client.post(
            "/fr/accounts/login/", {"login": "amina@example.org", "password": "x"}
        )
    errors = response.context["form"].non_field_errors().data if response.context else []
    assert response.status_code == 429 or errors[0].code == "too_many_login_attempts"


def test_e_mail_address_is_stored_in_lower_case_and_found_in_any():
    user = get_user_model().objects.create_user("Amina@Example.ORG", PASSWORD)
    assert user.email == "amina@example.org"
    assert get_user_model().objects.get_by_natural_key("AMINA@example.org") == user


def test_address_is_unique_whatever_its_case():
    UserFactory(email="Amina@Example.org")
    with pytest.raises(ValidationError) as error:
        UserFactory.build(email="aMINA@example.org").full_clean()
    assert "email" in error.value.error_dict


@pytest.mark.parametrize("door", ["/admin/login/", "/fr/_util/login/", "/ar/_util/login/"])
def test_there_is_one_door_to_log_in(client, arabic, door):
    UserFactory(email="amina@example.org")
    data = {"username": "amina@example.org", "password": "mot de passe 7", "next": "/"}
    response = client.post(f"{door}?next=/admin/", data)
    assert "/accounts/login/?next=/admin/" in response.url
    assert "_auth_user_id" not in client.session


def test_account_without_address_is_refused():
    with pytest.raises(ValueError, match="e-mail"):
        get_user_model().objects.create_user("", PASSWORD)
