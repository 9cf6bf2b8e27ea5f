"""What people say of who they are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Participant, Sphere, Wilaya
from .actors import ActorField


class ParticipantForm(forms.Form):
    """A person's name in both scripts, sphere, organisation and wilaya.

    Who is no participant yet may leave all of it empty: nothing is written then.
    """

    name_fr = forms.CharField(
        label=gettext_lazy("Name in Latin script"),
        max_length=255,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    name_ar = forms.CharField(
        label=gettext_lazy("Name in Arabic script"),
        max_length=255,
        required=False,
        widget=forms.TextInput({"dir": "rtl", "autocomplete": "off"}),
    )
    sphere = forms.ModelChoiceField(
        Sphere.objects.all(), label=gettext_lazy("Sphere"), required=False
    )
    organisation = ActorField(
        label=gettext_lazy("Organisation"),
        required=False,
        help_text=gettext_lazy("Type its name, or a part of it, in French or in Arabic."),
    )
    wilaya = forms.ModelChoiceField(
        Wilaya.objects.all(), label=gettext_lazy("Wilaya"), required=False
    )

    def __init__(self, *args, person: Participant | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if person is not None:
            self._show(person)

    def _show(self, person: Participant) -> None:
        self.initial = {
            "name_fr": person.name_fr,
            "name_ar": person.name_ar,
            "sphere": person.sphere_id,
            "organisation": ActorField.value_of(person.organisation),
            "wilaya": person.wilaya_id,
        }
        if person.is_confirmed:
            self.fields["sphere"].disabled = True
            self.fields["sphere"].help_text = _(
                "The editors have confirmed it, since votes are counted by it: "
                "ask them to change it."
            )

    def clean(self) -> dict[str, Any]:
        """Ask for both names and the sphere, as soon as anything is said."""
        data = super().clean() or {}
        if self.says_something():
            for name in ("name_fr", "name_ar", "sphere"):
                if name not in self.errors and not data.get(name):
                    text = _("Needed to say who you are: both names, and the sphere.")
                    self.add_error(name, ValidationError(text, code="required"))
        return data

    def says_something(self) -> bool:
        """Return whether there is anything to write."""
        return self.person is not None or any(self.cleaned_data.values())
