"""A field that people do not see and programs fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoneypotMixin(forms.Form):
    """Refuses a form in which the field `homepage`, which nobody sees, was filled in.

    A form takes it in by `class ReplyForm(HoneypotMixin, forms.Form)`, and its template by
    `{% include "ess_forum/includes/honeypot.html" %}` within the form element. What was typed
    elsewhere stays in the form, and the error, which belongs to no field, is shown with it.
    """

    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean(self):
        """Refuse what only a program fills in."""
        cleaned = super().clean()
        # A browser that fills it in by itself is told why nothing was sent; the field comes back
        # empty, so that a person sends the form again and is done.
        name = self.add_prefix("homepage")
        if self.data.get(name):
            self.data = emptied = self.data.copy()  # type: ignore[attr-defined]
            emptied[name] = ""
            self.add_error(
                None,
                forms.ValidationError(
                    _("A field that people do not see was filled in: please send this again."),
                    code="honeypot",
                ),
            )
        return cleaned
