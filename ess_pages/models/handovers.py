"""The handover: official documents, the decision-makers who receive them, what they answer."""

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.documents import get_document_model_string

from .clauses import LANGUAGES, Clause
from .kept import KeptRecord, KeptRecordError
from .recommendations import Recommendation
from .recorded import Recorded
from .records import BilingualRecord, reads_arabic


def canonical_of_document(texts: Iterable[str]) -> str:
    """Return the texts of a document, each in its canonical form, in the one that is digested.

    One text a line (JSON Lines), in the order of the document, no line break at the end: the
    checksum of a document that holds one text is that of the text. The PDF carries it as a file,
    so that `sha256sum` alone finds the checksum again.
    """
    return "\n".join(texts)


class IssuedQuerySet(models.QuerySet):
    """Records that nobody alters or deletes once their document is issued."""

    def update(self, **values) -> int:
        """Raise KeptRecordError where one of them is issued, or else update them."""
        self._refuse_issued()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise KeptRecordError where one of them is issued, or else delete them."""
        self._refuse_issued()
        return super().delete()

    def issued(self):
        """Return those that are, or belong to a document that is."""
        return self.exclude(**{self.model.issued_field: None})  # type: ignore[attr-defined]

    def _refuse_issued(self) -> None:
        if self.issued().exists():
            raise KeptRecordError("What is issued is kept as it was.")


class IssuedRecord(models.Model):
    """A record that stays as it is once its document is issued."""

    # The ways to the key of its document, and to when that was issued.
    document_field: ClassVar[str]
    issued_field: ClassVar[str]

    objects: ClassVar = IssuedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Save it. Raises KeptRecordError where its document is issued."""
        self._refuse_issued()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Delete it. Raises KeptRecordError where its document is issued."""
        self._refuse_issued()
        return super().delete(*args, **kwargs)

    def _refuse_issued(self) -> None:
        document = OfficialDocument.objects.filter(pk=getattr(self, self.document_field))
        if document.issued().exists():
            raise KeptRecordError(f"{self} is issued and kept as it was.")


class Institution(BilingualRecord):
    """A public institution that decides: a ministry, an agency, an assembly."""

    website = models.URLField(_("website"), blank=True)

    class Meta(BilingualRecord.Meta):
        ordering = ["name_fr"]
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")


class DecisionMaker(BilingualRecord):
    """A person in an institution (décideur public, صاحب قرار عمومي)."""

    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="decision_makers",
        verbose_name=_("institution"),
    )
    post_fr = models.CharField(_("post in French"), max_length=255)
    post_ar = models.CharField(_("post in Arabic"), max_length=255)
    # How to reach them is for the editors alone.
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.TextField(_("address"), max_length=500, blank=True)
    is_in_office = models.BooleanField(_("still in office"), default=True)

    class Meta(BilingualRecord.Meta):
        ordering = ["name_fr"]
        verbose_name = _("decision-maker")
        verbose_name_plural = _("decision-makers")

    @property
    def post(self) -> str:
        """What the person is, in the active language."""
        return self.post_ar if reads_arabic() else self.post_fr


class OfficialDocument(IssuedRecord):
    """Validated recommendations as the paper that is handed over. Issued, it does not change."""

    document_field, issued_field = "pk", "issued_at"

    class Layout(models.TextChoices):
        """In what languages it is set."""

        FRENCH = "fr", _("French")
        ARABIC = "ar", _("Arabic")
        BOTH = "both", _("French and Arabic, in facing columns")

    reference = models.CharField(
        _("reference number"),
        max_length=40,
        unique=True,
        help_text=_("Such as 2016/ESS/01: it is printed, and part of the document’s address."),
    )
    dated = models.DateField(_("date"), default=timezone.localdate)
    layout = models.CharField(
        _("languages"), max_length=4, choices=Layout.choices, default=Layout.BOTH
    )
    title_fr = models.CharField(_("title in French"), max_length=255)
    title_ar = models.CharField(_("title in Arabic"), max_length=255)
    letter_fr = models.TextField(_("cover letter in French"), max_length=5000)
    letter_ar = models.TextField(_("cover letter in Arabic"), max_length=5000)
    signatory_fr = models.CharField(_("who signs, in French"), max_length=255)
    signatory_ar = models.CharField(_("who signs, in Arabic"), max_length=255)
    # Of the texts in it, as `DocumentText` keeps them; empty until it is issued.
    checksum = models.CharField(_("checksum"), max_length=64, blank=True, editable=False)
    pdf = models.FileField(_("PDF"), upload_to="official_documents", blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("issued by"),
    )

    class Meta:
        ordering = ["-dated", "-pk"]
        verbose_name = _("official document")
        verbose_name_plural = _("official documents")

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

    @property
    def title(self) -> str:
        """The title in the active language."""
        return self.title_ar if reads_arabic() else self.title_fr

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is set in."""
        return LANGUAGES if self.layout == self.Layout.BOTH else (self.layout,)


class DocumentText(IssuedRecord):
    """A recommendation in an official document, in the version that was validated."""

    document_field, issued_field = "document_id", "document__issued_at"

    document = models.ForeignKey(
        OfficialDocument,
        on_delete=models.CASCADE,
        related_name="texts",
        verbose_name=_("official document"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        related_name="document_texts",
        verbose_name=_("recommendation"),
    )
    place = models.PositiveSmallIntegerField(_("place"))
    version = models.PositiveIntegerField(_("version of the text"))
    text_digest = models.CharField(_("checksum of the text"), max_length=64)

    class Meta:
        ordering = ["document", "place"]
        verbose_name = _("text of an official document")
        verbose_name_plural = _("texts of official documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "recommendation"], name="recommendation_once_a_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document.reference} · {self.place}"


class Handover(Recorded):
    """An official document put into the hands of a decision-maker (remise, تسليم)."""

    class Means(models.TextChoices):
        """How it was handed over."""

        IN_PERSON = "in_person", pgettext_lazy("handover", "In person")
        REGISTRY = "registry", pgettext_lazy("handover", "At the registry, against a receipt")
        POST = "post", pgettext_lazy("handover", "By registered letter")
        EMAIL = "email", pgettext_lazy("handover", "By e-mail")

    document = models.ForeignKey(
        OfficialDocument,
        on_delete=models.PROTECT,
        related_name="handovers",
        verbose_name=_("official document"),
    )
    decision_maker = models.ForeignKey(
        DecisionMaker,
        on_delete=models.PROTECT,
        related_name="handovers",
        verbose_name=_("decision-maker"),
    )
    handed_on = models.DateField(_("handed over on"))
    means = models.CharField(_("means"), max_length=10, choices=Means.choices)
    recipient = models.CharField(
        _("who received it"), max_length=255, help_text=_("The person, or the registry and number.")
    )
    # A receipt bears signatures: it is the editors', not the public's.
    proof = models.FileField(_("proof"), upload_to="handovers", blank=True)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    acknowledgement = models.CharField(
        _("reference of the acknowledgement"), max_length=255, blank=True
    )
    remind_every = models.PositiveSmallIntegerField(
        _("remind after so many days without an answer"), default=30
    )
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-handed_on", "-pk"]
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "decision_maker"], name="handed_over_once_to_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document.reference} · {self.decision_maker}"

    @property
    def days(self) -> int:
        """How many days it is since the document was handed over."""
        return (timezone.localdate() - self.handed_on).days


class Answer(Recorded):
    """What an institution answers to a handover."""

    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, related_name="answers", verbose_name=_("handover")
    )
    received_on = models.DateField(_("received on"))
    text_fr = models.TextField(_("what it says, in French"), max_length=5000)
    text_ar = models.TextField(_("what it says, in Arabic"), max_length=5000)
    document = models.ForeignKey(
        get_document_model_string(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )

    class Meta:
        ordering = ["received_on", "pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.handover} · {self.received_on}"

    @property
    def days(self) -> int:
        """How many days the institution took."""
        return (self.received_on - self.handover.handed_on).days

    @property
    def text(self) -> str:
        """What it says, in the active language."""
        return self.text_ar if reads_arabic() else self.text_fr


class Undertaking(models.Model):
    """What an institution says of one clause, and what it undertakes to do by when."""

    class Position(models.TextChoices):
        """What it says of the clause."""

        ACCEPTS = "accepts", pgettext_lazy("undertaking", "Takes it up")
        IN_PART = "in_part", pgettext_lazy("undertaking", "Takes it up in part")
        STUDIES = "studies", pgettext_lazy("undertaking", "Studies it")
        DECLINES = "declines", pgettext_lazy("undertaking", "Does not take it up")

    class Progress(models.TextChoices):
        """How far what it undertook has come."""

        TO_DO = "to_do", pgettext_lazy("undertaking", "To do")
        UNDER_WAY = "under_way", pgettext_lazy("undertaking", "Under way")
        DONE = "done", pgettext_lazy("undertaking", "Done")
        DROPPED = "dropped", pgettext_lazy("undertaking", "Dropped")

    answer = models.ForeignKey(
        Answer, on_delete=models.CASCADE, related_name="undertakings", verbose_name=_("answer")
    )
    clause = models.ForeignKey(
        Clause, on_delete=models.PROTECT, related_name="undertakings", verbose_name=_("clause")
    )
    position = models.CharField(_("position"), max_length=10, choices=Position.choices)
    text_fr = models.TextField(_("what it undertakes, in French"), max_length=2000, blank=True)
    text_ar = models.TextField(_("what it undertakes, in Arabic"), max_length=2000, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)

    class Meta:
        ordering = ["answer", "clause"]
        verbose_name = _("undertaking")
        verbose_name_plural = _("undertakings")
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "clause"], name="one_undertaking_a_clause_an_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause} · {self.get_position_display()}"

    @property
    def text(self) -> str:
        """What it undertakes, in the active language."""
        return self.text_ar if reads_arabic() else self.text_fr

    @property
    def progress(self) -> str:
        """How far it has come: what its latest update says."""
        latest = next(iter(self.updates.all()), None)
        return latest.progress if latest else self.Progress.TO_DO

    @property
    def is_followed(self) -> bool:
        """Whether there is something to follow up: an institution that declines does nothing."""
        return self.position != self.Position.DECLINES

    @property
    def is_overdue(self) -> bool:
        """Whether it was to be done by now, and is not."""
        return bool(
            self.is_followed
            and self.due_on
            and self.due_on < timezone.localdate()
            and self.progress in (self.Progress.TO_DO, self.Progress.UNDER_WAY)
        )

    @property
    def progress_display(self) -> str:
        """How far it has come, in words."""
        return str(self.Progress(self.progress).label)


class UndertakingUpdate(KeptRecord):
    """How far an undertaking had come on a day."""

    undertaking = models.ForeignKey(
        Undertaking, on_delete=models.CASCADE, related_name="updates", verbose_name=_("undertaking")
    )
    progress = models.CharField(_("progress"), max_length=10, choices=Undertaking.Progress.choices)
    happened_on = models.DateField(_("date"), default=timezone.localdate)
    note_fr = models.TextField(_("what happened, in French"), max_length=1000)
    note_ar = models.TextField(_("what happened, in Arabic"), max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name = _("update of an undertaking")
        verbose_name_plural = _("updates of undertakings")

    @property
    def note(self) -> str:
        """What happened, in the active language."""
        return self.note_ar if reads_arabic() else self.note_fr
