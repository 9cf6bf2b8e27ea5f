"""Changes of the rows of a page: the same for its drafts, its revisions and its translations."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from modelcluster.models import ClusterableModel

Values = dict[str, Any]


@dataclass(frozen=True)
class RowChanges:
    """Rows to add, to change and to remove, by the key that they have in every language."""

    added: dict[UUID, Values] = field(default_factory=dict)
    changed: dict[UUID, Values] = field(default_factory=dict)
    removed: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def write(self, page: ClusterableModel, name: str) -> None:
        """Change the rows that `page`, unsaved so far, has under this name.

        A row that it no longer has stays away.
        """
        manager = getattr(page, name)
        rows = [row for row in manager.all() if row.translation_key not in self.removed]
        for row in rows:
            for attribute, value in self.changed.get(row.translation_key, {}).items():
                setattr(row, attribute, value)
        rows += [
            manager.model(translation_key=key, locale=page.locale, **values)
            for key, values in self.added.items()
        ]
        for place, row in enumerate(rows):
            row.sort_order = place
        setattr(page, name, rows)

    def are_in(self, page: ClusterableModel, name: str) -> bool:
        """Return whether `page` has these changes already, a row that is added under any key."""
        rows = list(getattr(page, name).all())
        by_key = {row.translation_key: row for row in rows}
        return (
            not self.removed & by_key.keys()
            and all(
                key in by_key and _has(by_key[key], values) for key, values in self.changed.items()
            )
            and all(any(_has(row, values) for row in rows) for values in self.added.values())
        )

    def facts(self, texts: Collection[str]) -> "RowChanges":
        """Return what a translation has from its source: which rows, and all but their texts."""
        return replace(self, changed=self._changed(lambda name: name not in texts))

    def texts(self, texts: Collection[str]) -> "RowChanges":
        """Return what a translation says by itself; a row that is added is told by both."""
        return replace(self, changed=self._changed(lambda name: name in texts), removed=frozenset())

    def _changed(self, wanted) -> dict[UUID, Values]:
        rows = {
            key: {name: value for name, value in values.items() if wanted(name)}
            for key, values in self.changed.items()
        }
        return {key: values for key, values in rows.items() if values}


def _has(row, values: Values) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
