"""The versions of a text, read at once: what it said at any time, what has changed since."""

from collections.abc import Iterable

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .models import Amendment, ClauseVersion, Recommendation

Kind = ClauseVersion.Kind


class Conflict(models.TextChoices):
    """Why an amendment no longer fits the text that it was written on."""

    STRUCK = "struck", _("The clause has been struck since this amendment was written.")
    CHANGED = "changed", _("The clause has changed since this amendment was written.")
    MOVED = "moved", _("The clause has been moved since this amendment was written.")
    NO_PLACE = "no_place", _("The clause that it was to follow has been struck since.")


class History:
    """All versions of the text of a recommendation. Two queries, whatever their number."""

    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation

    @cached_property
    def versions(self) -> list[ClauseVersion]:
        """The versions, the first first."""
        return list(self.recommendation.versions.select_related("clause"))

    @property
    def number(self) -> int:
        """The number of the last version; 0 for a text that has none."""
        return self.versions[-1].number if self.versions else 0

    def until(self, number: int | None = None) -> ClauseVersion | None:
        """Return the last version of the text up to `number`, or of all; None of none."""
        known = [v for v in self.versions if number is None or v.number <= number]
        return known[-1] if known else None

    def of(self, clause: int | None) -> list[ClauseVersion]:
        """Return the versions of the clause with this primary key, the first first."""
        return self._by_clause.get(clause, [])

    def at(self, clause: int | None, number: int | None = None) -> ClauseVersion | None:
        """Return what a clause, by its primary key, said at version `number`, or says now.

        None where there was no such clause; a struck clause still has the words that it had.
        """
        known = [v for v in self.of(clause) if number is None or v.number <= number]
        return known[-1] if known else None

    def order(self, number: int | None = None) -> list[int]:
        """Return the keys of the clauses in the text at version `number`, or now, in order."""
        last = self.until(number)
        return last.order if last else []

    def text(self, number: int | None = None) -> list[ClauseVersion]:
        """Return the text at version `number`, or now: see `Recommendation.text`."""
        text = [version for pk in self.order(number) if (version := self.at(pk, number))]
        for place, version in enumerate(text, start=1):
            version.place = place
        return text

    def conflict(self, amendment: Amendment) -> Conflict | None:
        """Return why an amendment no longer fits the text, or None where it does."""
        since = amendment.base.number if amendment.base else 0
        order = self.order()
        if amendment.clause_id and amendment.clause_id not in order:
            return Conflict.STRUCK
        if amendment.kind == Amendment.Kind.CHANGE:
            languages: Iterable[str] = [amendment.language]
        elif amendment.kind == Amendment.Kind.STRIKE:
            languages = ("fr", "ar")
        else:
            return self._conflict_of_place(amendment, since, order)
        then, now = self.at(amendment.clause_id, since), self.at(amendment.clause_id)
        same = then and now and all(then.wording(each) == now.wording(each) for each in languages)
        return None if same else Conflict.CHANGED

    def _conflict_of_place(self, amendment, since: int, order: list[int]) -> Conflict | None:
        if amendment.after_id and amendment.after_id not in order:
            return Conflict.NO_PLACE
        moved = (v.kind == Kind.MOVED and v.number > since for v in self.of(amendment.clause_id))
        return Conflict.MOVED if amendment.clause_id and any(moved) else None

    @cached_property
    def _by_clause(self) -> dict[int | None, list[ClauseVersion]]:
        found: dict[int | None, list[ClauseVersion]] = {}
        for version in self.versions:
            found.setdefault(version.clause_id, []).append(version)
        return found
