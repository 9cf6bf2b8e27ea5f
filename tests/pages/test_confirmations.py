"""Once a year, who speaks for an entry is asked whether it is still right."""

from datetime import datetime, timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import PageLogEntry

from ess_pages.actions import confirmations
from ess_pages.models import ActorPage, Confirmation, PracticeCarrier, Representative
from tests import factories as f

YEAR = timedelta(days=366)


@pytest.fixture
def section(home):
    return f.ActorIndexPageFactory(parent=home)


@pytest.fixture
def actor(section):
    """An actor that was published more than a year ago."""
    return age(f.ActorPageFactory(parent=section, title="Coopérative", email="coop@example.org"))


@pytest.fixture
def representative(actor):
    return represent(actor)


def age(page, by: timedelta = YEAR):
    type(page).objects.filter(pk=page.pk).update(first_published_at=timezone.now() - by)
    page.refresh_from_db()
    return page


def represent(actor, user=None, language: str = "ar") -> Representative:
    user = user or f.UserFactory()
    return Representative.objects.create(
        translation_key=actor.translation_key, user=user, language=language
    )


def note(entry, **dates: int) -> None:
    """Note that it was asked about, or confirmed, so many days ago."""
    Confirmation.objects.create(
        translation_key=entry.translation_key,
        **{name: timezone.now() - timedelta(days=days) for name, days in dates.items()},
    )


def links(letter) -> list[str]:
    return [urlsplit(word).path for word in letter.body.split() if "/confirm/" in word]


@pytest.mark.parametrize(
    ("published", "dates", "is_due"),
    [
        (366, {}, True),
        (300, {}, False),
        (800, {"confirmed_at": 366}, True),
        (800, {"confirmed_at": 300}, False),
        (800, {"asked_at": 31}, True),
        (800, {"asked_at": 29}, False),
        (800, {"asked_at": 400, "confirmed_at": 399}, True),
    ],
)
def test_entry_is_due_a_year_after_its_last_confirmation(actor, published, dates, is_due):
    age(actor, timedelta(days=published))
    if dates:
        note(actor, **dates)
    assert confirmations.ask_for_confirmation() == is_due


def test_draft_is_not_due(actor):
    actor.unpublish()
    assert confirmations.ask_for_confirmation() == 0


def test_representative_is_asked_in_their_language_and_the_address_is_not(
    run_tasks, actor, representative
):
    confirmations.ask_for_confirmation()
    [letter] = mail.outbox
    assert letter.to == [representative.user.email]
    assert "Coopérative" in letter.body
    assert links(letter)[0].startswith("/ar/confirm/")


def test_person_has_one_mail_for_all_their_entries(run_tasks, actor, representative, section):
    other = age(f.ActorPageFactory(parent=section, title="Réseau"))
    represent(other, representative.user)
    practices = f.PracticeIndexPageFactory(parent=section.get_parent())
    carriers = [PracticeCarrier(actor=other)]
    age(f.PracticePageFactory(parent=practices, title="Semences", carriers=carriers))
    assert confirmations.ask_for_confirmation() == 1
    [letter] = mail.outbox
    assert len(links(letter)) == 3
    assert all(title in letter.body for title in ("Coopérative", "Réseau", "Semences"))


def test_entry_without_a_representative_is_asked_about_at_its_address(run_tasks, actor):
    confirmations.ask_for_confirmation()
    assert [letter.to for letter in mail.outbox] == [["coop@example.org"]]
    assert links(mail.outbox[0])[0].startswith("/fr/confirm/")


def test_entry_of_nobody_does_not_keep_others_waiting(run_tasks, actor, section):
    age(f.ActorPageFactory(parent=section), 2 * YEAR)
    assert confirmations.ask_for_confirmation(limit=1) == 1
    assert mail.outbox[0].to == ["coop@example.org"]


def test_command_run_twice_writes_once(run_tasks, actor):
    for _run in range(2):
        call_command("ask_for_confirmation", stdout=StringIO())
    assert len(mail.outbox) == 1


def test_translated_entry_is_asked_about_once(run_tasks, actor, representative):
    arabic = age(f.translate(actor))
    confirmations.ask_for_confirmation()
    [letter] = mail.outbox
    assert len(links(letter)) == 1
    assert arabic.title in letter.body


@pytest.mark.parametrize("represented", [True, False])
def test_link_of_the_mail_confirms_without_logging_in(run_tasks, client, actor, represented):
    representative = represent(actor) if represented else None
    confirmations.ask_for_confirmation()
    [link] = links(mail.outbox[0])
    assert "Coopérative" in client.get(link).content.decode()
    assert not Confirmation.objects.filter(confirmed_at__isnull=False).exists()
    for _click in range(2):
        assert client.post(link).url == actor.url
    confirmation = Confirmation.objects.get()
    assert confirmation.confirmed_at
    assert confirmation.confirmed_by == (representative and representative.user)
    assert PageLogEntry.objects.filter(page=actor.pk, action="ess_pages.confirm_entry").exists()


@pytest.mark.parametrize("case", ["forged", "old", "dismissed", "moved"])
def test_link_that_no_longer_holds_confirms_nothing(run_tasks, client, actor, case, monkeypatch):
    representative = represent(actor) if case == "dismissed" else None
    confirmations.ask_for_confirmation()
    [link] = links(mail.outbox[0])
    if case == "forged":
        link = link[:-3] + "aa/"
    elif case == "old":
        monkeypatch.setattr(confirmations, "LINK_VALID_FOR", timedelta(seconds=-1))
    elif representative:
        representative.delete()
    else:
        ActorPage.objects.update(email="new@example.org")
    response = client.post(link)
    assert response.status_code == 403
    assert not Confirmation.objects.filter(confirmed_at__isnull=False).exists()


def test_representative_confirms_unasked(client, actor, representative):
    client.force_login(representative.user)
    with override("fr"):
        address = reverse("ess_pages:confirm_own", args=[actor.pk])
    assert address in client.get(actor.url).content.decode()
    client.post(address)
    assert Confirmation.objects.get().confirmed_by == representative.user


def test_what_a_representative_wrote_is_confirmed_once_published(actor, representative):
    actor.save_revision(user=representative.user).publish()
    assert Confirmation.objects.get().confirmed_by == representative.user
    actor.save_revision(user=f.UserFactory()).publish()
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize(("language", "day"), [("fr", "1 mars 2024"), ("ar", "1 مارس 2024")])
def test_entry_shows_when_it_was_last_confirmed(client, actor, language, day):
    page = {"fr": actor, "ar": f.translate(actor)}[language]
    for year in (2023, 2024):
        when = timezone.make_aware(datetime(year, 3, 1, 12))
        Confirmation.objects.create(translation_key=actor.translation_key, confirmed_at=when)
    assert day in client.get(page.url).content.decode()


def test_asking_takes_as_many_queries_for_many_entries_of_one_person(actor, representative):
    counts = []
    for size in (1, 1, 10):
        Confirmation.objects.all().delete()
        for _number in range(size):
            represent(age(f.ActorPageFactory(parent=actor.get_parent())), representative.user)
        with CaptureQueriesContext(connection) as queries:
            assert confirmations.ask_for_confirmation() == 1
        counts.append(len(queries))
    assert counts[1] == counts[2]
