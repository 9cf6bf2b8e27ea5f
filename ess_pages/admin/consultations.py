"""The right to have recommendations validated, among those that Wagtail gives to groups."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet


def permissions() -> QuerySet[Permission]:
    """Return what the editor of groups is to offer beside the rights on Wagtail's own records."""
    return Permission.objects.filter(
        content_type__app_label="ess_pages", codename="validate_recommendation"
    )
