"""What a browser says of itself that is to take messages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .. import push


class EndpointForm(forms.Form):
    """The address of a browser at its push service."""

    endpoint = forms.URLField(max_length=1000, assume_scheme="https")

    def clean_endpoint(self) -> str:
        """Refuse what is not encrypted on its way."""
        endpoint = self.cleaned_data["endpoint"]
        if not endpoint.startswith("https://"):
            raise ValidationError("https", code="invalid")
        return endpoint


class SubscriptionForm(EndpointForm):
    """Its address and keys."""

    public_key = forms.CharField(max_length=100)
    secret = forms.CharField(max_length=40)

    def clean(self) -> dict[str, Any]:
        """Refuse keys for which nothing can be encrypted."""
        data = super().clean() or {}
        if not self.errors:
            try:
                push.check_keys(data["public_key"], data["secret"])
            except ValueError as error:
                raise ValidationError("keys", code="invalid") from error
        return data
