"""Records that nobody alters once they are made."""

from typing import Any, ClassVar

from django.db import models


class KeptRecordError(TypeError):
    """Something tried to alter or delete a record that is kept as it was made."""


class KeptQuerySet(models.QuerySet):
    """Records that are added and read, and nothing else."""

    def update(self, **values) -> int:
        """Raise KeptRecordError."""
        raise KeptRecordError("These records are kept as they were made.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise KeptRecordError."""
        raise KeptRecordError("These records are kept as they were made.")

    def bulk_update(self, *args, **kwargs) -> int:
        """Raise KeptRecordError."""
        raise KeptRecordError("These records are kept as they were made.")


class KeptRecord(models.Model):
    """A record that is never altered: a step, a version of a clause, an entry of a log.

    Only what it hangs on takes it away. An account that is removed leaves it without its author:
    the database does that behind the manager's back.
    """

    objects: ClassVar[Any] = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Add the record. Raises KeptRecordError where it is there already."""
        if not self._state.adding:
            raise KeptRecordError(f"{self._meta.verbose_name} {self.pk} is kept as it was made.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Raise KeptRecordError."""
        raise KeptRecordError(f"{self._meta.verbose_name} {self.pk} is kept as it was made.")
