"""Imports: files of entries on their way into a directory, and what each row would do."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page


class ImportRun(models.Model):
    """A file of entries: checked row by row first, then imported as a whole or not at all.

    It may hold contacts that nobody agreed to publish: the file is erased once it is imported,
    and the run after a month.
    """

    class State(models.TextChoices):
        """How far it has come."""

        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Checked")
        IMPORTING = "importing", pgettext_lazy("import", "Being imported")
        IMPORTED = "imported", pgettext_lazy("import", "Imported")
        FAILED = "failed", pgettext_lazy("import", "Refused")

    section = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("section")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("imported by"),
    )
    # Of the editor: the reasons are written in it.
    language = models.CharField(_("language"), max_length=10)
    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.CHECKING
    )
    problem = models.TextField(_("why it is refused"), blank=True)
    notes = models.JSONField(_("remarks"), default=list, blank=True)
    headings = models.JSONField(default=list, blank=True)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    # When the worker last said how far it is: a worker that has died says nothing.
    heard_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """A row of the file, and what importing it does."""

    class Outcome(models.TextChoices):
        """What importing it does."""

        CREATE = "create", pgettext_lazy("row of an import", "New")
        CHANGE = "change", pgettext_lazy("row of an import", "Changed")
        SAME = "same", pgettext_lazy("row of an import", "Unchanged")
        REFUSED = "refused", pgettext_lazy("row of an import", "Refused")

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="rows", verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    title = models.TextField(_("name"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices)
    reasons = models.JSONField(_("remarks"), default=list)
    changes = models.JSONField(_("changes"), default=list)  # label, old value, new value
    cells = models.JSONField(default=list)  # of a refused row, to be put right
    page = models.ForeignKey(
        Page, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("entry")
    )
    # The latest revision of the entry when the row was checked.
    revision = models.BigIntegerField(null=True)
    # Whether what follows a publication (search, references, translations) has followed.
    is_announced = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["number"]
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="import_row_numbered_once")
        ]
        indexes = [models.Index(fields=["run", "outcome", "number"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"
