"""What readers search the forum for."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ess_ground.words import QUERY_LENGTH, asked

from ..actions.profiles import folded_handle
from ..models import Category
from ..models.threads import language_choices
from ..search import Search
from ..viewer import Viewer

SOLVED = [("", _("all")), ("yes", _("solved")), ("no", _("not solved"))]
ORDERS = [("relevance", _("best match first")), ("date", _("latest first"))]


class DayInput(forms.DateInput):
    """A day, chosen in the way of the reader's own machine."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class SearchForm(forms.Form):
    """Words and filters. `from` and `to` are days, both of them included."""

    q = forms.CharField(
        label=pgettext_lazy("to search for", "Words"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )
    author = forms.CharField(
        label=pgettext_lazy("of a post", "Author"),
        required=False,
        max_length=41,
        help_text=_("The handle, with or without @."),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off", "autocapitalize": "none"}),
    )
    category = forms.TypedChoiceField(label=_("Category"), required=False, coerce=int)
    language = forms.ChoiceField(label=_("Language"), required=False)
    solved = forms.ChoiceField(label=_("Answer accepted"), required=False, choices=SOLVED)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDERS)

    def __init__(self, data=None, *, viewer: Viewer):
        super().__init__(data, auto_id="search-%s")
        self.viewer = viewer
        for name, label in (
            ("from", pgettext_lazy("first day", "From")),
            ("to", pgettext_lazy("last day", "To")),
        ):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=DayInput(),
                error_messages={"invalid": _("Enter a day, such as 2026-03-15.")},
            )
        self.order_fields(["q", "author", "category", "from", "to", "language", "solved", "order"])
        everything = ("", _("all"))
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            everything,
            *(
                (one.pk, f"{'— ' * getattr(one, 'depth', 0)}{one.name}")
                for one in viewer.categories
            ),
        ]
        self.fields["language"].choices = [everything, *language_choices()]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Refuse a first day that is after the last."""
        since, until = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if since and until and since > until:
            self.add_error("to", ValidationError(_("The last day is before the first.")))

    @property
    def category_chosen(self) -> Category | None:
        """The category that is chosen."""
        return self.viewer.category(self.cleaned_data["category"] or None)

    @property
    def is_narrowed(self) -> bool:
        """Whether filters are set, beside the words."""
        return any(value for name, value in self.data.items() if name not in ("q", "page"))

    def search(self) -> Search:
        """Return what is searched for, of a valid form."""
        data = self.cleaned_data
        return Search(
            words=asked(data["q"]),
            author=folded_handle(data["author"]),
            category=self.category_chosen,
            since=data["from"],
            until=data["to"],
            language=data["language"],
            solved={"yes": True, "no": False}.get(data["solved"]),
            by_date=data["order"] == "date",
        )
