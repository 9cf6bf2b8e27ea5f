"""What the views about entries of the directory share."""

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from wagtail.models import Page

from ..links import version_in
from ..models import ActorPage, PracticePage
from ..models.directory import DirectoryPage
from ..throttle import is_throttled

# What the answer is when a form that is right cannot be followed.
STATUSES = {"throttled": 429, "in_hand": 409}


def published_entry(pk: int) -> DirectoryPage:
    """Return the published actor or practice with this key. Raises Http404."""
    return get_object_or_404(_published(), pk=pk).specific


def published_in_some_language(translation_key: str) -> DirectoryPage:
    """Return the published entry, in the active language if it can be. Raises Http404."""
    versions = _published().filter(translation_key=translation_key)
    version = version_in(versions)
    if version is None:
        raise Http404
    return version.specific


def _published():
    return Page.objects.live().public().type(ActorPage, PracticePage)


def attempt(request: HttpRequest, form: BaseForm, verb: str, act: Callable) -> bool:
    """Do what a valid form asks, and return whether it is done; the form says why it is not."""
    if is_throttled(request, verb):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        form.add_error(None, ValidationError(text, code="throttled"))
        return False
    try:
        act()
    except ValidationError as error:
        # The fields may be others than the form's: what is wrong with them is said above it.
        form.add_error(None, ValidationError([error]))
        return False
    return True


def show_form(request: HttpRequest, template: str, form: BaseForm, **context) -> HttpResponse:
    """Show a form, with what was typed into it and what is wrong with that."""
    errors = form.errors.as_data().get(NON_FIELD_ERRORS, []) if form.is_bound else []
    status = next((STATUSES[error.code] for error in errors if error.code in STATUSES), 200)
    return render(request, template, {"form": form, **context}, status=status)
