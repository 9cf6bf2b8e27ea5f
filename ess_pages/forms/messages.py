"""What organisers write to those registered."""

from django import forms

from ..models import MeetingMessage


class MessageForm(forms.ModelForm):
    """A message in both languages: each person gets their own."""

    class Meta:
        model = MeetingMessage
        fields = ["subject_fr", "body_fr", "subject_ar", "body_ar"]
        widgets = {
            "subject_fr": forms.TextInput({"lang": "fr", "dir": "ltr"}),
            "body_fr": forms.Textarea({"lang": "fr", "dir": "ltr", "rows": 8}),
            "subject_ar": forms.TextInput({"lang": "ar", "dir": "rtl"}),
            "body_ar": forms.Textarea({"lang": "ar", "dir": "rtl", "rows": 8}),
        }
