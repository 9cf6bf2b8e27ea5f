"""Members make tokens for their programs, and revoke them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions import tokens as verbs
from ess_forum.models import ApiToken
from ess_forum.throttle import RATES

from . import factories as make

pytestmark = pytest.mark.django_db
both_languages = pytest.mark.parametrize("language", ["fr", "ar"])


def address(name="tokens", *args, language="fr"):
    with override(language):
        return reverse(f"ess_forum:{name}", args=args)


@both_languages
def test_member_makes_a_token_that_is_shown_once(client, language):
    member = make.MemberFactory()
    client.force_login(member.user)
    url = address(language=language)
    answer = client.post(url, {"name": " Mon  robot ", "scope": "read"})
    assert answer.status_code == 200
    token = ApiToken.objects.get()
    assert (token.member, token.name, token.scope) == (member, "Mon robot", "read")
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in str(ApiToken.objects.values())
    assert token.digest == verbs.digest_of(secret)
    assert secret not in client.get(url).content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_second_click_makes_one_token(client):
    client.force_login(make.MemberFactory().user)
    for status in (200, 422):
        answer = client.post(address(), {"name": "Robot", "scope": "write"})
        assert answer.status_code == status
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "", "scope": "read"}, "name"),
        ({"name": "a" * 81, "scope": "read"}, "name"),
        ({"name": "Robot", "scope": "all"}, "scope"),
        ({"name": "Robot"}, "scope"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(client, data, field):
    client.force_login(make.MemberFactory().user)
    answer = client.post(address(), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert answer.context["form"]["name"].value() == data["name"]
    assert not ApiToken.objects.exists()


def test_member_revokes_own_tokens_alone(client):
    member, other = make.MemberFactory(), make.MemberFactory()
    own, _secret = verbs.make_token(make.viewer(member), "Le mien", "read")
    others, _secret = verbs.make_token(make.viewer(other), "Le sien", "read")
    client.force_login(member.user)
    for token in (own, others, own):  # a second click does nothing
        assert client.post(address("revoke_token", token.pk)).status_code == 302
    assert list(ApiToken.objects.all()) == [others]
    assert client.get(address("revoke_token", others.pk)).status_code == 405


@pytest.mark.parametrize(
    "kept_out",
    [
        {"silenced_until": timezone.now() + timedelta(days=1)},
        {"suspended_until": timezone.now() + timedelta(days=1)},
        {"is_banned": True},
    ],
)
def test_who_may_not_write_makes_no_token(client, kept_out):
    member = make.MemberFactory(**kept_out)
    with pytest.raises(PermissionDenied):
        verbs.make_token(make.viewer(member), "Robot", "read")
    client.force_login(member.user)
    assert client.post(address(), {"name": "Robot", "scope": "read"}).status_code == 403
    answer = client.get(address())
    assert answer.status_code == 200
    assert "may_make" in answer.context
    assert answer.context["may_make"] is False


def test_visitor_is_asked_to_log_in(client):
    for method, url in (("get", address()), ("post", address("revoke_token", 1))):
        answer = getattr(client, method)(url)
        assert answer.status_code == 302
        assert "login" in answer["Location"]


def test_number_of_tokens_is_limited(monkeypatch):
    monkeypatch.setattr(verbs, "AT_MOST", 2)
    viewer = make.viewer(make.MemberFactory())
    for number in range(2):
        verbs.make_token(viewer, f"Robot {number}", "read")
    with pytest.raises(ValidationError):
        verbs.make_token(viewer, "Robot", "read")


def test_too_many_attempts_are_refused(client, monkeypatch):
    monkeypatch.setitem(RATES, "make_token", "1/hour")
    client.force_login(make.MemberFactory().user)
    client.post(address(), {"name": "Un", "scope": "read"})
    assert client.post(address(), {"name": "Deux", "scope": "read"}).status_code == 429
    assert ApiToken.objects.count() == 1
