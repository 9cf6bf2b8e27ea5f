"""What moderators decide, and what members ask them to decide again."""

from typing import Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from ..actions.approval import Outcome
from ..actions.sanctions import FOR_A_TIME, Measure
from ..models import Appeal, Member, Sanction, State
from ..queue import Item

MESSAGE_LENGTH = 1000
SPANS = (1, 3, 7, 14, 30, 90, 180, 365)
# What an outcome is called where there are no flags to decide on.
PLAIN_OUTCOMES = {
    State.PENDING: ((Outcome.SHOW, _("Publish it")), (Outcome.HIDE, _("Do not publish it"))),
    State.VISIBLE: ((Outcome.HIDE, _("Hide it")), (Outcome.KEEP, _("Leave it as it is"))),
    State.HIDDEN: ((Outcome.SHOW, _("Show it again")), (Outcome.KEEP, _("Leave it hidden"))),
    State.DELETED: ((Outcome.HIDE, _("Hide it")), (Outcome.KEEP, _("Leave it as it is"))),
}


def _text(label: Any, **options) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, max_length=MESSAGE_LENGTH, widget=widget, **options)


def _spans() -> list[tuple[str, str]]:
    spans = (
        (str(days), ngettext("{number} day", "{number} days", days).format(number=days))
        for days in SPANS
    )
    return [("", "—"), *spans]


class SanctionForm(forms.Form):
    """A measure against a member."""

    kind = forms.ChoiceField(label=_("Measure"), choices=Sanction.Kind.choices)
    days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=_spans,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("A warning is said once, and a ban is for good."),
    )
    reason = _text(_("Why"), help_text=_("The member reads it."))

    def measure(self) -> Measure | None:
        """Return the measure that a valid form describes, if there is one."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        return Measure(data["kind"], data["reason"], data["days"])

    def clean(self):
        """Ask how long a measure lasts that ends."""
        data = super().clean() or {}
        if data.get("kind") in FOR_A_TIME and not data.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say for how long."))
        return data


class DecisionForm(SanctionForm):
    """What becomes of a post, of its flags, and of its author."""

    field_order = ("outcome", "message", "answer", "kind", "days", "reason", "seen")

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    message = _text(_("Message to the author"), required=False, help_text=_("The author reads it."))
    answer = _text(_("Message to those who reported the post"), required=False)
    kind = forms.ChoiceField(
        label=_("Measure against the author"),
        choices=lambda: [("", pgettext_lazy("measure", "none")), *Sanction.Kind.choices],
        required=False,
    )
    reason = _text(_("Why this measure"), required=False, help_text=_("The author reads it."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, item: Item, may_sanction: bool, measure: str = ""):
        # Sent again after another moderator's decision, it is about what the post is now.
        self.is_late = data is not None and data.get("seen") != item.standing
        if self.is_late:
            data = data.copy()
            data["seen"] = item.standing
        super().__init__(data, initial={"seen": item.standing, "kind": measure})
        outcome = cast(forms.ChoiceField, self.fields["outcome"])
        if item.flags:
            outcome.choices = Outcome.choices
        else:
            plain = PLAIN_OUTCOMES[State(item.post.state)]
            outcome.choices = [(one.value, label) for one, label in plain]
            del self.fields["answer"]
        if not may_sanction:
            for name in ("kind", "days", "reason"):
                del self.fields[name]

    def clean(self):
        """Ask why, where there is a measure; refuse what another moderator was first to decide."""
        data = super().clean()
        if self.is_late:
            text = _("Another moderator has just decided this: see what they did.")
            self.add_error(None, forms.ValidationError(text, code="decided"))
        if data.get("kind") and not data.get("reason"):
            self.add_error("reason", _("Say why: the member reads it."))
        return data


class BulkForm(forms.Form):
    """What becomes of several posts at once."""

    outcome = forms.ChoiceField(choices=Outcome.choices)


class LiftForm(forms.Form):
    """Why a measure is lifted."""

    reason = _text(_("Why it is lifted"), help_text=_("The member reads it."))


class TrustForm(forms.Form):
    """The trust of a member: what they have earned, or what moderators set."""

    trust = forms.ChoiceField(
        label=_("Trust"),
        choices=lambda: [("", _("as the member earns it")), *Member.Trust.choices],
        required=False,
        help_text=_("What you set stays: participation does not change it any more."),
    )


class AppealForm(forms.Form):
    """Why a decision should change."""

    text = forms.CharField(
        label=_("Why the decision should change"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


class AppealVerdict(TextChoices):
    """What becomes of an appeal."""

    GRANT = Appeal.State.GRANTED.value, _("Grant it: the measure is lifted, the post shown again")
    REFUSE = Appeal.State.REFUSED.value, _("Refuse it")


class AppealDecisionForm(forms.Form):
    """What moderators answer an appeal."""

    verdict = forms.ChoiceField(
        label=_("Decision"), choices=AppealVerdict.choices, widget=forms.RadioSelect
    )
    answer = _text(pgettext_lazy("forum", "Answer"), help_text=_("The member reads it."))
