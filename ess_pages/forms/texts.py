"""What rapporteurs say when they write the text of a recommendation."""

from collections.abc import Iterable, Mapping
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ess_ground.words import without_marks

from ..models import Clause, ClauseVersion
from ..models.amendments import LANGUAGE_CHOICES
from ..models.clauses import LANGUAGES, Wording

REASON = forms.Textarea({"rows": 3, "dir": "auto"})
DIRECTIONS = {"fr": "ltr", "ar": "rtl"}


class SeenField(forms.IntegerField):
    """The version of the text that the user has before their eyes; none of them if it is odd."""

    widget = forms.HiddenInput

    def clean(self, value) -> int:
        """Return the number, or 0."""
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0


class LinesField(forms.CharField):
    """Plain text whose lines end the same, whatever the browser sends."""

    def to_python(self, value) -> str:
        """Return the text with line feeds alone; nothing where nobody would see anything."""
        text = super().to_python((value or "").replace("\r\n", "\n").replace("\r", "\n"))
        return text if text and without_marks(text).strip() else ""


class PlaceField(forms.ChoiceField):
    """Where in a text a clause stands: after one of its clauses, or at the beginning (None)."""

    def __init__(self, **kwargs):
        super().__init__(label=_("Place"), required=False, **kwargs)

    def offer(self, text: Iterable[ClauseVersion], without: Clause | None = None) -> None:
        """Offer the places of a text, for a clause that may be in it."""
        versions = [version for version in text if version.clause != without]
        self.clauses = {str(version.clause_id): version.clause for version in versions}
        after = pgettext_lazy("place of a clause", "After %(number)s. %(heading)s")
        self.choices = [
            ("", pgettext_lazy("place of a clause", "At the beginning")),
            *(
                (str(v.clause_id), after % {"number": v.place, "heading": name_of(v)})
                for v in versions
            ),
        ]

    def clean(self, value) -> Clause | None:
        """Return the clause that it stands after."""
        return self.clauses.get(super().clean(value))


def offer_places(
    form: forms.Form, text: Iterable[ClauseVersion], without: Clause | None = None
) -> None:
    """Let a form with the field `after` offer the places of a text: see `PlaceField.offer`."""
    cast(PlaceField, form.fields["after"]).offer(text, without)


def name_of(version: ClauseVersion) -> str:
    """Return how a clause is named in a list: by its heading, or else by how its text begins."""
    return version.shown.heading or f"{version.shown.text[:60]}…"


def _heading(language: str, label) -> forms.CharField:
    attrs = {"lang": language, "dir": DIRECTIONS[language]}
    return forms.CharField(
        label=label, max_length=255, required=False, widget=forms.TextInput(attrs)
    )


def _text(language: str, label) -> LinesField:
    attrs = {"lang": language, "dir": DIRECTIONS[language], "rows": 8}
    return LinesField(label=label, max_length=5000, required=False, widget=forms.Textarea(attrs))


class SeenForm(forms.Form):
    """Anything that is done to a clause as it was seen."""

    seen = SeenField()

    def catch_up(self, then: ClauseVersion | None, now: ClauseVersion) -> None:
        """Put the form, sent about a clause as it was `then`, on top of what it says `now`.

        What was typed stays.
        """
        self._put({"seen": str(now.number)})

    def _put(self, values: Mapping[str, str]) -> None:
        typed = cast(QueryDict, self.data).copy()
        for name, value in values.items():
            typed[self.add_prefix(name)] = value
        self.data = typed


class WordsForm(SeenForm):
    """What a clause says in both languages, written on the version that was seen."""

    heading_fr = _heading("fr", _("Heading in French"))
    text_fr = _text("fr", _("Text in French"))
    heading_ar = _heading("ar", _("Heading in Arabic"))
    text_ar = _text("ar", _("Text in Arabic"))

    @property
    def by_language(self) -> list[dict]:
        """The fields of each language, for a template."""
        return [
            {
                "code": language,
                "name": name,
                "dir": DIRECTIONS[language],
                "fields": [self[f"heading_{language}"], self[f"text_{language}"]],
            }
            for language, name in LANGUAGE_CHOICES
        ]

    def words(self) -> dict[str, Wording]:
        """Return what was typed, by language. Its fields have to be valid."""
        return {language: self._typed(language) for language in LANGUAGES}

    def catch_up(self, then: ClauseVersion | None, now: ClauseVersion) -> None:
        """Put the form on top of what the clause says `now`; what was typed stays.

        A language in which nothing was typed follows, or else sending the form again would take
        away what somebody else has written there since `then`.
        """
        untouched = [
            language
            for language in LANGUAGES
            if then and self._is_clean(language) and self._typed(language) == then.wording(language)
        ]
        self._put({"seen": str(now.number), **words_of(now, untouched)})

    def _is_clean(self, language: str) -> bool:
        return {f"heading_{language}", f"text_{language}"} <= set(self.cleaned_data)

    def _typed(self, language: str) -> Wording:
        data = self.cleaned_data
        return Wording(data[f"heading_{language}"], data[f"text_{language}"])


def words_of(version: ClauseVersion, languages: Iterable[str] = LANGUAGES) -> dict[str, str]:
    """Return what a clause says as the values of a form."""
    return {
        name: value
        for language in languages
        for name, value in (
            (f"heading_{language}", version.wording(language).heading),
            (f"text_{language}", version.wording(language).text),
        )
    }


class EditForm(WordsForm):
    """The words of a clause, and whether both languages say the same."""

    agrees = forms.BooleanField(
        label=_("Both languages say the same now"),
        required=False,
        help_text=_("Without it, the language that you leave as it is has to follow the other."),
    )


class AddForm(WordsForm):
    """The words of a clause that is added, and its place."""

    after = PlaceField()


class MoveForm(SeenForm):
    """Where a clause goes."""

    after = PlaceField()


class StrikeForm(SeenForm):
    """Why a clause is struck."""

    reason = LinesField(label=_("Reason"), max_length=2000, widget=REASON)


class DifferForm(SeenForm):
    """In which language a clause says something else, and what."""

    language = forms.ChoiceField(
        label=_("Which language has to follow the other?"),
        choices=LANGUAGE_CHOICES,
        widget=forms.RadioSelect,
    )
    reason = LinesField(label=_("What differs"), max_length=2000, widget=REASON)


class RestoreForm(forms.Form):
    """Where a struck clause comes back."""

    after = PlaceField()
