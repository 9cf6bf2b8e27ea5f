"""What becomes of a form: it is followed, or says why not."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm

# What the answer is where the form is right, but cannot be followed now.
STATUSES = {"throttled": 429, "closed": 409, "decided": 409, "moved_on": 409, "conflict": 409}


def follow(form: BaseForm, act: Callable[[], Any]) -> Any:
    """Do what a valid form asks, and return what comes of it, or True where that is nothing.

    None where it raises a ValidationError: the form says it, with the field where it has one.
    """
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
