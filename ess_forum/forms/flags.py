"""How a member tells the moderators of a post."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Flag

PLAIN = forms.Textarea(attrs={"rows": 4, "dir": "auto"})


class FlagForm(forms.Form):
    """What is wrong with a post."""

    reason = forms.ChoiceField(
        label=_("What is wrong with this post?"),
        choices=lambda: [(reason.value, reason.label) for reason in Flag.MEMBER_REASONS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What the moderators should know"),
        max_length=1000,
        required=False,
        widget=PLAIN,
    )
