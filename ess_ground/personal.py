"""What an app knows of a person: given to them as an archive, taken away in time or on leaving.

An app adds its part by the Wagtail hook `ess_personal_part`, a function that returns a
`PersonalPart`. The portal asks all of them, and knows none of their models.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from wagtail import hooks

HOOK = "ess_personal_part"
# No mail server answers for this domain: RFC 2606.
FORGOTTEN = "@forgotten.invalid"
CHUNK = 1000


@dataclass(frozen=True)
class Column:
    """What an archive says of a record under one label."""

    name: str
    label: str | Promise
    # Returns it as a text, a number, a date or a list of texts.
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    """A kind of record about a person, and what of it is theirs to read.

    `by` leads from the record to the account, or to the person's address where it is `by_address`.
    """

    name: str
    model: type[models.Model]
    by: str
    columns: Sequence[str | Column]
    title: str | Promise = ""
    by_address: bool = False
    # The field of a file that goes with the record, and that which names it.
    file: str = ""
    file_name: str = ""
    only: Q | None = None
    # What is read with the records, for the columns that look beyond them.
    related: Sequence[str] = ()
    # Reads the records with what lies elsewhere, in a fixed number of queries.
    load: Callable[[Any], Iterable[Any]] | None = None

    @property
    def heading(self) -> str:
        """What the records are called."""
        return str(self.title or self.model._meta.verbose_name_plural)

    def rows(self, user, addresses: Iterable[str]) -> QuerySet:
        """Return the records about this person, the oldest first; `addresses` are in small letters.

        Related records come with them, so that the number of queries does not grow.
        """
        who = Q(**{f"{self.by}__in": list(addresses)} if self.by_address else {self.by: user.pk})
        fields = [column for column in self.columns if isinstance(column, str)]
        related = {name for name in fields if self.model._meta.get_field(name).many_to_one}
        related.update(self.related)
        found = self.model._default_manager.filter(who, self.only or Q()).order_by("pk")
        return found.select_related(*related) if related else found

    def records(self, user, addresses: Iterable[str]) -> Iterable[Any]:
        """Return the same records, read as they are needed."""
        rows = self.rows(user, addresses)
        return self.load(rows) if self.load else rows.iterator(CHUNK)

    def told(self) -> list[Column]:
        """Return the columns, those that name a field of the model with its own label."""
        return [
            _of_field(self.model, column) if isinstance(column, str) else column
            for column in self.columns
        ]


def _of_field(model: type[models.Model], name: str) -> Column:
    field: Any = model._meta.get_field(name)
    return Column(name, field.verbose_name, lambda record: _said(record, field))


def _said(record: Any, field: Any) -> Any:
    if field.choices:
        return str(getattr(record, f"get_{field.name}_display")())
    value = getattr(record, field.name)
    if isinstance(value, models.Model):
        return str(value)
    return value.name if isinstance(field, models.FileField) else value


@dataclass(frozen=True)
class Rule:
    """How long something is kept and why, with what takes it away: the same that people read."""

    name: str
    what: str | Promise
    why: str | Promise
    # None where nothing but the account's end takes it away.
    days: int | None
    # Takes away what is older than a moment, and returns how many there were. None where it goes
    # by itself, as what is in a cache.
    erase: Callable[[datetime], int] | None = None

    @property
    def kept_for(self) -> int | None:
        """The days that it is kept for: what the setting PERSONAL_DATA_DAYS says, or else ours."""
        return getattr(settings, "PERSONAL_DATA_DAYS", {}).get(self.name, self.days)

    def carry_out(self) -> int:
        """Take away what has been kept long enough, and return how many there were."""
        if self.erase is None or self.kept_for is None:
            return 0
        return self.erase(timezone.now() - timedelta(days=self.kept_for))


@dataclass(frozen=True)
class Effects:
    """What becomes of a person's things when they leave, in sentences for them to read."""

    goes: Sequence[str] = ()
    stays: Sequence[str] = ()


class PersonalPart:
    """What one app knows of people."""

    name: str
    tables: ClassVar[Sequence[Table]] = ()
    # Why a field that leads to a person is in no table, by "Model.field".
    exempt: ClassVar[Mapping[str, str]] = {}
    rules: ClassVar[Sequence[Rule]] = ()

    def effects(self, user, *, keeps_posts: bool) -> Effects:
        """Return what would go and what would stay if this person left."""
        return Effects()

    def leave(self, user, *, keeps_posts: bool) -> None:
        """Take away what is this person's, within the transaction that ends the account.

        `keeps_posts` says whether what they wrote to others stays, without their name.
        """


def parts() -> list[PersonalPart]:
    """Return the parts that the apps have added."""
    return [make() for make in hooks.get_hooks(HOOK)]


def rules() -> list[Rule]:
    """Return how long what is kept."""
    return [rule for part in parts() for rule in part.rules]


def former_address(key: Any) -> str:
    """Return what stands in place of an address that is forgotten: no mail ever goes there."""
    return f"{key}{FORGOTTEN}"


def is_forgotten(address: str) -> bool:
    """Return whether an address stands in place of one that is forgotten."""
    return address.endswith(FORGOTTEN)


def forget_in_log(*kinds: tuple[type[models.Model], Iterable[Any]], label: str) -> None:
    """Take names out of what the histories of the admin say of these records.

    `kinds` are models with the keys of records. That something was done stays, and when.
    """
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import ModelLogEntry

    for model, keys in kinds:
        kind = ContentType.objects.get_for_model(model)
        entries = ModelLogEntry.objects.filter(
            content_type=kind, object_id__in=[str(key) for key in keys]
        )
        entries.update(label=label, data={})
