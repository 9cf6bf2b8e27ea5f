"""A text as members read it: each amendment beside the words that it would change."""

from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property

from .history import Conflict, History
from .models import Amendment, ClauseVersion, Opinion
from .models.clauses import Wording

NOTHING = Wording("", "")
WAITING = (Amendment.State.DRAFT, Amendment.State.PROPOSED)


class Reading:
    """An amendment beside the text: `before` and `proposed` are what it would change into what.

    No query of its own, where `readings` has loaded it.
    """

    def __init__(self, amendment: Amendment, history: History) -> None:
        self.amendment = amendment
        self._history = history

    @cached_property
    def conflict(self) -> Conflict | None:
        """Why it no longer fits the text, where nobody has decided on it yet."""
        is_waiting = self.amendment.state in WAITING
        return self._history.conflict(self.amendment) if is_waiting else None

    @property
    def before(self) -> Wording:
        """What the clause said where it was written."""
        base = self.amendment.base
        return self._wording(base.number if base else None)

    @property
    def proposed(self) -> Wording:
        """What the clause would say."""
        is_struck = self.amendment.kind == Amendment.Kind.STRIKE
        return NOTHING if is_struck else self.amendment.wording

    @property
    def now(self) -> Wording | None:
        """What the clause says now, where it is other than what the amendment was written on."""
        return self._wording() if self.conflict == Conflict.CHANGED else None

    @cached_property
    def clause(self) -> ClauseVersion | None:
        """The clause that it is about, or that was made of it, as it is now."""
        made = self.amendment.version
        return self._shown(self.amendment.clause_id or (made.clause_id if made else None))

    @cached_property
    def follows(self) -> ClauseVersion | None:
        """The clause that it would stand behind, as it is now; None for the beginning."""
        return self._shown(self.amendment.after_id)

    @cached_property
    def opinions(self) -> list[Opinion]:
        """What members say of it."""
        return list(self.amendment.opinions.all())

    @property
    def supports(self) -> list[Opinion]:
        """The opinions of those who support it."""
        return [opinion for opinion in self.opinions if opinion.is_support]

    @property
    def oppositions(self) -> list[Opinion]:
        """The opinions of those who oppose it."""
        return [opinion for opinion in self.opinions if not opinion.is_support]

    def _wording(self, number: int | None = None) -> Wording:
        version = self._history.at(self.amendment.clause_id, number)
        return version.wording(self.amendment.language) if version else NOTHING

    def _shown(self, clause: int | None) -> ClauseVersion | None:
        version = self._history.at(clause)
        if version:
            version.place = place_of(clause, self._history) or 0
        return version


def readings(amendments: QuerySet[Amendment], history: History) -> list[Reading]:
    """Return these amendments beside the text that `history` is of, their opinions loaded.

    Two queries, whatever their number.
    """
    opinions = Opinion.objects.select_related("user__participant")
    loaded = amendments.select_related(
        "recommendation", "base", "version", "clause", "author__participant"
    )
    return [
        Reading(amendment, history)
        for amendment in loaded.prefetch_related(Prefetch("opinions", opinions))
    ]


def place_of(clause: int | None, history: History) -> int | None:
    """Return the number in the text of the clause with this primary key; None if it is not in."""
    order = history.order()
    return order.index(clause) + 1 if clause in order else None
