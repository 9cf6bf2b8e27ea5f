"""What editors are told of an entry while they edit it. The models use these: none imports them."""

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel
from wagtail.models import TranslatableMixin

from ..doubles import Double, likely_doubles


class EntryForm(WagtailAdminPageForm):
    """The form of an entry: before its first publication, likely doubles have to be looked at."""

    is_another = forms.BooleanField(
        label=gettext_lazy("This is another one"),
        required=False,
        help_text=gettext_lazy("Tick this to publish it beside those above."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for formset in self.formsets.values():
            _keep_keys(formset)

    def _post_clean(self) -> None:
        super()._post_clean()
        # Neither a draft nor a refusal publishes anything.
        is_published = not (
            self.is_deferred_validation or self.data.get("workflow-action-name") == "reject"
        )
        if is_published and not self.cleaned_data.get("is_another") and self.doubles:
            error = _("It may be in the directory already: look at the entries named above.")
            self.add_error("is_another", ValidationError(error))

    @cached_property
    def doubles(self) -> list[Double]:
        """The entries that may be the same as one that was never published."""
        if self.instance.first_published_at or not self.instance.title:
            return []
        return likely_doubles(self.instance, for_editors=True)


def _keep_keys(formset) -> None:
    """Let rows that only a draft has keep the keys by which their translations know them.

    Wagtail knows a row by its number, which it has once published, and makes others anew.
    """
    if not issubclass(formset.model, TranslatableMixin):
        return
    for form, row in zip(formset.initial_forms, formset.get_queryset(), strict=False):
        if form.instance.pk is None:
            form.instance.translation_key = row.translation_key


class DoublesPanel(Panel):
    """The entries that may be the same."""

    def get_form_options(self) -> dict[str, Any]:
        """Return the field that it shows: one that no panel claims is shown below them all."""
        return {"fields": ["is_another"]}

    class BoundPanel(Panel.BoundPanel):
        """Shown where there are some."""

        template_name = "ess_pages/admin/doubles_panel.html"

        def is_shown(self) -> bool:
            """Return whether there are some."""
            return bool(self.form.doubles)

        def get_context_data(self, parent_context=None) -> dict[str, Any]:
            """Add the entries, and the field that says that this is another."""
            context = super().get_context_data(parent_context)
            return context | {"doubles": self.form.doubles, "field": self.form["is_another"]}


class ProposalsPanel(Panel):
    """What members have proposed about the entry, with their word to the editors."""

    class BoundPanel(Panel.BoundPanel):
        """Shown while a proposal waits."""

        template_name = "ess_pages/admin/proposals_panel.html"

        @cached_property
        def proposals(self) -> list:
            """The proposals that wait."""
            proposals = apps.get_model("ess_pages", "Proposal").objects
            waiting = proposals.filter(page=self.instance.pk, state="waiting")
            waiting = waiting.select_related("author", "workflow_state")
            return list(waiting) if self.instance.pk else []

        def is_shown(self) -> bool:
            """Return whether one waits."""
            return bool(self.proposals)

        def get_context_data(self, parent_context=None) -> dict[str, Any]:
            """Add the proposals."""
            return super().get_context_data(parent_context) | {"proposals": self.proposals}
