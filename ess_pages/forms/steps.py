"""What is said when a recommendation is taken a step further, or given a rapporteur."""

import datetime
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Participant, Recommendation
from .texts import REASON, LinesField

OPEN_FOR = datetime.timedelta(days=21)


def _in_three_weeks() -> datetime.datetime:
    return (timezone.localtime() + OPEN_FOR).replace(hour=18, minute=0, second=0, microsecond=0)


class OpenForm(forms.Form):
    """Until when members can amend a text."""

    closes_at = forms.DateTimeField(
        label=_("Open until"),
        initial=_in_three_weeks,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = LinesField(
        label=_("A word to the members"), max_length=2000, required=False, widget=REASON
    )


class SettleForm(forms.Form):
    """Why amendments end, if there is something to say."""

    reason = LinesField(label=_("Reason"), max_length=2000, required=False, widget=REASON)


class WithdrawForm(forms.Form):
    """Why a recommendation is withdrawn."""

    reason = LinesField(label=_("Reason"), max_length=2000, widget=REASON)


class RapporteurForm(forms.Form):
    """Who is to settle a text beside those who do."""

    participant = forms.ModelChoiceField(
        Participant.objects.none(),
        label=_("Add a rapporteur"),
        help_text=_("A participant who has an account: ask the editors to link it otherwise."),
    )

    def __init__(self, *args, recommendation: Recommendation, **kwargs):
        super().__init__(*args, **kwargs)
        already = recommendation.all_rapporteurs().values("pk")
        people = Participant.objects.filter(is_confirmed=True).exclude(user=None)
        people = people.exclude(pk__in=already)
        cast(forms.ModelChoiceField, self.fields["participant"]).queryset = people


class DismissForm(forms.Form):
    """Who is to settle a text no longer."""

    participant = forms.ModelChoiceField(Participant.objects.all())
