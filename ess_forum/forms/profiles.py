"""What a member says of themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.core.files.base import ContentFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ess_ground.audiences import EVERYONE, MEMBERS, NOBODY

from .. import uploads
from ..actions.profiles import AUDIENCES, DETAILS, folded_handle
from ..models import Member, SpokenLanguage
from ..profile import OPEN, ProfilePart

AUDIENCE_CHOICES = [
    (EVERYONE, _("everyone")),
    (MEMBERS, _("members")),
    (NOBODY, _("nobody")),
]


class ProfileForm(forms.ModelForm):
    """Name, handle and words of a member."""

    class Meta:
        model = Member
        fields = ["name", "handle", "about"]
        widgets = {
            "name": forms.TextInput({"dir": "auto"}),
            "handle": forms.TextInput({"dir": "auto", "autocomplete": "off"}),
            "about": forms.Textarea({"dir": "auto", "rows": 4}),
        }
        error_messages = {
            "handle": {
                "invalid": _("Letters and digits, with - or _ between them and nothing else.")
            }
        }

    def clean_handle(self) -> str:
        """Return the handle as it is kept."""
        return folded_handle(self.cleaned_data["handle"])


class HttpsField(forms.URLField):
    """An address; of one that is typed without `https://`, that is meant."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, assume_scheme="https")


class DetailsForm(ProfileForm):
    """The words, links and photo of a member."""

    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)

    class Meta(ProfileForm.Meta):
        fields = [*ProfileForm.Meta.fields, *DETAILS]
        field_classes = dict.fromkeys(("website", "linkedin", "facebook"), HttpsField)
        widgets = {
            **ProfileForm.Meta.widgets,
            "offers": forms.Textarea({"dir": "auto", "rows": 3}),
            "seeks": forms.Textarea({"dir": "auto", "rows": 3}),
            **{
                name: forms.URLInput({"dir": "ltr", "placeholder": "https://"})
                for name in ("website", "linkedin", "facebook")
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.photo:
            del self.fields["remove_photo"]


class MendedProfileForm(DetailsForm):
    """What moderators mend in a profile: as much of it as members may read."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("about", *DETAILS):
            if getattr(self.instance, f"{name}_audience") not in OPEN:
                del self.fields[name]
        if self.instance.photo_audience not in OPEN:
            self.fields.pop("remove_photo", None)


class OwnProfileForm(DetailsForm):
    """All that a member says of themselves in the forum."""

    languages = forms.MultipleChoiceField(
        label=_("Languages that I speak"),
        choices=SpokenLanguage.Code.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG or WebP, 5 MB at most. It is cut to a square; the place and the time at "
            "which it was taken are removed."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        spoken = self.instance.spoken_languages.all()
        self.initial["languages"] = [each.code for each in spoken]
        self.order_fields(["name", "handle", "photo", "remove_photo", "about", "languages"])

    def clean_photo(self) -> ContentFile | None:
        """Return the photo as it is kept, or None where none was sent."""
        file = self.cleaned_data["photo"]
        return uploads.photo(file) if file else None


class AudienceForm(forms.Form):
    """Who sees each of some fields. What is not sent stays as it was."""

    def __init__(self, form: forms.BaseForm, current: Mapping[str, str], **kwargs):
        super().__init__(**kwargs)
        for name, audience in current.items():
            self.fields[name] = forms.ChoiceField(
                label=_("Who sees it: {field}").format(field=form.fields[name].label),
                choices=AUDIENCE_CHOICES,
                initial=audience,
                required=False,
            )

    def chosen(self) -> dict[str, str]:
        """Return the audience of each field that has one now."""
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Row:
    """A field, and who sees it where that can be chosen."""

    field: forms.BoundField
    audience: forms.BoundField | None


@dataclass(frozen=True)
class Section:
    """A part of a profile, with the audiences of its fields."""

    heading: str | Promise
    form: forms.BaseForm
    audiences: AudienceForm

    @classmethod
    def own(cls, member: Member, data: Mapping | None, files: Mapping | None) -> "Section":
        """Return the forum's own part."""
        form = OwnProfileForm(data, files, instance=member)
        current = {name: getattr(member, f"{name}_audience") for name in AUDIENCES}
        return cls("", form, AudienceForm(form, current, data=data, prefix="audience"))

    @classmethod
    def of_part(cls, part: ProfilePart, member: Member, data: Mapping | None) -> "Section":
        """Return a part that another app has added."""
        form, prefix = part.form(member, data), f"audience-{part.name}"
        audiences = AudienceForm(form, part.audiences(member), data=data, prefix=prefix)
        return cls(part.heading, form, audiences)

    def is_valid(self) -> bool:
        """Return whether all is right, having looked at both."""
        return all([self.form.is_valid(), self.audiences.is_valid()])

    def rows(self) -> Iterator[Row]:
        """Yield each field with its audience."""
        for field in self.form:
            known = field.name in self.audiences.fields
            yield Row(field, self.audiences[field.name] if known else None)
