"""Members choose how they hear of what."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from ess_forum import letters
from ess_forum.models import Mail, Member, Notification, kind_choices, usual_mail

from . import factories

pytestmark = pytest.mark.django_db

Kind = Notification.Kind


def address(language: str = "fr") -> str:
    with override(language):
        return reverse("ess_forum:preferences")


def answers(**changes) -> dict[str, str]:
    """The form as it is first shown, with these changes."""
    usual = {f"mail_{kind}": usual_mail(kind).value for kind, _label in kind_choices()}
    return {"language": "fr", "digest": "weekly"} | usual | changes


@pytest.fixture
def member(client):
    member = factories.MemberFactory()
    client.force_login(member.user)
    return member


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_page_shows_what_holds_now(home, member, client, language):
    member.choices.create(kind=Kind.REPLY, mail=Mail.NONE)
    form = client.get(address(language)).context["form"]
    assert form["mail_reply"].value() == Mail.NONE
    assert form["mail_mention"].value() == Mail.AT_ONCE
    assert {row.name for row, _push in form.rows()} == {
        f"mail_{kind}" for kind, _ in kind_choices()
    }


def test_choices_are_kept(home, member, client):
    asked = answers(language="ar", digest="never", mail_reply="digest")
    assert client.post(address(), asked).status_code == 302
    member.refresh_from_db()
    assert (member.language, member.digest) == ("ar", "never")
    assert member.choices.get(kind=Kind.REPLY).mail == Mail.DIGEST
    client.post(address(), answers(mail_reply="none"))
    assert member.choices.get(kind=Kind.REPLY).mail == Mail.NONE


@pytest.mark.parametrize(
    "wrong", [{"mail_reply": "pigeon"}, {"digest": "hourly"}, {"language": "xx"}]
)
def test_choice_that_there_is_not_changes_nothing(home, member, client, wrong):
    response = client.post(address(), answers(mail_mention="none") | wrong)
    assert response.status_code == 422
    assert not member.choices.exists()


def test_visitor_is_asked_to_log_in(home, client):
    assert "/accounts/login/" in client.get(address()).url


def test_suspended_member_cannot_choose(home, member, client):
    Member.objects.filter(pk=member.pk).update(is_banned=True)
    assert client.get(address()).status_code == 403


def test_news_at_once_end_with_one_click(home, member, client):
    with override("fr"):
        stop = letters.stop_address(member, "news")
    assert client.post(stop[stop.index("/fr/") :]).status_code == 200
    assert set(member.choices.values_list("mail", flat=True)) == {Mail.NONE}
    member.refresh_from_db()
    assert member.digest == Member.Digest.WEEKLY
