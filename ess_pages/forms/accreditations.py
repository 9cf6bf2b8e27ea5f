"""What a journalist says who asks for an accreditation, and what is answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Accreditation
from .registrations import OWN_DIRECTION
from .trap import TrapForm


class AccreditationForm(TrapForm, forms.ModelForm):
    """A journalist's request."""

    class Meta:
        model = Accreditation
        fields = ["name", "media", "email", "phone", "press_card", "needs"]
        widgets = {
            "name": forms.TextInput(OWN_DIRECTION | {"autocomplete": "name"}),
            "media": forms.TextInput(OWN_DIRECTION | {"autocomplete": "organization"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
            "needs": forms.Textarea(OWN_DIRECTION | {"rows": 4}),
        }


class DecisionForm(forms.Form):
    """The answer to a request."""

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=Accreditation.State.choices[1:],  # all but “waiting”
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(OWN_DIRECTION | {"rows": 5}),
        help_text=_("Goes into the mail as it is: write it in the language of the request."),
    )
