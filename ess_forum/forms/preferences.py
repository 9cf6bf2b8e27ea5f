"""How a member wants to be written to."""

from django import forms

from .. import push
from ..models import Mail, Member, kind_choices, usual_mail, usual_push


class PreferencesForm(forms.ModelForm):
    """The language of mails, the digest, and for each kind of thing how it is told."""

    class Meta:
        model = Member
        fields = ["language", "digest"]
        widgets = {"digest": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = self.instance.choices.values_list("kind", "mail", "push")
        chosen = {kind: mail for kind, mail, _is_on in rows}
        pushed = {kind: is_on for kind, _mail, is_on in rows if is_on is not None}
        self.has_push = push.is_on()
        for kind, label in kind_choices():
            self.fields[f"mail_{kind}"] = forms.ChoiceField(
                label=label,
                choices=Mail.choices,
                widget=forms.RadioSelect,
                initial=chosen.get(kind, usual_mail(kind)),
            )
            if self.has_push:
                self.fields[f"push_{kind}"] = forms.BooleanField(
                    label=label, required=False, initial=pushed.get(kind, usual_push(kind))
                )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """Return the fields of the matrix for each kind: by mail, and in browsers where it can."""
        return [
            (self[f"mail_{kind}"], self[f"push_{kind}"] if self.has_push else None)
            for kind, _label in kind_choices()
        ]

    def columns(self) -> list[str]:
        """Return the headings of the matrix."""
        return [str(label) for _value, label in Mail.choices]

    def mails(self) -> dict[str, str]:
        """Return the chosen `Mail` for each kind."""
        return {kind: self.cleaned_data[f"mail_{kind}"] for kind, _label in kind_choices()}

    def pushes(self) -> dict[str, bool] | None:
        """Return of each kind whether it goes to browsers, where that can be chosen."""
        if not self.has_push:
            return None
        return {kind: self.cleaned_data[f"push_{kind}"] for kind, _label in kind_choices()}
