"""The second factor, the sessions, and other networks: pages in both languages, without scripts
of their own."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from bs4 import BeautifulSoup
from django.test import Client

from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arabic", "run_tasks")]
PASSWORD = "mot de passe 7"


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


def log_in(client, user, language="fr", agent="Firefox"):
    data = {"login": user.email, "password": PASSWORD}
    return client.post(f"/{language}/accounts/login/", data, HTTP_USER_AGENT=agent)


@pytest.fixture
def member(client):
    """Somebody who has logged in, and given the password once more."""
    user = UserFactory(email="amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    log_in(client, user)
    client.post("/fr/accounts/reauthenticate/", {"password": PASSWORD})
    return user


def code(secret):
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def secret(client, member):
    """The secret of the member's authenticator app."""
    page = client.get("/fr/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/fr/accounts/2fa/totp/activate/", {"code": code(secret)})
    return secret


def test_code_to_scan_is_a_picture_of_the_page_itself(client, member, language):
    page = client.get(f"/{language}/accounts/2fa/totp/activate/")
    picture = BeautifulSoup(page.content, "html.parser").select_one("main img")
    assert picture["src"].startswith("data:image/svg+xml")
    assert page.context["form"].secret in page.content.decode()


def test_log_in_asks_for_the_code_of_the_app(client, member, secret, language):
    client.logout()
    response = log_in(client, member, language)
    assert response.url == f"/{language}/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    wrong = client.post(response.url, {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    later = next(iter(yield_hotp_counters_from_time())) + 1  # a code is good for one time
    data = {"code": format_hotp_value(hotp_value(secret, later))}
    assert client.post(response.url, data).url == f"/{language}/"
    assert client.session["_auth_user_id"] == str(member.pk)


def test_recovery_code_opens_the_door_once(client, member, secret):
    codes = client.get("/fr/accounts/2fa/recovery-codes/").context["unused_codes"]
    for is_good in (True, False):
        client.logout()
        log_in(client, member)
        client.post("/fr/accounts/2fa/authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in client.session) is is_good


def test_guessing_a_code_is_throttled(client, member, secret):
    client.logout()
    log_in(client, member)
    for _attempt in range(8):
        response = client.post("/fr/accounts/2fa/authenticate/", {"code": "000000"})
    assert response.status_code == 429 or "_auth_user_id" not in client.session
    errors = response.context["form"].errors.as_data() if response.context else {}
    assert not errors or errors["code"][0].code == "too_many_login_attempts"


def test_pages_hold_no_script_or_style_of_their_own(client, member, secret, language):
    addresses = ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/")
    for address in (*addresses, "webauthn/add/"):
        page = client.get(f"/{language}/accounts/2fa/{address}")
        assert page.status_code == 200, address
        soup = BeautifulSoup(page.content, "html.parser")
        assert not soup.select("[style], style, [onclick], [onload]")
        scripts = [each for each in soup.select("script") if not each.get("src")]
        assert {each.get("type") for each in scripts} <= {"application/json", "application/ld+json"}
        assert soup.html["dir"] == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("address", ["email/", "2fa/", "sessions/", "password/change/"])
def test_account_page_leads_to_each_part(client, member, language, address):
    page = client.get(f"/{language}/accounts/{address}")
    links = BeautifulSoup(page.content, "html.parser").select(".account-menu a")
    assert [link["href"] for link in links] == [
        *(f"/{language}/accounts/{part}" for part in ("email/", "password/change/")),
        *(f"/{language}/accounts/{part}" for part in ("2fa/", "sessions/")),
        f"/{language}/privacy/mine/",
        f"/{language}/accounts/logout/",
    ]


def test_login_page_offers_a_passkey_and_no_other_network(client, language):
    page = BeautifulSoup(client.get(f"/{language}/accounts/login/").content, "html.parser")
    assert page.select("#passkey_login")
    assert not page.select("a[href*=facebook], a[href*=oidc]")
    assert not page.select("[style]")


def test_login_page_offers_the_networks_that_have_an_application(client, language, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "facebook": {"METHOD": "oauth2", "APPS": [{"client_id": "1", "secret": "2"}]},
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "linkedin",
                    "name": "LinkedIn",
                    "client_id": "1",
                    "secret": "2",
                    "settings": {"server_url": "https://www.linkedin.com/oauth"},
                }
            ]
        },
    }
    page = BeautifulSoup(client.get(f"/{language}/accounts/login/").content, "html.parser")
    assert [link["href"].split("?")[0] for link in page.select("main li a")] == [
        f"/{language}/accounts/facebook/login/",
        f"/{language}/accounts/oidc/linkedin/login/",
    ]
    assert client.get(f"/{language}/accounts/facebook/login/").status_code == 200


def test_member_sees_where_one_is_signed_in_and_signs_out_elsewhere(client, member, language):
    elsewhere = Client()
    log_in(elsewhere, member, agent="Chrome of a café")
    page = client.get(f"/{language}/accounts/sessions/")
    assert "Chrome of a café" in page.content.decode()
    assert elsewhere.get(f"/{language}/accounts/email/").status_code == 200
    client.post(f"/{language}/accounts/sessions/")
    assert elsewhere.get(f"/{language}/accounts/email/").status_code == 302
    assert client.get(f"/{language}/accounts/email/").status_code == 200


def test_person_with_a_second_factor_can_change_the_address(client, member, secret):
    data = {"email": "new@example.org", "action_add": ""}
    client.post("/fr/accounts/email/", data)
    assert EmailAddress.objects.filter(user=member, email="new@example.org").exists()
