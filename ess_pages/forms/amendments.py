"""What members write about clauses: amendments, opinions of them, comments."""

from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..history import Conflict, History
from ..models import Amendment, Comment, Opinion
from ..models.clauses import LANGUAGES
from .texts import DIRECTIONS, REASON, LinesField, PlaceField, name_of

Kind = Amendment.Kind
# What each kind of amendment asks for.
FIELDS: dict[str, list[str]] = {
    Kind.CHANGE: ["heading", "text", "reason", "discussion"],
    Kind.ADD: ["heading", "text", "after", "reason", "discussion"],
    Kind.MOVE: ["after", "reason", "discussion"],
    Kind.STRIKE: ["reason", "discussion"],
}


class AmendmentForm(forms.ModelForm):
    """An amendment while it is being written. It need not be whole to be kept."""

    # The version of the text that the author has read.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    after = PlaceField(error_messages={"invalid_choice": Conflict.NO_PLACE.label})

    class Meta:
        model = Amendment
        fields = ["heading", "text", "after", "reason", "discussion"]
        field_classes = {"text": LinesField, "reason": LinesField}
        labels = {"reason": gettext_lazy("Why do you propose it?")}
        widgets = {
            "text": forms.Textarea({"rows": 8}),
            "reason": REASON,
            "discussion": forms.TextInput({"dir": "ltr", "inputmode": "url"}),
        }

    def __init__(self, data=None, *, instance: Amendment, history: History, host: str, **kwargs):
        instance.base = instance.base or history.until()
        kwargs["initial"] = {
            "seen": instance.base.number if instance.base else 0,
            **kwargs.get("initial", {}),
        }
        super().__init__(data, instance=instance, **kwargs)
        self._host, self._history = host, history
        for name in set(self.Meta.fields) - set(FIELDS[instance.kind]):
            del self.fields[name]
        for name in {"heading", "text"} & set(self.fields):
            language = instance.language
            self.fields[name].widget.attrs |= {"lang": language, "dir": DIRECTIONS[language]}
        places = self.fields.get("after")
        if isinstance(places, PlaceField):
            places.offer(history.text(), without=instance.clause)
            self.initial["after"] = str(self.initial.get("after") or "")

    def clean_seen(self) -> int | None:
        """Put the amendment on the version that its author has read; without one, leave it."""
        seen = self.cleaned_data["seen"]
        if seen is not None:
            self.instance.base = self._history.until(seen)
        return seen

    def clean_discussion(self) -> str:
        """Return the path on this very site; refuse an address elsewhere."""
        address = self.cleaned_data["discussion"]
        if not address:
            return ""
        if not url_has_allowed_host_and_scheme(address, allowed_hosts={self._host}):
            raise forms.ValidationError(_("Give the address of a page of this site."))
        path = urlunsplit(("", "", *urlsplit(address)[2:]))
        if not path.startswith("/"):
            raise forms.ValidationError(_("Give the address of a page of this site."))
        return path

    @property
    def is_changed(self) -> bool:
        """Whether something was typed."""
        return bool(set(self.changed_data) - {"seen"})


class OpinionForm(forms.ModelForm):
    """Why a member opposes an amendment."""

    class Meta:
        model = Opinion
        fields = ["reason"]
        field_classes = {"reason": LinesField}
        labels = {"reason": gettext_lazy("Why do you oppose it?")}
        widgets = {"reason": REASON}


class CommentForm(forms.ModelForm):
    """What a member says of a clause or an amendment, or of some words of it."""

    class Meta:
        model = Comment
        fields = ["quote", "text"]
        field_classes = {"text": LinesField}
        labels = {"text": gettext_lazy("Your comment")}
        help_texts = {
            "quote": gettext_lazy(
                "Copy them from the text, or leave this empty to speak of it all."
            )
        }
        widgets = {
            "quote": forms.TextInput({"dir": "auto"}),
            "text": forms.Textarea({"rows": 4, "dir": "auto"}),
        }

    def __init__(self, data=None, *, words: str, **kwargs):
        super().__init__(data, **kwargs)
        self._words = " ".join(words.split())

    def clean_quote(self) -> str:
        """Return the quoted words. Refuse what is not in the text."""
        quote = " ".join(self.cleaned_data["quote"].split()).strip(" «»“”\"'")
        if quote not in self._words:
            raise forms.ValidationError(_("These words are not in the text."))
        return quote


class AmendmentFilterForm(forms.Form):
    """Which amendments of a text are listed."""

    def __init__(self, data, *, history: History):
        super().__init__(data)
        states = [choice for choice in Amendment.State.choices if choice[0] != "draft"]
        clauses = [(v.clause_id, f"{v.place}. {name_of(v)}") for v in history.text()]
        self.fields["state"] = forms.ChoiceField(
            label=_("State"), required=False, choices=[("", _("All")), *states]
        )
        self.fields["clause"] = forms.TypedChoiceField(
            label=_("Clause"),
            required=False,
            choices=[("", _("All")), *clauses],
            coerce=int,
            empty_value=None,
        )

    def apply(self, amendments):
        """Return those of the amendments, a queryset, that are asked for."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return amendments.filter(**asked)


def words_of(version) -> str:
    """Return all that a clause says, in both languages: what can be quoted."""
    return "\n".join(part for language in LANGUAGES for part in version.wording(language))
