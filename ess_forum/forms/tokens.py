"""Tokens for programs."""

from django import forms

from ..models import ApiToken


class TokenForm(forms.ModelForm):
    """What a token is for."""

    class Meta:
        model = ApiToken
        fields = ["name", "scope"]
        widgets = {
            "name": forms.TextInput({"dir": "auto", "autocomplete": "off"}),
            "scope": forms.RadioSelect,
        }

    def clean_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())
