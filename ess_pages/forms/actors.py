"""A field in which somebody types the name of an actor of the directory."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ess_ground.words import QUERY_LENGTH, asked

from ..actor_names import Named, exactly_named, likely_named, named, shown
from ..links import in_language
from ..models import ActorPage


class ActorWidget(forms.TextInput):
    """A text, and once it is sent, or while it is typed, the actors that it may mean.

    Its value holds the `text`, the `key` of the one that was chosen, and of the one that was `kept`
    before: it still is while the text is just its name.
    """

    template_name = "ess_pages/forms/actor.html"

    class Media:
        css = {"all": ["ess_pages/actor.css"]}
        js = [forms.Script("ess_pages/actor.js", type="module")]

    def __init__(self, attrs: dict | None = None):
        usual = {"dir": "auto", "autocomplete": "off", "maxlength": QUERY_LENGTH}
        super().__init__(usual | (attrs or {}))
        self.found = Named([], has_more=False)

    def value_from_datadict(self, data, files, name: str) -> dict[str, str]:
        """Return what was typed, and which one was chosen."""
        return {
            "text": data.get(name, ""),
            "key": data.get(f"{name}_key", ""),
            "kept": data.get(f"{name}_kept", ""),
        }

    def get_context(self, name: str, value: Mapping | None, attrs: dict | None) -> dict:
        """Add the actors to choose from."""
        value = value or {}
        context = super().get_context(name, value.get("text", ""), attrs)
        context["widget"] |= {"kept": value.get("kept", ""), "found": self.found}
        return context


class ActorField(forms.Field):
    """An actor by its name; where that may mean several, the widget asks which."""

    widget = ActorWidget

    def clean(self, value: dict[str, str]) -> ActorPage | None:
        """Return the actor in the active language. Raises ValidationError where it is not sure."""
        text = asked(value["text"])
        if not text:
            super().validate(None)
            return None
        chosen = self._chosen(text, value["key"]) or exactly_named(text)
        if len(chosen) > 1:
            kept = [actor for actor in chosen if str(actor.translation_key) == value.get("kept")]
            chosen = kept or chosen
        if len(chosen) == 1:
            return chosen[0]
        self.widget.found = Named(chosen, has_more=False) if chosen else likely_named(text)
        if self.widget.found.actors:
            raise ValidationError(_("Choose below which one you mean."), code="several")
        raise ValidationError(
            _("No actor of the directory is called so. Propose it there, or leave this empty."),
            code="unknown",
        )

    @staticmethod
    def value_of(actor: ActorPage | None) -> dict[str, Any] | None:
        """Return the value that shows an actor, in the active language."""
        found = [actor] if actor else []
        actors = in_language(shown(), found)
        return {"text": actors[0].title, "kept": actors[0].translation_key} if actors else None

    @staticmethod
    def _chosen(text: str, key: str) -> list[ActorPage]:
        """Return the one that was chosen, unless the text has become another since."""
        try:
            pages = named(text).filter(translation_key=UUID(key))[:1]
        except ValueError:
            return []
        return in_language(shown(), pages)
