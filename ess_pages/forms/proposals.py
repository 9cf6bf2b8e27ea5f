"""What members write about an actor or a practice: the page's own fields, in plain words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.forms import ClusterForm

from ess_ground.words import folded

from ..languages import listed
from ..links import in_language
from ..models import ActorPage, PracticeCarrier, PracticePage, Proposal
from ..models.directory import DirectoryPage
from .exchanges import ExchangeFormSet
from .prose import ProseField, as_text, says_the_same

PLACE = ["country", "wilaya", "locality"]
SUBJECTS = ["sectors", "topics", "target_groups"]
CONTACTS = ["contact_name", "email", "phone", "address"]
CHOICES = dict.fromkeys(SUBJECTS, forms.CheckboxSelectMultiple)


class EntryForm(ClusterForm):
    """An entry of a directory, for those who are no editors.

    `sections` is how the form is laid out: a heading, and the fields below it.
    """

    sections: list[tuple[Any, list[str]]] = []
    note = Proposal._meta.get_field("note").formfield(widget=forms.Textarea({"rows": 3}))

    def __init__(self, data=None, *, instance: DirectoryPage, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, ProseField):
                field.original = self.initial.get(name) or ""
                self.initial[name] = as_text(field.original)
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs.setdefault("dir", "auto")

    def laid_out(self) -> list[dict[str, Any]]:
        """Return the sections, each with its `heading` and its bound `fields`."""
        return [
            {"heading": heading, "fields": [self[name] for name in names]}
            for heading, names in self.sections
        ]

    def changes(self) -> dict[str, Any]:
        """Return the new value of each field of the page that differs from what was shown."""
        values = {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name != "note" and not says_the_same(self.initial.get(name), self.cleaned_data[name])
        }
        return {name: list(value) if name in SUBJECTS else value for name, value in values.items()}

    def note_for_editors(self) -> str:
        """What only the editors are told."""
        return self.cleaned_data["note"]


class ActorForm(EntryForm):
    """An actor, and what it offers and seeks: `exchanges`."""

    class Meta:
        model = ActorPage
        fields = [
            *["title", "summary", "sphere", "legal_form", "founded", "people", "women", "men"],
            *["products", "website", *PLACE, *SUBJECTS, *CONTACTS, "contacts_consent"],
        ]
        labels = {"title": gettext_lazy("Name")}
        help_texts = {"title": ""}
        widgets = {
            **CHOICES,
            "summary": forms.Textarea({"rows": 3}),
            "products": forms.Textarea({"rows": 3}),
            "phone": forms.TextInput({"type": "tel", "dir": "ltr"}),
        }

    sections = [
        (
            gettext_lazy("Who it is"),
            ["title", "summary", "sphere", "legal_form", "founded", "people", "women", "men"],
        ),
        (gettext_lazy("What it does"), ["products", "website"]),
        (gettext_lazy("Where it is"), PLACE),
        (gettext_lazy("What it is about"), SUBJECTS),
        (gettext_lazy("How to reach it"), [*CONTACTS, "contacts_consent"]),
    ]

    def __init__(self, data=None, *, instance: ActorPage, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        if not instance.contacts_consent:
            # Only editors see contacts that it does not agree to publish.
            self.initial.update(dict.fromkeys(CONTACTS, ""))
        self.exchanges = ExchangeFormSet(data, rows=instance.current_exchanges)

    def is_valid(self) -> bool:
        """Return whether the actor, and each thing that it offers or seeks, can be so."""
        return super().is_valid() & self.exchanges.is_valid()  # both, to say all that is wrong

    def save(self, commit: bool = True) -> ActorPage:
        """Give a new actor what it offers and seeks; of a published one, see `changes`."""
        actor = super().save(commit=False)
        self.exchanges.changes().write(actor, "exchanges")
        return actor

    def changes(self) -> dict[str, Any]:
        """Return the new value of each field, and the changes of the rows."""
        rows = self.exchanges.changes()
        return super().changes() | ({"exchanges": rows} if rows else {})


class PracticeForm(EntryForm):
    """A practice; the actors that carry it are known by their names."""

    carrier_names = forms.CharField(
        label=gettext_lazy("Carried by"),
        help_text=gettext_lazy(
            "The actors that carry it, one on each line, as the directory names them."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    class Meta:
        model = PracticePage
        prose = ["problem", "approach", "results", "requirements", "costs", "partners", "evidence"]
        fields = ["title", "summary", "since", *prose, *PLACE, *SUBJECTS]
        field_classes = dict.fromkeys(prose, ProseField)
        help_texts = {"title": ""}
        widgets = {
            **CHOICES,
            **dict.fromkeys(prose, forms.Textarea({"rows": 5})),
            "summary": forms.Textarea({"rows": 3}),
        }

    sections = [
        (gettext_lazy("The practice"), ["title", "summary", "since", "carrier_names"]),
        (gettext_lazy("What was done, and what it gave"), ["problem", "approach", "results"]),
        (
            gettext_lazy("To do it again"),
            ["requirements", "costs", "partners", "evidence"],
        ),
        (gettext_lazy("Where it is"), PLACE),
        (gettext_lazy("What it is about"), SUBJECTS),
    ]

    def __init__(self, data=None, *, instance: PracticePage, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        self.unknown_carriers: list[str] = []
        rows = instance.carriers.select_related("actor") if instance.pk else []
        shown = {actor.translation_key: actor for actor in instance.carrying_actors} if rows else {}
        # Those that have no published page are kept, and not told.
        self.hidden = [row.actor for row in rows if row.actor.translation_key not in shown]
        self.initial["carrier_names"] = "\n".join(actor.title for actor in shown.values())

    def clean_carrier_names(self) -> list[ActorPage]:
        """Return the actors with these names; the editors are told the names that nobody has."""
        names = filter(None, map(str.strip, self.cleaned_data["carrier_names"].splitlines()))
        wanted = {folded(name)[:255]: name for name in names}
        pages = ActorPage.objects.live().public()
        found = list(pages.filter(sort_title__in=wanted)) if wanted else []
        known = {actor.sort_title for actor in found}
        self.unknown_carriers = [name for key, name in wanted.items() if key not in known]
        return in_language(pages, {actor.translation_key: actor for actor in found}.values())

    def clean(self) -> dict[str, Any]:
        """Give a new practice its carriers; those of a published one are changed with the rest."""
        cleaned = super().clean()
        if not self.instance.pk and "carrier_names" in cleaned:
            self.instance.carriers = _carriers(cleaned["carrier_names"])
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return the new value of each field, the carriers among them."""
        changes = super().changes()
        if "carrier_names" in changes:
            changes["carriers"] = _carriers(changes.pop("carrier_names") + self.hidden)
        return changes

    def note_for_editors(self) -> str:
        """What only the editors are told, names that are no actor's among it."""
        note = super().note_for_editors()
        if not self.unknown_carriers:
            return note
        names = _("Carried by, and not in the directory: %(names)s") % {
            "names": listed(self.unknown_carriers)
        }
        return f"{note}\n{names}".strip()


class DeclineForm(forms.Form):
    """Why a proposal is declined."""

    answer = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy(
            "Goes into the mail as it is: write it in the language of the proposal."
        ),
    )


def _carriers(actors: list[ActorPage]) -> list[PracticeCarrier]:
    return [PracticeCarrier(actor=actor, sort_order=place) for place, actor in enumerate(actors)]


FORMS: dict[type[DirectoryPage], type[EntryForm]] = {
    ActorPage: ActorForm,
    PracticePage: PracticeForm,
}
