"""What becomes of a form: it is followed, or says why not."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ess_ground.submission import follow, status_of

from ..throttle import is_throttled

__all__ = ["attempt", "is_too_often", "status_of"]


def attempt(request: HttpRequest, form: BaseForm, verb: str, act: Callable[[], Any]) -> Any:
    """Do what a valid form asks, and return what comes of it, or True where that is nothing.

    None where it cannot be done: the form says why.
    """
    if is_throttled(request, verb):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        form.add_error(None, ValidationError(text, code="throttled"))
        return None
    return follow(form, act)


def is_too_often(request: HttpRequest, verb: str) -> bool:
    """Count what a button without a form asks, and say on the next page if it is too much."""
    if not is_throttled(request, verb):
        return False
    messages.error(request, _("That was too often in a short time: try again in an hour."))
    return True
