"""Whom the editors appoint to represent an actor."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..languages import language_choices


class RepresentativeForm(forms.Form):
    """A member, known by e-mail address, and the language to write to them in."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of their account"),
        widget=forms.EmailInput({"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)

    def clean_email(self):
        """Return the member who has this address. Refuses one that nobody has."""
        model = get_user_model()
        field = f"{model.get_email_field_name()}__iexact"
        email = self.cleaned_data["email"]
        member = model.objects.filter(is_active=True, **{field: email}).first()
        if member is None:
            raise ValidationError(
                _("No account has this address: ask the person to sign up first.")
            )
        return member
