"""The clauses of a recommendation, and every version that they have had."""

import hashlib
import json
from collections.abc import Iterable
from typing import ClassVar, NamedTuple, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .kept import KeptQuerySet, KeptRecord
from .records import reads_arabic

LANGUAGES = ("fr", "ar")


def other_language(language: str) -> str:
    """Return the language that a text is in beside `language`."""
    return "fr" if language == "ar" else "ar"


def text_language() -> str:
    """Return which language of a text is shown in the active one."""
    return "ar" if reads_arabic() else "fr"


class Wording(NamedTuple):
    """What a clause says in one language."""

    heading: str
    text: str

    def __bool__(self) -> bool:
        return bool(self.text)


class Clause(models.Model):
    """One clause: what stays the same while its words, its place and its language change.

    What it says and where it stands is told by its versions.
    """

    recommendation = models.ForeignKey(
        "ess_pages.Recommendation",
        on_delete=models.CASCADE,
        related_name="clauses",
        verbose_name=_("recommendation"),
    )
    translation_key = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")

    def __str__(self) -> str:
        return self.anchor

    @property
    def anchor(self) -> str:
        """The fragment that leads to the clause on its page, the same in every language."""
        return f"clause-{self.translation_key.hex[:8]}"


class ClauseVersionQuerySet(KeptQuerySet):
    """Versions of clauses."""

    def until(self, number: int | None) -> Self:
        """Return those up to version `number` of their text, or all."""
        return self if number is None else self.filter(number__lte=number)

    def latest_of_each(self) -> Self:
        """Return the last of these versions of each clause."""
        last = self.order_by().values("clause").annotate(last=Max("pk")).values("last")
        return self.filter(pk__in=last)


class ClauseVersion(KeptRecord):
    """A change to the text of a recommendation: what a clause says from then on.

    Versions are numbered through the whole text, so that one number names a state of all of it:
    `order` is the clauses that the text then has, and each says what its last version up to that
    number says.
    """

    class Kind(models.TextChoices):
        """What was done to the clause."""

        WRITTEN = "written", pgettext_lazy("clause", "Written")
        CHANGED = "changed", pgettext_lazy("clause", "Changed")
        MOVED = "moved", pgettext_lazy("clause", "Moved")
        STRUCK = "struck", pgettext_lazy("clause", "Struck")
        RESTORED = "restored", pgettext_lazy("clause", "Put back")
        TRANSLATED = "translated", pgettext_lazy("clause", "Brought up to date in one language")
        AGREED = "agreed", pgettext_lazy("clause", "Found to say the same in both languages")
        DIFFERS = "differs", pgettext_lazy("clause", "Found to say something else in one language")

    recommendation = models.ForeignKey(
        "ess_pages.Recommendation",
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("recommendation"),
    )
    number = models.PositiveIntegerField(_("version"))
    clause = models.ForeignKey(
        Clause, on_delete=models.CASCADE, related_name="versions", verbose_name=_("clause")
    )
    kind = models.CharField(_("what was done"), max_length=10, choices=Kind.choices)
    order = models.JSONField(_("clauses of the text, in order"))
    heading_fr = models.CharField(_("heading in French"), max_length=255, blank=True)
    text_fr = models.TextField(_("text in French"), max_length=5000, blank=True)
    heading_ar = models.CharField(_("heading in Arabic"), max_length=255, blank=True)
    text_ar = models.TextField(_("text in Arabic"), max_length=5000, blank=True)
    is_behind_fr = models.BooleanField(_("the French has not followed the Arabic"), default=False)
    is_behind_ar = models.BooleanField(_("the Arabic has not followed the French"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    reason = models.TextField(_("reason"), max_length=2000, blank=True)

    # Its number in the text, where `Recommendation.text` or `History.text` has read it.
    place = 0

    objects: ClassVar = ClauseVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("version of a clause")
        verbose_name_plural = _("versions of clauses")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "number"], name="version_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_kind_display()}"

    def wording(self, language: str) -> Wording:
        """Return what the clause says in `language`, "fr" or "ar"; empty where it has no text."""
        return Wording(getattr(self, f"heading_{language}"), getattr(self, f"text_{language}"))

    @property
    def shown_language(self) -> str:
        """The active language if the clause is written in it, or else the other."""
        language = text_language()
        return language if self.wording(language) else other_language(language)

    @property
    def shown(self) -> Wording:
        """What the clause says in the language that it is shown in."""
        return self.wording(self.shown_language)

    def is_behind(self, language: str) -> bool:
        """Return whether `language` lacks the clause, or a change made in the other."""
        return getattr(self, f"is_behind_{language}") or not self.wording(language)

    @property
    def behind(self) -> list[str]:
        """The languages in which the clause is missing or out of date."""
        return [language for language in LANGUAGES if self.is_behind(language)]


def canonical(versions: Iterable[ClauseVersion]) -> str:
    """Return a text, clause by clause in both languages, in the one form that is digested.

    JSON (RFC 8259) without spaces, its characters unescaped: a list with, for each clause, its key,
    and heading and text in French and in Arabic. Whoever has the words can make it again.
    """
    rows = [
        [version.clause.translation_key.hex, *version.wording("fr"), *version.wording("ar")]
        for version in versions
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8 (FIPS 180-4), in 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
