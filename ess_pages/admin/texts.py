"""The way from a recommendation in the Wagtail admin to the desk where its text is written."""

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button

from ..models import RecommendationPage
from ..policy import allows


def desk_button(page, user, view_name=None, next_url=None):
    """Yield, for a recommendation whose text the user may write, the way to its desk."""
    if page.specific_class is RecommendationPage:
        recommendation = page.specific.recommendation
        if allows(user, "write_text", recommendation):
            yield Button(
                _("Desk of the text"),
                reverse("ess_pages:desk", args=[recommendation.pk]),
                icon_name="edit",
                priority=33,
            )
