"""What becomes of a form about a text: it is followed, or says why not."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..throttle import is_throttled

# What the answer is where the form is right, but cannot be followed now.
STATUSES = {"throttled": 429, "closed": 409, "decided": 409, "moved_on": 409, "conflict": 409}


def attempt(request: HttpRequest, form: BaseForm, verb: str, act: Callable[[], Any]) -> Any:
    """Do what a valid form asks, and return what comes of it, or True where that is nothing.

    None where it cannot be done: the form says why.
    """
    if is_throttled(request, verb):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        form.add_error(None, ValidationError(text, code="throttled"))
        return None
    try:
        result = act()
    except ValidationError as error:
        for name, errors in getattr(error, "error_dict", {NON_FIELD_ERRORS: [error]}).items():
            form.add_error(name if name in form.fields else None, ValidationError(errors))
        return None
    return True if result is None else result


def status_of(*forms: BaseForm) -> int:
    """Return the status of an answer that shows these forms."""
    wrong = [form.errors.as_data() for form in forms if form.is_bound and form.errors]
    codes = [error.code for one in wrong for errors in one.values() for error in errors]
    return next((STATUSES[code] for code in codes if code in STATUSES), 422 if wrong else 200)
