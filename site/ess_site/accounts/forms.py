"""What is asked of those who join, and of those who let them in."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ess_pages.forms.imports import too_large
from ess_pages.imports.files import MAX_BYTES

from ..privacy.actions.consents import note_consent
from ..privacy.forms import ConsentForm
from . import entrance
from .actions.applications import apply
from .actions.invitations import accept
from .mails import language


class SignUp(ConsentForm):
    """What the portal adds to allauth's forms of signing up."""

    # Consent is the last thing that is asked; allauth adds its own fields to these.
    field_order = ["email", "password1", "password2", "presentation", "text_number", "consent"]

    presentation = forms.CharField(
        label=_("Who are you, and what brings you here?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("The editors read it before they open your account."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = entrance.invitation_of(context.request)
        if not entrance.needs_approval(context.request):
            del self.fields["presentation"]
        if self.invitation:
            self.initial["email"] = self.invitation.email
            self.fields["email"].disabled = True

    @transaction.atomic
    def signup(self, request: HttpRequest, user) -> None:
        """Finish what somebody has come for who has just made this account."""
        if self.text:
            note_consent(user, self.text, language())
        if self.invitation:
            # The link went there: nothing more is to be confirmed.
            get_adapter(request).stash_verified_email(request, self.invitation.email)
            accept(self.invitation, user)
            entrance.close_door(request)
        elif "presentation" in self.cleaned_data:
            apply(user, self.cleaned_data["presentation"])


class GuestsForm(forms.Form):
    """A file of people to invite."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_(
            "CSV or XLSX with the columns “e-mail”, “name” (in Latin script), “name in Arabic” "
            "and “language” (fr or ar), also in French or in Arabic."
        ),
    )

    def clean_file(self):
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(too_large())
        return file


class DeclineForm(forms.Form):
    """Why an account is not opened."""

    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("The person reads it in the mail."),
    )
