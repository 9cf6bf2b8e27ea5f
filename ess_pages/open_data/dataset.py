"""A list of a directory as open data: what it is, and the entries that are in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ..directory.listing import Listing
from ..models.directory import DirectoryIndexPage, DirectoryPage
from .columns import COLUMNS, Column
from .entries import batches


@dataclass(frozen=True)
class Licence:
    """A licence: how people know it, and its address."""

    name: str
    url: str


def licence() -> Licence:
    """Return the licence of the open data: setting ESS_PAGES_LICENCE, (name, address)."""
    usual = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    return Licence(*getattr(settings, "ESS_PAGES_LICENCE", usual))


@dataclass(frozen=True)
class Dataset:
    """The entries of a list, whatever its page."""

    listing: Listing

    @property
    def index(self) -> DirectoryIndexPage:
        """The directory that they are in."""
        return self.listing.index

    @property
    def source(self) -> str:
        """The full address of the list."""
        query = self.listing.query(view="")
        return self.index.full_url + (f"?{query}" if query else "")

    @property
    def title(self) -> str:
        """What it is called."""
        return self.index.title

    @property
    def language(self) -> str:
        """The code of the language that it is in."""
        return self.index.locale.language_code

    @property
    def name(self) -> str:
        """What its sheet is called in a workbook."""
        return _("Data")

    @property
    def parts(self) -> "list[Dataset]":
        """Its tables, each for a sheet of its own: one."""
        return [self]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it says of each entry."""
        return COLUMNS[self.index.entry_type]

    @cached_property
    def day(self) -> date:
        """The day on which it is made."""
        return timezone.localdate()

    def batches(self) -> Iterator[list[DirectoryPage]]:
        """Yield the entries, some at a time, with all that they say."""
        return batches(self.listing.entries, self.language)

    def file_name(self, extension: str) -> str:
        """Return the name of a file of it, with the day, in its language."""
        return file_name(self.title, self.day, extension)


def file_name(title: str, day: date, extension: str) -> str:
    """Return the name of a file: what it is called, of which day."""
    return f"{slugify(title, allow_unicode=True)}-{day.isoformat()}.{extension}"
