"""What is asked of people about their data, and of editors."""

from functools import cache

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.rich_text import DraftailRichTextArea

from . import asked
from .models import ConsentText, CorrectionRequest
from .models.consents import FEATURES


def _agreement() -> str:
    """Return the sentence that people agree to, with the way to the text."""
    return format_html(
        _('I have read <a href="{}" target="_blank">how my data is used</a>, and I agree.'),
        reverse("privacy:text"),
    )


class ConsentForm(forms.Form):
    """Agreeing to the text in force, where there is one. `text` is that which was shown."""

    text_number = forms.IntegerField(widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=lazy(_agreement, str)(),
        error_messages={"required": gettext_lazy("Without your agreement there is no account.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.text = asked.current()
        if self.text is None:
            del self.fields["text_number"], self.fields["consent"]
        else:
            self.initial["text_number"] = self.text.number

    def clean_text_number(self) -> int:
        """Refuse what was agreed to another text than the one in force."""
        number = self.cleaned_data["text_number"]
        if self.text and number != self.text.number:
            # What is shown again asks for the new text, unticked.
            shown = {self.add_prefix("text_number"): str(self.text.number)}
            kept = {name: value for name, value in self.data.items() if "consent" not in name}
            self.data = kept | shown
            text = _("The text has just changed: read it again, please.")
            raise forms.ValidationError(text, code="conflict")
        return number


class CorrectionForm(forms.ModelForm):
    """What the editors should correct."""

    class Meta:
        model = CorrectionRequest
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 4, "dir": "auto"})}


class LeaveForm(forms.Form):
    """The last word before an account ends."""

    sure = forms.BooleanField(
        label=gettext_lazy(
            "I have read what goes and what stays. I want to leave, now and for good."
        )
    )


@cache
def text_form() -> type[forms.ModelForm]:
    """Return the form of a new version of the text.

    Made when it is first asked for: what editors write in asks for hooks that import this module.
    """
    widgets = {
        "body_fr": DraftailRichTextArea(features=FEATURES, attrs={"lang": "fr", "dir": "ltr"}),
        "body_ar": DraftailRichTextArea(features=FEATURES, attrs={"lang": "ar", "dir": "rtl"}),
    }
    fields = ["body_fr", "body_ar", "asks_anew"]
    return forms.modelform_factory(ConsentText, fields=fields, widgets=widgets)


class AnswerForm(forms.ModelForm):
    """What has been done about a request."""

    class Meta:
        model = CorrectionRequest
        fields = ["answer"]
        widgets = {"answer": forms.Textarea({"rows": 4, "dir": "auto"})}
