"""Invitations: from an editor's file to the account of the person who was invited."""

import datetime
import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import ModelLogEntry

from ess_site.accounts.actions import invitations
from ess_site.accounts.guests import Guest, Outcome, read_guests
from ess_site.accounts.models import Invitation, SignUpSettings
from tests.factories import ParticipantFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arabic", "run_tasks")]
PASSWORD = "un mot de passe assez long"
State = Invitation.State


def guest(email="amina@example.org", language="fr"):
    return Guest(2, email, "Amina Benali", "أمينة بن علي", language)


@pytest.fixture
def editor():
    user = UserFactory()
    names = ["access_admin", "view_invitation", "add_invitation", "change_invitation"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def invitation(editor):
    return invitations.invite(editor, [guest()])[0]


def link(message):
    """The path of the link in a mail."""
    return urlsplit(re.search(r"http\S+/invitation/\S+/", message.body)[0]).path


def join(client, path, email="amina@example.org"):
    """Follow the link of a mail and choose a password."""
    language = path.split("/")[1]
    client.post(path)
    data = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return client.post(f"/{language}/accounts/signup/", data)


# The file

ROWS = {
    "fr": "E-mail;Nom;Nom arabe;Langue\nrachid@example.org;Rachid Élan;رشيد;français\n",
    "ar": "البريد الإلكتروني,الاسم بالعربية,الاسم بالحروف اللاتينية,اللغة\n"
    "rachid@example.org,رشيد,Rachid Élan,العربية\n",
    "en": "email,name,name in Arabic,language\nrachid@example.org,Rachid Élan,رشيد,fr\n",
}


@pytest.mark.parametrize("language", ROWS)
def test_file_may_be_headed_in_any_language(language):
    (found,) = read_guests(ROWS[language].encode())
    assert (found.email, found.name_latin, found.name_arabic) == (
        *("rachid@example.org", "Rachid Élan", "رشيد"),
    )
    assert found.language == ("ar" if language == "ar" else "fr")
    assert found.outcome == Outcome.INVITED


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        *[("utf-8", name) for name in ("Élodie Çiçek", "رشيد بن علي")],
        *[("utf-8-sig", name) for name in ("Élodie Çiçek", "رشيد بن علي")],
        *[("cp1252", name) for name in ("Élodie Çiçek", "CRÉÉ ÀÉ", "Zoé Noël")],
        *[("cp1256", name) for name in ("رشيد بن علي", "Zoé Noël، رشيد")],
    ],
)
def test_file_may_be_written_as_older_spreadsheets_do(encoding, name):
    (found,) = read_guests(f"e-mail;nom\na@example.org;{name}\n".encode(encoding))
    assert found.name_latin == name


@pytest.mark.parametrize(
    ("table", "latin", "arabic"),
    [
        ("Nom;Prénom;E-mail\nBenali;Rachid;a@example.org", "Rachid Benali", ""),
        ("اللقب,الاسم,البريد الإلكتروني\nبن علي,رشيد,a@example.org", "", "رشيد بن علي"),
        ("Nom & prénom;E-mail\nBenali Rachid;a@example.org", "Benali Rachid", ""),
        ("sep=;\r\nNom complet;E-mail\r\nRachid;a@example.org\r\n", "Rachid", ""),
    ],
)
def test_names_may_stand_as_lists_have_them(table, latin, arabic):
    (found,) = read_guests(table.encode())
    assert (found.name_latin, found.name_arabic) == (latin, arabic)


@pytest.mark.parametrize(
    "address",
    [
        "mailto:rachid@example.org",
        "Rachid Benali <Rachid@Example.org>",
        "\u200erachid@example.org\u200f\u00a0",
        "rachid@example.org;",
    ],
)
def test_address_may_be_copied_from_a_mail_program(address):
    (found,) = read_guests(f'nom,e-mail\nRachid,"{address}"\n'.encode())
    assert (found.email, found.outcome) == ("rachid@example.org", Outcome.INVITED)


def test_the_23_participants_of_the_seminar_can_be_invited():
    guests = read_guests((settings.SITE / "demo" / "invitations.csv").read_bytes())
    assert [each.outcome for each in guests] == [Outcome.INVITED] * 23
    assert all(each.email.endswith("@example.org") for each in guests)
    assert {each.language for each in guests} == {"fr", "ar"}


@pytest.mark.parametrize(
    "row",
    [
        "nobody;Nom;fr",
        ";Nom;fr",
        "a@example.org;;fr",
        "a@example.org;Nom;klingon",
        f"a@example.org;{'a' * 151};fr",
        "b@example.org;Nom;fr\nb@example.org;Nom;fr",
    ],
)
def test_mistake_is_told_with_its_row(row):
    guests = read_guests(f"e-mail;nom;langue\n{row}\nfine@example.org;Nom;\n".encode())
    assert [each.outcome for each in guests[:-1]] == [Outcome.REFUSED] * (len(guests) - 1)
    assert all(each.reasons for each in guests[:-1])
    assert [each.row for each in guests] == list(range(2, len(guests) + 2))
    assert guests[-1].outcome == Outcome.INVITED


@pytest.mark.parametrize("headings", ["nom;langue", "e-mail;langue", "e-mail;courriel;nom", ""])
def test_file_without_its_columns_is_refused(headings, editor, client):
    client.force_login(editor)
    file = SimpleUploadedFile("amis.csv", f"{headings}\na;b;c\n".encode())
    response = client.post(reverse("accounts_invite"), {"file": file})
    assert response.context["form"].errors["file"]
    assert not Invitation.objects.exists()


def test_whoever_has_an_account_or_an_invitation_is_not_written_to(editor, invitation):
    UserFactory(email="membre@example.org")
    (expired,) = invitations.invite(editor, [guest("late@example.org")])
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    rows = ["AMINA@example.org", "membre@example.org", "late@example.org", "new@example.org"]
    guests = read_guests("\n".join(["e-mail,nom", *(f"{row},Nom" for row in rows)]).encode())
    assert [each.outcome for each in guests] == [
        *(Outcome.WAITING, Outcome.MEMBER, Outcome.AGAIN, Outcome.INVITED),
    ]


# The admin


def check(client, content):
    file = SimpleUploadedFile("amis.csv", content.encode())
    return client.post(reverse("accounts_invite"), {"file": file})


def test_editor_sees_the_rows_before_anything_is_sent_and_sends_once(client, editor):
    client.force_login(editor)
    response = check(client, ROWS["ar"])
    assert [each.email for each in response.context["guests"]] == ["rachid@example.org"]
    assert not Invitation.objects.exists()
    assert not mail.outbox
    for _click in range(2):
        client.post(reverse("accounts_invite"), {"guests": response.context["sealed"]})
    (invitation,) = Invitation.objects.all()
    assert (invitation.language, invitation.invited_by) == ("ar", editor)
    assert [message.to for message in mail.outbox] == [["rachid@example.org"]]
    assert ModelLogEntry.objects.filter(action="accounts.invite", user=editor).count() == 1


def test_nothing_is_sent_where_a_row_is_refused(client, editor):
    client.force_login(editor)
    response = check(client, ROWS["fr"] + "nobody;Nom;;fr\n")
    assert response.context["refused"] == 1
    assert not response.context["sealed"]
    assert "guests" not in response.content.decode().split("</table>")[1]


def test_list_that_another_editor_has_checked_cannot_be_sent(client, editor):
    client.force_login(editor)
    sealed = check(client, ROWS["fr"]).context["sealed"]
    client.force_login(UserFactory(is_superuser=True))
    client.post(reverse("accounts_invite"), {"guests": sealed})
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("address", ["accounts_invitations", "accounts_invite"])
def test_invitations_are_only_for_those_with_the_right(client, address):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    client.force_login(user)
    assert client.get(reverse(address)).status_code == 302
    assert client.get(reverse(address), follow=True).redirect_chain[-1][0] == "/admin/"
    with pytest.raises(PermissionDenied):
        invitations.invite(user, [guest()])


@pytest.mark.parametrize("state", State.values)
def test_list_shows_each_state(client, editor, state):
    now = timezone.now()
    for name in State.values:
        (each,) = invitations.invite(editor, [guest(f"{name}@example.org")])
        Invitation.objects.filter(pk=each.pk).update(
            joined_at=now if name == "joined" else None,
            withdrawn_at=now if name == "withdrawn" else None,
            expires_at=now + datetime.timedelta(days=-1 if name == "expired" else 1),
        )
    client.force_login(editor)
    response = client.get(reverse("accounts_invitations"), {"state": state})
    assert [each.email for each in response.context["object_list"]] == [f"{state}@example.org"]
    assert [each.state for each in response.context["object_list"]] == [state]


def test_list_says_until_when_an_invitation_is_valid(client, editor, invitation):
    expires_at = timezone.now() + datetime.timedelta(days=20)
    Invitation.objects.update(expires_at=expires_at)
    client.force_login(editor)
    html = client.get(reverse("accounts_invitations")).content.decode()
    assert date_format(timezone.localtime(expires_at), "SHORT_DATE_FORMAT") in html


def test_list_takes_the_same_queries_for_few_and_many(
    client, editor, invitation, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(editor)
    address = reverse("accounts_invitations")
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    invitations.invite(editor, [guest(f"g{number}@example.org") for number in range(15)])
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_invitation_sent_again_has_a_new_link_and_the_former_is_void(client, editor, invitation):
    Invitation.objects.update(expires_at=timezone.now())
    client.force_login(editor)
    client.post(reverse("accounts_send_invitation", args=[invitation.pk]))
    client.logout()
    former, latest = map(link, mail.outbox)
    assert client.get(former).status_code == 410
    assert client.get(latest).status_code == 200
    page = reverse("accounts_invitation", args=[invitation.pk])
    client.force_login(editor)
    assert len(client.get(page).context["history"]) == 2


def test_invitation_withdrawn_is_void_until_sent_again(client, editor, invitation):
    client.force_login(editor)
    client.post(reverse("accounts_withdraw_invitation", args=[invitation.pk]))
    client.logout()
    assert client.get(link(mail.outbox[0])).status_code == 410
    invitations.send_again(editor, invitation)
    assert client.get(link(mail.outbox[1])).status_code == 200


@pytest.mark.parametrize("action", [invitations.send_again, invitations.withdraw])
def test_nothing_is_done_with_an_invitation_of_somebody_who_has_joined(editor, invitation, action):
    invitations.accept(invitation, UserFactory(email=invitation.email))
    with pytest.raises(ValidationError):
        action(editor, invitation)


# The person


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_mail_is_in_the_person_s_language_and_direction(editor, language):
    invitations.invite(editor, [guest(language=language)])
    (message,) = mail.outbox
    name = {"fr": "Amina Benali", "ar": "أمينة بن علي"}[language]
    assert name in message.subject
    assert name in message.body
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert link(message).startswith(f"/{language}/")
    assert link(message) in html


@pytest.mark.parametrize("mode", SignUpSettings.Mode.values)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_invited_person_joins_in_any_mode_without_another_mail(client, editor, language, mode):
    sign_up = SignUpSettings.load()
    sign_up.mode = mode
    sign_up.save()
    invitations.invite(editor, [guest(language=language)])
    path = link(mail.outbox.pop())
    assert "Amina Benali" in client.get(path).content.decode()
    response = client.post(path, follow=True)
    assert response.context["form"]["email"].value() == "amina@example.org"
    assert "presentation" not in response.context["form"].fields
    response = join(client, path, email="somebody.else@example.org")
    assert response.url == f"/{language}/"
    user = get_user_model().objects.get(email="amina@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.is_active
    assert EmailAddress.objects.get(user=user).verified
    assert user.get_full_name() == {"fr": "Amina Benali", "ar": "أمينة بن علي"}[language]
    assert not mail.outbox
    client.logout()
    assert client.get(path).status_code == 410


def test_invitation_is_noted_as_accepted(client, invitation):
    join(client, link(mail.outbox[0]))
    invitation.refresh_from_db()
    assert invitation.state == State.JOINED
    assert invitation.user.email == "amina@example.org"
    assert ModelLogEntry.objects.filter(action="accounts.accept_invitation").count() == 1


def test_link_that_has_expired_leads_nowhere(client, invitation):
    path = link(mail.outbox[0])
    client.post(path)
    Invitation.objects.update(expires_at=timezone.now())
    assert client.get(path).status_code == 410
    response = client.get("/fr/accounts/signup/")
    assert response.context["form"]["email"].value() != "amina@example.org"


@pytest.mark.parametrize("key", ["x", "WzEsMV0:x", "%D8%A7"])
def test_key_that_nobody_has_sent_is_void(client, key):
    assert client.get(f"/fr/accounts/invitation/{key}/").status_code == 410


def test_invited_person_who_comes_without_the_link_is_recognised(client, invitation):
    mail.outbox.clear()
    data = {"email": "amina@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/fr/accounts/signup/", data)
    invitation.refresh_from_db()
    assert invitation.state == State.WAITING  # whoever typed the address may be anybody
    (address,) = set(re.findall(r"/fr/\S+/confirm-email/[^/\s\"]+/", mail.outbox[0].body))
    client.post(address)
    invitation.refresh_from_db()
    assert invitation.state == State.JOINED


@pytest.mark.parametrize(
    "names", [("BENALI Amina", "x"), ("x", "بن علي أمينة"), ("Amina Bénali", "أمينة بن علي")]
)
def test_account_is_given_to_the_participant_of_that_name(client, invitation, names):
    participant = ParticipantFactory(name_fr=names[0], name_ar=names[1])
    join(client, link(mail.outbox[0]))
    participant.refresh_from_db()
    assert participant.user.email == "amina@example.org"


@pytest.mark.parametrize("number", [0, 2])
def test_account_is_given_to_no_participant_where_it_is_unclear_which(client, invitation, number):
    participants = [ParticipantFactory(name_fr="Amina Benali") for _each in range(number)]
    participants.append(ParticipantFactory(name_fr="Amina Benali", user=UserFactory()))
    join(client, link(mail.outbox[0]))
    user = get_user_model().objects.get(email="amina@example.org")
    assert not hasattr(user, "participant")
