"""What is asked for an import."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from ..imports.files import MAX_BYTES, MAX_ROWS


class SectionField(forms.ModelChoiceField):
    """A directory, in one of its languages."""

    def label_from_instance(self, section: Page) -> str:
        """Return its title, and its language in the language of the reader."""
        return f"{section.title} ({section.locale.language_name_localized})"


class ImportForm(forms.Form):
    """A file, and the directory that it goes to."""

    section = SectionField(
        label=_("Section"),
        queryset=Page.objects.none(),
        empty_label=None,
        help_text=_("The directory, and the language that the file is written in."),
    )
    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"})
    )

    def __init__(self, sections, *args, **kwargs):
        """`sections` are to be chosen from."""
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]
        self.fields["file"].help_text = gettext(
            "CSV in UTF-8, or XLSX; %(size)d MB and %(rows)d rows at most."
        ) % {"size": MAX_BYTES // 2**20, "rows": MAX_ROWS}

    def clean_file(self):
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(too_large())
        return file


def too_large() -> str:
    """Return what is said of a file that is too large."""
    return gettext("The file is larger than %(size)d MB: import it in several parts.") % {
        "size": MAX_BYTES // 2**20
    }
