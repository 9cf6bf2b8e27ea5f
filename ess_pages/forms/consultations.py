"""What a validator says to ask for consent, and what the participants answer."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Ballot, Consultation, Recommendation
from ..models.consultations import RULES_IN_WORDS, VOICES_IN_WORDS
from ..voters import can_be_asked
from .texts import LinesField

ASKED_FOR = datetime.timedelta(days=14)


def _in_two_weeks() -> datetime.datetime:
    return (timezone.localtime() + ASKED_FOR).replace(hour=18, minute=0, second=0, microsecond=0)


class ConsentForm(forms.ModelForm):
    """By what rule, whom, and until when. Each choice is explained in words."""

    class Meta:
        model = Consultation
        fields = ["rule", "voice", "quorum", "electorate", "is_secret", "closes_at"]
        widgets = {
            "rule": forms.RadioSelect,
            "voice": forms.RadioSelect,
            "electorate": forms.RadioSelect,
            "quorum": forms.NumberInput({"inputmode": "numeric"}),
            "closes_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    def __init__(self, *args, recommendation: Recommendation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["closes_at"].initial = _in_two_weeks
        self._explain("rule", Consultation.Rule.choices, RULES_IN_WORDS)
        self._explain("voice", Consultation.Voice.choices, VOICES_IN_WORDS)
        people = {
            electorate: _people(can_be_asked(recommendation, electorate).count())
            for electorate in Consultation.Electorate.values
        }
        self._explain("electorate", Consultation.Electorate.choices, people)

    def _explain(self, name: str, choices: list, words: dict[Any, Any]) -> None:
        self.fields[name].choices = [  # type: ignore[attr-defined]
            (value, format_html("<span>{}<small>{}</small></span>", label, words[value]))
            for value, label in choices
        ]


def _people(number: int) -> str:
    return ngettext("%(number)d person", "%(number)d people", number) % {"number": number}


class VoteForm(forms.Form):
    """What a participant says to a text."""

    choice = forms.ChoiceField(
        label=_("Do you agree to this text?"),
        choices=Ballot.Choice.choices,
        widget=forms.RadioSelect,
    )
    reason = LinesField(
        label=_("Why you object"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args, is_secret: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = (
            _("Needed only if you object. It is published once the votes are counted, unsigned.")
            if is_secret
            else _("Needed only if you object. It is published with your name.")
        )


class WaiverForm(forms.Form):
    """Why a quorum is not asked for any more."""

    reason = LinesField(
        label=_("Why the quorum is waived"),
        help_text=_("It is published, with the date."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
