"""Whom members write to."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.profiles import folded_handle
from ..models import Member
from ..models.threads import language_choices
from .writing import WritingForm, active_language

MAX_MEMBERS = 20


class MembersField(forms.CharField):
    """Members by their handles, with or without @, separated by spaces or commas."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", gettext_lazy("Members"))
        kwargs.setdefault(
            "help_text", gettext_lazy("Their handles, separated by spaces: @amina @karim")
        )
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                {
                    "dir": "auto",
                    "autocomplete": "off",
                    "data-handles": reverse_lazy("ess_forum:mentions"),
                }
            ),
        )
        super().__init__(**kwargs)

    def clean(self, value) -> list[Member]:
        """Return the members. Raises ValidationError, which names those who are not there."""
        text = super().clean(value)
        handles = {folded_handle(part) for part in re.split(r"[\s,،;؛]+", text or "") if part}
        if len(handles) > MAX_MEMBERS:
            raise ValidationError(
                _("Too many members at once: {number} at most.").format(number=MAX_MEMBERS)
            )
        found = list(
            Member.objects.filter(handle__in=handles, is_banned=False, user__is_active=True)
        )
        missing = sorted(handles - {member.handle for member in found})
        if missing:
            # Each in marks that hold it together, whatever the direction of its letters.
            names = ", ".join(f"\u2068@{handle}\u2069" for handle in missing)
            raise ValidationError(
                _("There is no such member here: {handles}").format(handles=names)
            )
        return found


class ConversationForm(WritingForm):
    """A private conversation: with whom, about what, and its first post."""

    members = MembersField(label=gettext_lazy("To"))
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)
    field_order = ["members", "title", "language", "source"]

    def __init__(self, data=None, **kwargs):
        super().__init__(data, place="conversation", **kwargs)
        self.initial.setdefault("language", active_language())


class InviteForm(forms.Form):
    """Who is asked into a conversation."""

    members = MembersField()
