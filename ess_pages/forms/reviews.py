"""What is asked about a meeting's report."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from ..models import ReportReviewer


class ReviewForm(forms.ModelForm):
    """What somebody who was at the meeting says of its report."""

    answer = forms.ChoiceField(
        label=_("What do you say of this report?"),
        choices=[
            (ReportReviewer.Answer.APPROVES, _("I approve it")),
            (ReportReviewer.Answer.REMARKS, _("I have remarks")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = ReportReviewer
        fields = ["answer", "remarks"]
        widgets = {"remarks": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}

    def clean(self) -> dict:
        """Ask for the remarks that are announced."""
        cleaned = super().clean() or {}
        announced = cleaned.get("answer") == ReportReviewer.Answer.REMARKS
        if announced and not cleaned.get("remarks", "").strip():
            self.add_error("remarks", _("Write your remarks."))
        return cleaned


class OpenReviewForm(forms.Form):
    """Until when those who were there may answer."""

    closes_at = forms.DateTimeField(label=_("Answers until"), widget=AdminDateTimeInput)
