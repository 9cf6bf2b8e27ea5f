"""What the API answers instead: always a code for programs and a sentence for people."""

from functools import singledispatch
from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as WrongValue
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError

from ess_ground.submission import STATUSES

from ..listing import CursorError
from ..throttle import is_throttled


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The request is right, but is not to be followed: `code` says why."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


class Answer(NamedTuple):
    """What is said of an error."""

    status: int
    code: str
    message: str
    fields: dict[str, list[str]]


def count(request: HttpRequest, verb: str) -> None:
    """Count one more attempt at `verb`. Raises Refused where it is one too many."""
    if is_throttled(request, verb):
        raise Refused("throttled")


def _refusal(code: str) -> Answer:
    status, message = {
        "unreadable": (400, _("The request cannot be read: it is no JSON.")),
        "unauthorized": (401, _("A valid token is needed.")),
        "forbidden": (403, _("You may not do this.")),
        "suspended": (403, _("You are kept out of the forum: your tokens do nothing meanwhile.")),
        "read_only": (403, _("This token is for reading only.")),
        "not_found": (404, _("There is nothing here that you may see.")),
        "throttled": (429, _("Too many requests in a short time: try again later.")),
    }[code]
    return Answer(status, code, message, {})


@singledispatch
def answer_to(error: Exception) -> Answer | None:
    """Return what is answered where this is raised; None where it is a fault of our own."""
    return None


@answer_to.register
def _refused(error: Refused) -> Answer:
    return _refusal(error.code)


@answer_to.register
def _denied(error: PermissionDenied) -> Answer:
    return _refusal("forbidden")


@answer_to.register
def _not_found(error: Http404) -> Answer:
    return _refusal("not_found")


@answer_to.register
def _stopped(error: HttpError) -> Answer:
    # The framework itself stops two things: who has no token, and what cannot be read.
    return _refusal("unauthorized" if error.status_code == 401 else "unreadable")


@answer_to.register
def _wrong(error: WrongValue) -> Answer:
    has_fields = hasattr(error, "error_dict")
    by_field = error.error_dict if has_fields else {NON_FIELD_ERRORS: error.error_list}
    errors = [one for some in by_field.values() for one in some]
    code = next((one.code for one in errors if one.code in STATUSES), "invalid")
    fields = {
        name: [text for one in some for text in one.messages]
        for name, some in by_field.items()
        if name != NON_FIELD_ERRORS
    }
    return Answer(STATUSES.get(code, 422), code, errors[0].messages[0], fields)


@answer_to.register
def _no_cursor(error: CursorError) -> Answer:
    text = _("This is not the cursor of a page of this list.")
    return Answer(422, "invalid", text, {"cursor": [text]})


# What pydantic finds wrong, by the beginning of its name for it, in Django's words.
WRONG = {
    "missing": "This field is required.",
    "int": "Enter a whole number.",
    "datetime": "Enter a valid date/time.",
    "timezone": "Enter a valid date/time.",
    "uuid": "Enter a valid UUID.",
}


@answer_to.register
def _invalid(error: ValidationError) -> Answer:
    fields: dict[str, list[str]] = {}
    for one in error.errors:
        names = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "data")]
        fields.setdefault(names[0] if names else "body", []).append(_said(one["type"]))
    return Answer(422, "invalid", next(iter(fields.values()))[0], fields)


def _said(kind: str) -> str:
    words = (text for start, text in WRONG.items() if kind.startswith(start))
    return _(next(words, "Enter a valid value."))
