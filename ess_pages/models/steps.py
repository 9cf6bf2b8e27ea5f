"""The road of a recommendation: each step that it has taken, in a chain that cannot be altered."""

import datetime
import json
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .clauses import digest
from .kept import KeptQuerySet, KeptRecord
from .recommendations import Recommendation, State


class Step(KeptRecord):
    """A step that a recommendation took, and why.

    Each holds the digest of the step before, so that none can be changed, taken out or put in
    between without all that follow saying so: `manage.py check_road` reads the chains.
    """

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="steps",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(_("version of the text"))
    text_digest = models.CharField(_("checksum of the text"), max_length=64)
    previous = models.CharField(_("digest of the step before"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    objects: ClassVar = KeptQuerySet.as_manager()

    class Meta:
        ordering = ["recommendation", "number"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "number"], name="step_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_state_display()}"

    def computed_digest(self) -> str:
        """Return the digest of what the step says and of the step before it.

        Who took it is not part of it: people have the right to be forgotten.
        """
        return digest(
            json.dumps(
                [
                    self.previous,
                    self.recommendation.translation_key.hex,
                    self.number,
                    self.state,
                    self.at.astimezone(datetime.UTC).isoformat(),
                    self.reason,
                    self.version,
                    self.text_digest,
                ],
                ensure_ascii=False,
                separators=(",", ":"),
            )
        )
