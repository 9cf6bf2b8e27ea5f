"""What is asked for official documents, their handovers and what is answered."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput
from wagtail.documents.widgets import AdminDocumentChooser

from ..models import (
    Answer,
    Clause,
    DecisionMaker,
    DocumentText,
    Handover,
    OfficialDocument,
    Undertaking,
    UndertakingUpdate,
)
from ..models.clauses import text_language
from ..official_documents import choosable, pages_of

MAX_PROOF = 10 * 2**20
PROOFS = (".pdf", ".jpg", ".jpeg", ".png", ".webp")


def _french(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "lang": "fr", "dir": "ltr"})


def _arabic(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "lang": "ar", "dir": "rtl"})


class OfficialDocumentForm(WagtailAdminModelForm):
    """A document that has not been issued, with the recommendations in it.

    Each recommendation that can be chosen has a field for its place; an empty one leaves it out.
    """

    class Meta(WagtailAdminModelForm.Meta):
        widgets = {
            "letter_fr": _french(12),
            "letter_ar": _arabic(12),
            "title_ar": forms.TextInput(attrs={"lang": "ar", "dir": "rtl"}),
            "signatory_ar": forms.TextInput(attrs={"lang": "ar", "dir": "rtl"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "reference" in self.fields:
            self.fields["reference"].validators.append(
                RegexValidator(
                    r"\A\w[\w.-]*(/[\w.-]*\w)*\Z",
                    _("Letters, digits, and between them dots, hyphens and slashes."),
                )
            )
        self.recommendations = list(choosable())
        texts = DocumentText.objects.filter(document=self.instance.pk)
        places = dict(texts.values_list("recommendation", "place"))
        titles = pages_of(self.recommendations)[text_language()]
        for recommendation in self.recommendations:
            self.fields[f"place_{recommendation.pk}"] = forms.IntegerField(
                label=str(titles.get(recommendation.pk) or recommendation),
                required=False,
                min_value=1,
                max_value=999,
                initial=places.get(recommendation.pk),
            )

    @property
    def places(self) -> list[forms.BoundField]:
        """The fields for the places."""
        return [self[f"place_{recommendation.pk}"] for recommendation in self.recommendations]

    def clean(self) -> dict[str, Any]:
        """Refuse two recommendations in one place, and a reference that is told by its case."""
        cleaned = super().clean() or {}
        chosen = [cleaned[field.name] for field in self.places if cleaned.get(field.name)]
        if len(chosen) != len(set(chosen)):
            self.add_error(None, _("Two recommendations have the same place."))
        reference = cleaned.get("reference") or ""
        same = OfficialDocument.objects.filter(reference__iexact=reference)
        if same.exclude(pk=self.instance.pk).exists() and "reference" not in self.errors:
            self.add_error("reference", _("Another document has this reference number."))
        return cleaned

    def save(self, commit: bool = True) -> OfficialDocument:
        """Save the document and its texts."""
        document = super().save(commit)
        if commit:
            document.texts.all().delete()
            DocumentText.objects.bulk_create(self._texts(document))
        return document

    def _texts(self, document: OfficialDocument) -> list[DocumentText]:
        chosen = [
            (self.cleaned_data[f"place_{recommendation.pk}"], recommendation)
            for recommendation in self.recommendations
            if self.cleaned_data.get(f"place_{recommendation.pk}")
        ]
        # Its version is that of the day when the document is issued.
        return [
            DocumentText(document=document, recommendation=item, place=place, version=0)
            for place, (_typed, item) in enumerate(sorted(chosen, key=lambda row: row[0]), start=1)
        ]


class HandoverForm(forms.ModelForm):
    """To whom a document was handed over, when and how."""

    decision_maker = forms.ModelChoiceField(
        label=_("Decision-maker"), queryset=DecisionMaker.objects.none()
    )

    class Meta:
        model = Handover
        fields = ["decision_maker", "handed_on", "means", "recipient", "proof", "remind_every"]
        widgets = {"handed_on": AdminDateInput, "proof": forms.FileInput}
        help_texts = {
            "proof": _("A receipt, as PDF or picture, 10 MB at most. Only the editors see it."),
            "remind_every": _(
                "The editor who records the handover is reminded by mail. 0 for never."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["decision_maker"]
        field.queryset = DecisionMaker.objects.filter(is_in_office=True).select_related(
            "institution"
        )
        field.label_from_instance = lambda person: f"{person.institution} · {person}"
        self.fields["handed_on"].initial = timezone.localdate

    def clean_proof(self):
        """Refuse a file that is too large, or of another kind."""
        proof = self.cleaned_data["proof"]
        if proof and proof.size > MAX_PROOF:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        if proof and PurePath(proof.name).suffix.lower() not in PROOFS:
            raise forms.ValidationError(_("Send a PDF or a picture."))
        return proof


class AcknowledgementForm(forms.ModelForm):
    """When an institution acknowledged a handover, and under what reference."""

    acknowledged_on = forms.DateField(label=_("Acknowledged on"), widget=AdminDateInput)

    class Meta:
        model = Handover
        fields = ["acknowledged_on", "acknowledgement"]


class AnswerForm(forms.ModelForm):
    """What an institution answers."""

    class Meta:
        model = Answer
        fields = ["received_on", "text_fr", "text_ar", "document"]
        widgets = {
            "received_on": AdminDateInput,
            "text_fr": _french(5),
            "text_ar": _arabic(5),
            "document": AdminDocumentChooser,
        }


class UndertakingForm(forms.ModelForm):
    """What an institution says of one clause; nothing where it says nothing of it."""

    class Meta:
        model = Undertaking
        fields = ["position", "text_fr", "text_ar", "due_on"]
        widgets = {"text_fr": _french(2), "text_ar": _arabic(2), "due_on": AdminDateInput}

    def __init__(self, data, clause: Clause):
        super().__init__(data, prefix=f"clause-{clause.pk}")
        self.instance.clause = clause
        self.fields["position"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for the position where something is said, and for both languages."""
        cleaned = super().clean() or {}
        texts = {name: cleaned.get(name) for name in ("text_fr", "text_ar")}
        if not cleaned.get("position") and (any(texts.values()) or cleaned.get("due_on")):
            self.add_error("position", _("Say what the institution’s position is."))
        for name, text in texts.items():
            if not text and any(texts.values()):
                self.add_error(name, _("Write it in both languages."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # A clause that nothing is said of has no position; the action looks at those that have.
        return {*super()._get_validation_exclusions(), "position"}  # type: ignore[misc]

    @property
    def undertaking(self) -> Undertaking | None:
        """What is undertaken, once the form is valid; None where nothing is said."""
        return self.instance if self.cleaned_data.get("position") else None


class UpdateForm(forms.ModelForm):
    """How far an undertaking has come."""

    class Meta:
        model = UndertakingUpdate
        fields = ["progress", "happened_on", "note_fr", "note_ar"]
        widgets = {"happened_on": AdminDateInput, "note_fr": _french(3), "note_ar": _arabic(3)}
