"""Developers see every mail, in both languages and parts; nobody else does."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from ess_forum.models import Notification, kind_choices
from ess_site.mail_preview import previews
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def address(*args: str) -> str:
    with override("fr"):
        return reverse("mail_preview" if args else "mail_previews", args=args)


def test_every_kind_of_news_and_every_template_is_there():
    names = set(previews())
    for kind, _label in kind_choices():
        assert any(name.startswith(f"news/{kind}") for name in names)
    assert {"digest", "ess_pages/mails/registration_confirmed"} <= names
    assert {"accounts/mails/invitation", "account/email/password_reset_key"} <= names
    assert len(Notification.Kind) < len(names)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_mail_can_be_written(home, language):
    for name, write in previews().items():
        mail = write(language)
        assert mail.subject, name
        assert "\n" not in mail.subject, name
        assert len(mail.text) > 20, name
        assert f'lang="{language}"' in mail.html, name


@pytest.mark.parametrize("part", ["plain", "html"])
def test_superuser_sees_them(home, client, admin_user, part):
    client.force_login(admin_user)
    assert address("fr", part, "digest") in client.get(address()).content.decode()
    assert client.get(address("ar", part, "news/reply")).status_code == 200
    policy = client.get(address("ar", part, "news/reply"))["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy  # as mail readers show it
    assert client.get(address("ar", part, "news/nothing")).status_code == 404
    assert client.get(address("xx", part, "digest")).status_code == 404


def test_nobody_else_does(home, client):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(address()).status_code == 403
    assert client.get(address("fr", "plain", "digest")).status_code == 403


def test_they_are_not_there_where_real_people_are(home, client, admin_user, settings):
    settings.DEMO_ACCOUNTS = settings.DEBUG = False
    client.force_login(admin_user)
    assert client.get(address()).status_code == 404
