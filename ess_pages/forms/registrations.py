"""What somebody says who registers for a meeting, and what organisers note at the door."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..links import in_language
from ..models import ActorPage, Registration

OWN_DIRECTION = {"dir": "auto"}


class RegistrationForm(forms.ModelForm):
    """What a member says to register."""

    class Meta:
        model = Registration
        fields = ["name", "organisation", "sphere", "note", "is_listed"]
        labels = {"sphere": _("Sphere")}
        widgets = {
            "name": forms.TextInput(OWN_DIRECTION | {"autocomplete": "name"}),
            "organisation": forms.TextInput(OWN_DIRECTION | {"autocomplete": "organization"}),
            "note": forms.TextInput(OWN_DIRECTION),
        }


def known_details(user) -> dict[str, Any]:
    """Return what the portal knows already of a member, to fill the form in with."""
    participant = getattr(user, "participant", None)
    if participant is None:
        return {"name": user.get_full_name()}
    actors = in_language(ActorPage.objects.live().public(), [participant.organisation])
    return {
        "name": participant.name,
        "organisation": actors[0].title if actors else "",
        "sphere": participant.sphere_id,
    }


class AdmissionForm(RegistrationForm):
    """What organisers note of somebody who comes without having registered."""

    class Meta(RegistrationForm.Meta):
        fields = ["name", "email", "organisation", "sphere", "note", "language"]
