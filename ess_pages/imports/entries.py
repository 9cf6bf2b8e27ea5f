"""The entries that a directory has already, as far as an import needs to know them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from wagtail.models import COMMENTS_RELATION_NAME
from wagtail_localize.models import Translation

from ..models.directory import DirectoryIndexPage, DirectoryPage
from ..open_data.entries import FACTS, complete
from .fields import key

FACTS_OF_ENTRIES = (
    "pk",
    "translation_key",
    "title",
    "country",
    "wilaya_id",
    "locale_id",
    "latest_revision_id",
    "live",
    "has_unpublished_changes",
    "locked",
    "alias_of_id",
)


class Entry(NamedTuple):
    """An entry that is there: what it is found by, and whether an import may change it."""

    pk: int
    translation_key: UUID
    title: str
    country: str
    wilaya_id: int | None
    locale_id: int
    latest_revision_id: int | None
    live: bool
    has_unpublished_changes: bool
    locked: bool
    is_alias: bool
    is_translation: bool


class Directory:
    """The entries of a directory in every language, as they are when this is made.

    A few queries for each language, whatever the number of entries.
    """

    def __init__(self, section: DirectoryIndexPage):
        self.section = section
        self.by_key: dict[UUID, Entry] = {}
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        others = section.get_translations()
        for page in [*others, section]:  # the last one wins: the section's own language
            self.by_key |= {entry.translation_key: entry for entry in _entries(page)}
        for entry in self.by_key.values():
            if entry.locale_id == section.locale_id:
                self._by_name[key(entry.title)].append(entry)

    def named(self, title: str) -> list[Entry]:
        """Return the entries of this language that have this name, however it is written."""
        return self._by_name.get(key(title), []) if key(title) else []


def load(section: DirectoryIndexPage, entries: Iterable[Entry]) -> dict[int, DirectoryPage]:
    """Return the pages of these entries by primary key, with all that a revision of them holds."""
    entry_type = section.entry_type
    pages = list(
        entry_type.objects.filter(pk__in=[entry.pk for entry in entries])
        .select_related(*FACTS[entry_type])
        .prefetch_related(COMMENTS_RELATION_NAME)
    )
    complete(pages, section.locale.language_code)
    return {page.pk: page for page in pages}


def _entries(section: DirectoryIndexPage) -> Iterator[Entry]:
    translated = set(
        Translation.objects.filter(target_locale=section.locale_id, enabled=True).values_list(
            "source__object_id", flat=True
        )
    )
    entries = section.specific.entry_type.objects.child_of(section)
    for values in entries.values(*FACTS_OF_ENTRIES).iterator():
        is_alias = values.pop("alias_of_id") is not None
        yield Entry(
            **values, is_alias=is_alias, is_translation=values["translation_key"] in translated
        )
