"""How editors describe a category: its names, its place, who may do what there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Category

RADIO = forms.RadioSelect


class CategoryForm(forms.ModelForm):
    """A category."""

    class Meta:
        model = Category
        fields = [
            "name_fr",
            "name_ar",
            "description_fr",
            "description_ar",
            "parent",
            "group",
            "see",
            "start",
            "reply",
        ]
        widgets = {
            "name_fr": forms.TextInput({"dir": "ltr", "lang": "fr"}),
            "name_ar": forms.TextInput({"dir": "rtl", "lang": "ar"}),
            "description_fr": forms.Textarea({"dir": "ltr", "lang": "fr", "rows": 2}),
            "description_ar": forms.Textarea({"dir": "rtl", "lang": "ar", "rows": 2}),
            "see": RADIO,
            "start": RADIO,
            "reply": RADIO,
        }
        help_texts = {
            "group": _("For “the private group” in what follows."),
            "see": _("Each choice takes in those below it: moderators always may."),
        }
