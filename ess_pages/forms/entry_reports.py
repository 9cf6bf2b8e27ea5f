"""What visitors report about an entry, and what the editors answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import EntryReport
from .trap import TrapForm

NEEDS_WORDS = (EntryReport.Reason.WRONG, EntryReport.Reason.DOUBLE)


class EntryReportForm(TrapForm, forms.ModelForm):
    """A report."""

    reason = forms.ChoiceField(
        label=_("What is wrong"), choices=EntryReport.Reason.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = EntryReport
        fields = ["reason", "detail", "email"]
        widgets = {
            "detail": forms.Textarea({"rows": 4, "dir": "auto"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }

    def clean_detail(self) -> str:
        """Ask for words where the reason alone tells the editors nothing."""
        detail = self.cleaned_data["detail"]
        if not detail and self.cleaned_data.get("reason") in NEEDS_WORDS:
            raise ValidationError(_("Say what is wrong, or which other entry is the same."))
        return detail


class DecisionForm(forms.Form):
    """What the editors have done about a report."""

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            choice for choice in EntryReport.State.choices if choice[0] != EntryReport.State.WAITING
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=_("Goes into the mail as it is: write it in the language of the report."),
    )
