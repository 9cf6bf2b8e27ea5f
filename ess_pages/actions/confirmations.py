"""Entries age: once a year somebody who speaks for them is asked whether they are still true."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from .. import mails
from ..links import in_language, view_url
from ..models import ActorPage, Confirmation, PracticeCarrier, PracticePage
from ..models.directory import DirectoryPage
from ..policy import require
from ..representation import representatives_of

TRUSTED_FOR = timedelta(days=365)
ASKED_AGAIN_AFTER = timedelta(days=30)
LINK_VALID_FOR = timedelta(days=90)
BATCH = 500
SALT = "ess_pages.confirmation"


class Invitation(NamedTuple):
    """Who is asked about an entry: a representative, or whoever reads mail at its address."""

    entry: str
    email: str
    user: int | None

    @property
    def token(self) -> str:
        """The invitation, signed, for the link of a mail."""
        return signing.dumps(list(self), salt=SALT)


class Person(NamedTuple):
    """Somebody to ask, and in which language."""

    email: str
    language: str
    user: int | None = None


def read_invitation(token: str) -> Invitation:
    """Return what `Invitation.token` holds. Raises BadSignature if it is forged or too old."""
    return Invitation(*signing.loads(token, salt=SALT, max_age=LINK_VALID_FOR))


@transaction.atomic
def ask_for_confirmation(limit: int = 200) -> int:
    """Ask who speaks for the entries that nobody has confirmed for a year; return how many mails.

    One mail to a person, whatever the number of their entries; none about an entry that was asked
    about in the last 30 days. At most `limit` entries at a time, the oldest first. Safe to run
    again, and twice at once: the second waits for the first.
    """
    Page.objects.select_for_update().get(depth=1)
    entries = dict(islice(_with_people(_due()), limit))
    lists: dict[Person, list[DirectoryPage]] = defaultdict(list)
    for entry, people in entries.items():
        for person in people:
            lists[person].append(entry)
    for person, asked in lists.items():
        _ask(person, asked)
    Confirmation.objects.bulk_create(
        Confirmation(translation_key=entry.translation_key, asked_at=timezone.now())
        for entry in entries
    )
    return len(lists)


@transaction.atomic
def confirm_entry(user, entry: DirectoryPage) -> Confirmation:
    """Note that a member who may say so finds everything right. Raises PermissionDenied."""
    require(user, "confirm_entry", entry)
    return _confirm(entry, user)


@transaction.atomic
def confirm_as_invited(invitation: Invitation, entry: DirectoryPage) -> Confirmation:
    """Note that whoever was asked by mail finds everything right.

    Raises PermissionDenied if it is no longer theirs to say.
    """
    person = next((p for p in _people([entry])[entry.translation_key] if _is(p, invitation)), None)
    if person is None or UUID(invitation.entry) != entry.translation_key:
        raise PermissionDenied("Somebody else speaks for the entry now.")
    return _confirm(entry, person.user and get_user_model().objects.get(pk=person.user))


def confirm_what_was_written(entry: DirectoryPage, author) -> None:
    """Take what a representative has written, and the editors have published, as confirmed."""
    people = representatives_of([entry])[entry.translation_key]
    if author and any(person.user_id == author.pk for person in people):
        _confirm(entry, author)


def _confirm(entry: DirectoryPage, user) -> Confirmation:
    Page.objects.select_for_update().get(pk=entry.pk)
    now = timezone.now()
    known = Confirmation.objects.about(entry)
    if just := known.filter(confirmed_at__gt=now - timedelta(hours=1)).first():
        return just
    confirmation = known.filter(confirmed_at=None).order_by("-asked_at").first()
    confirmation = confirmation or Confirmation(translation_key=entry.translation_key)
    confirmation.confirmed_at, confirmation.confirmed_by = now, user
    confirmation.save()
    log(entry, "ess_pages.confirm_entry", user=user)
    return confirmation


def _due() -> list[DirectoryPage]:
    """Return the entries to ask about, each in one language, those that wait longest first."""
    now = timezone.now()
    settled = Confirmation.objects.filter(
        Q(confirmed_at__gt=now - TRUSTED_FOR) | Q(asked_at__gt=now - ASKED_AGAIN_AFTER)
    )
    due: dict[UUID, DirectoryPage] = {}
    for model in (ActorPage, PracticePage):
        pages = (
            model.objects.live()
            .public()
            .filter(first_published_at__lt=now - TRUSTED_FOR)
            .exclude(translation_key__in=settled.values("translation_key"))
            .select_related("locale")
            .defer("body")
            .order_by("first_published_at", "pk")
        )
        for page in pages:
            due.setdefault(page.translation_key, page)
    return sorted(due.values(), key=lambda page: page.first_published_at)


def _with_people(
    entries: list[DirectoryPage],
) -> Iterator[tuple[DirectoryPage, list[Person]]]:
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        people = _people(batch)
        for entry in batch:
            if people[entry.translation_key]:
                yield entry, people[entry.translation_key]


def _people(entries: Iterable[DirectoryPage]) -> dict[UUID, list[Person]]:
    """Return whom to ask about each entry: its representatives, or else its e-mail address."""
    entries = list(entries)
    addresses = _addresses(entries)
    return {
        key: [Person(r.user.email, r.language, r.user_id) for r in representatives]
        or addresses[key]
        for key, representatives in representatives_of(entries).items()
    }


def _addresses(entries: list[DirectoryPage]) -> dict[UUID, list[Person]]:
    found: dict[UUID, list[Person]] = defaultdict(list)
    carriers = PracticeCarrier.objects.filter(
        practice__translation_key__in=[entry.translation_key for entry in entries]
    ).select_related("practice", "actor__locale")
    actors = [(row.practice.translation_key, row.actor) for row in carriers]
    actors += [(entry.translation_key, entry) for entry in entries if isinstance(entry, ActorPage)]
    for key, actor in actors:
        person = Person(actor.email, actor.locale.language_code)
        if actor.email and person.email not in [known.email for known in found[key]]:
            found[key].append(person)
    return found


def _is(person: Person, invitation: Invitation) -> bool:
    return (person.email, person.user) == (invitation.email, invitation.user)


def _ask(person: Person, entries: list[DirectoryPage]) -> None:
    shown = in_language(Page.objects.live().public(), entries, person.language)
    mails.send(
        "confirmation_request",
        person.email,
        person.language,
        {
            "entries": [{"page": page, "url": _link(page, person)} for page in shown],
            "count": len(shown),
        },
    )


def _link(page: Page, person: Person) -> str:
    invitation = Invitation(page.translation_key.hex, person.email, person.user)
    return view_url(page, "confirm", invitation.token, language=person.language)
