"""What members write of an actor's offers and needs, row by row."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ..models import Exchange
from ..rows import RowChanges
from .prose import says_the_same

# Rows to fill in, below those that are there; and how many are read of what is sent.
EMPTY_ROWS, MOST_ROWS = 2, 50


class ExchangeForm(forms.ModelForm):
    """An offer or a need. `key` tells one that is there already, in every version of its page."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Exchange
        fields = ["kind", "resource", "title", "description"]
        widgets = {
            "title": forms.TextInput({"dir": "auto"}),
            "description": forms.Textarea({"rows": 2, "dir": "auto"}),
        }

    def __init__(self, *args, resources: list, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["resource"].choices = resources  # type: ignore[attr-defined]


_Rows: Any = forms.formset_factory(
    ExchangeForm,
    extra=EMPTY_ROWS,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    can_delete=True,
    can_delete_extra=False,
)


class ExchangeFormSet(_Rows):
    """The offers and needs that a visitor sees of an actor, and some rows to fill in."""

    def __init__(self, data=None, *, rows: list, **kwargs):
        self.rows = {row.translation_key: row for row in rows}
        # Not by their places: the page may have other rows since the form was shown.
        initial = None if data else [self._initial(row) for row in rows]
        super().__init__(data, prefix="exchanges", initial=initial, **kwargs)

    @cached_property
    def resources(self) -> list:
        """The kinds of things to offer or seek, read once for all rows."""
        return list(ExchangeForm.base_fields["resource"].choices)  # type: ignore[attr-defined]

    def get_form_kwargs(self, index) -> dict[str, Any]:
        """Give each row the resources."""
        return super().get_form_kwargs(index) | {"resources": self.resources}

    def add_fields(self, form, index) -> None:
        """Say what the box for removing is for."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove this offer or need")

    def changes(self) -> RowChanges:
        """Return what is to change of the rows, once all is valid."""
        changes = RowChanges(removed=frozenset(self._removed()))
        for form in self.forms:
            if form in self.deleted_forms or not form.has_changed():
                continue
            key = form.cleaned_data["key"]
            values = {name: form.cleaned_data[name] for name in ExchangeForm.Meta.fields}
            if key is None:
                changes.added[uuid4()] = values
            elif differing := self._differing(key, values):
                changes.changed[key] = differing
        return changes

    def _removed(self) -> set[UUID]:
        return {form.cleaned_data.get("key") for form in self.deleted_forms} & self.rows.keys()

    def _differing(self, key: UUID, values: dict[str, Any]) -> dict[str, Any]:
        row = self.rows.get(key)
        if row is None:
            return {}
        return {
            name: value
            for name, value in values.items()
            if not says_the_same(getattr(row, name), value)
        }

    def _initial(self, row: Exchange) -> dict[str, Any]:
        values = {name: getattr(row, name) for name in ExchangeForm.Meta.fields}
        return values | {"key": row.translation_key}
