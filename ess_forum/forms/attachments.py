"""Files that members attach to what they write."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..actions import attachments
from ..viewer import Viewer


class FilesInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; an empty one is refused when it is looked into, by its name."""

    widget = FilesInput

    def __init__(self, **kwargs):
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data, initial=None) -> list:
        """Return the files."""
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(file) for file in files]


class AttachmentFields(forms.Form):
    """Files in a form with a `source`: each is put at the end of the text.

    A form takes it in by `class WritingForm(AttachmentFields, …)`, is given `request.FILES`, and
    its template includes `ess_forum/includes/composer_extras.html`.
    """

    attached = FilesField(label=_("Images and files"), required=False)

    def attach(self, viewer: Viewer) -> bool:
        """Keep the files of a valid form for its post; return whether all of them could be.

        The form says what is wrong with the others; those that were taken stand in the text. None
        is taken where the text itself is wrong.
        """
        if "source" not in self.cleaned_data:
            return False
        taken, errors = [], []
        for file in self.cleaned_data.get("attached") or ():
            try:
                taken.append(attachments.upload(viewer, file))
            except ValidationError as error:
                errors.append(error)
        if taken:
            text = "\n\n".join(
                [self.cleaned_data["source"].rstrip(), *map(attachments.markdown, taken)]
            ).strip()
            self.cleaned_data["source"] = text
            self.data = data = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("source")] = text
        if errors:
            self.add_error("attached", ValidationError(errors))
        return not errors
