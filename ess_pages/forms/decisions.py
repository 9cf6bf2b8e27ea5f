"""What a rapporteur says of an amendment."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ..history import Conflict
from ..models import Amendment, ClauseVersion
from ..models.amendments import LANGUAGE_CHOICES
from .texts import REASON, LinesField, PlaceField, WordsForm, offer_places

Kind = Amendment.Kind
ACCEPT, IN_WORDS, MERGE, DECLINE = "accept", "words", "merge", "decline"

LABELS = {
    ACCEPT: pgettext_lazy("amendment", "Accept it as it is"),
    IN_WORDS: pgettext_lazy("amendment", "Accept it in the words below"),
    MERGE: pgettext_lazy("amendment", "Merge it with those ticked below, in the words below"),
    DECLINE: pgettext_lazy("amendment", "Decline it"),
}
DESPITE_CONFLICT = pgettext_lazy("amendment", "Accept it all the same, on the text as it is now")


class DecisionForm(WordsForm):
    """What becomes of an amendment, why, and in which words if not its author's.

    Offered is what can be done with it now: `rivals` are those that it can be merged with.
    """

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": gettext_lazy("This cannot be done any more: choose again.")
        },
    )
    reason = LinesField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=REASON,
        help_text=gettext_lazy("Published with the decision, and sent to the author."),
    )
    after = PlaceField()
    rivals = forms.ModelMultipleChoiceField(
        Amendment.objects.none(),
        label=gettext_lazy("Merge with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("In these words, both languages say the same"), required=False
    )

    def __init__(
        self,
        data,
        *,
        amendment: Amendment,
        conflict: Conflict | None,
        text: Iterable[ClauseVersion],
        rivals,
        **kwargs,
    ):
        super().__init__(data, **kwargs)
        self.amendment = amendment
        has_words = amendment.kind in (Kind.CHANGE, Kind.ADD)
        has_place = amendment.kind in (Kind.ADD, Kind.MOVE)
        outcomes = dict(_outcomes(amendment, conflict, bool(rivals)))
        cast(forms.ChoiceField, self.fields["outcome"]).choices = list(outcomes.items())
        cast(forms.ModelMultipleChoiceField, self.fields["rivals"]).queryset = rivals
        offer_places(self, text, without=amendment.clause)
        if not has_words or IN_WORDS not in outcomes:
            for language, _name in LANGUAGE_CHOICES:
                del self.fields[f"heading_{language}"], self.fields[f"text_{language}"]
            del self.fields["agrees"]
        if not has_place:
            del self.fields["after"]
        if MERGE not in outcomes:
            del self.fields["rivals"]

    @property
    def has_words(self) -> bool:
        """Whether the rapporteur can choose other words."""
        return "agrees" in self.fields

    def clean_rivals(self):
        """Ask for the others that it is merged with."""
        rivals = self.cleaned_data["rivals"]
        if self.cleaned_data.get("outcome") == MERGE and not rivals:
            raise ValidationError(_("Tick those that it is merged with."))
        return rivals

    def clean(self) -> dict:
        """Ask for words where they are the decision's."""
        cleaned = super().clean() or {}
        in_words = cleaned.get("outcome") in (IN_WORDS, MERGE)
        if in_words and self.has_words and not self._is_written(cleaned):
            self.add_error(f"text_{self.amendment.language}", _("Write what the clause says."))
        return cleaned

    def _is_written(self, cleaned: dict) -> bool:
        return any(cleaned.get(f"text_{language}") for language, _name in LANGUAGE_CHOICES)


def _outcomes(amendment: Amendment, conflict: Conflict | None, has_rivals: bool):
    """Yield what can be done with an amendment. Its own words cannot go over a newer text."""
    has_words = amendment.kind in (Kind.CHANGE, Kind.ADD)
    if conflict != Conflict.STRUCK:
        if not conflict:
            yield ACCEPT, LABELS[ACCEPT]
        elif amendment.kind != Kind.CHANGE:
            yield ACCEPT, DESPITE_CONFLICT
        if has_words:
            yield IN_WORDS, LABELS[IN_WORDS]
        if has_words and has_rivals:
            yield MERGE, LABELS[MERGE]
    yield DECLINE, LABELS[DECLINE]
