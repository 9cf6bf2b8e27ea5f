"""Which participants are asked, and what others read of them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from .links import in_language
from .models import ActorPage, Participant


def reachable() -> QuerySet[Participant]:
    """Return the participants whom the editors have confirmed and who have an active account."""
    return Participant.objects.filter(user__is_active=True, is_confirmed=True)


def organisations_of(people: Iterable[Participant]) -> dict[UUID, ActorPage]:
    """Return the pages of the actors that these people belong to, in the active language, by key.

    Those that nobody may read now are left out. One query, beside those of the people.
    """
    actors = [person.organisation for person in people if person.organisation]
    pages = in_language(ActorPage.objects.live().public(), dict.fromkeys(actors))
    return {page.translation_key: page for page in pages}
