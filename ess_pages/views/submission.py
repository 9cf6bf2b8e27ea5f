"""What becomes of a form about a text: it is followed, or says why not."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ess_ground.submission import follow, status_of

from ..throttle import is_throttled

__all__ = ["attempt", "status_of"]


def attempt(request: HttpRequest, form: BaseForm, verb: str, act: Callable[[], Any]) -> Any:
    """Do what a valid form asks, and return what comes of it, or True where that is nothing.

    None where it cannot be done: the form says why.
    """
    if is_throttled(request, verb):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        form.add_error(None, ValidationError(text, code="throttled"))
        return None
    return follow(form, act)
