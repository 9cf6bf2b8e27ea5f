"""Dated records that nobody alters once they are made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ess_ground import kept
from ess_ground.kept import KeptQuerySet, KeptRecordError

__all__ = ["KeptQuerySet", "KeptRecord", "KeptRecordError"]


class KeptRecord(kept.KeptRecord):
    """A dated record that is never altered: a step, a version of a clause."""

    at = models.DateTimeField(_("recorded at"), editable=False)

    class Meta:
        abstract = True
