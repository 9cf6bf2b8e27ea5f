"""A private group, and who is in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Group
from .conversations import MembersField


class AddMembersForm(forms.Form):
    """Who is added to a group."""

    members = MembersField()
    are_managers = forms.BooleanField(label=_("They manage the group too"), required=False)


class GroupForm(forms.ModelForm):
    """A private group, and who is added to it."""

    members = MembersField(label=_("Add members"), required=False)
    managers = MembersField(label=_("Add managers"), required=False)

    class Meta:
        model = Group
        fields = ["name_fr", "name_ar", "description_fr", "description_ar"]
        widgets = {
            "name_fr": forms.TextInput({"dir": "ltr", "lang": "fr"}),
            "name_ar": forms.TextInput({"dir": "rtl", "lang": "ar"}),
            "description_fr": forms.Textarea({"dir": "ltr", "lang": "fr", "rows": 2}),
            "description_ar": forms.Textarea({"dir": "rtl", "lang": "ar", "rows": 2}),
        }
