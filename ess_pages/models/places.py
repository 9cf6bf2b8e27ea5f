"""The places at a meeting: how many there are, taken and asked for."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q
from wagtail.models import TranslatableMixin

from .registrations import Registration

TAKEN = Q(state=Registration.State.CONFIRMED)
ASKED_FOR = Q(state=Registration.State.WAITING)


@dataclass(frozen=True)
class Places:
    """The places at a meeting. `capacity` is None where there is room for all."""

    capacity: int | None
    taken: int
    waiting: int

    @classmethod
    def at(cls, meeting: TranslatableMixin, capacity: int | None) -> Self:
        """Return the places at a meeting of this capacity: one query."""
        counts = Registration.objects.about(meeting).aggregate(
            taken=Count("pk", filter=TAKEN), waiting=Count("pk", filter=ASKED_FOR)
        )
        return cls(capacity, **counts)

    @property
    def left(self) -> int | None:
        """How many are free: none less than none where the capacity was lowered."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self.left == 0
