"""Who may do what with personal data. What the table does not name is refused."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

Rule = Callable[[Any], bool]
ANSWER = "privacy.change_correctionrequest"


def _oneself(user) -> bool:
    """What everybody does about themselves alone: no verb takes another's account."""
    return user.is_authenticated and user.is_active


def _with(permission: str) -> Rule:
    return lambda user: user.is_active and user.has_perm(permission)


RULES: dict[str, Rule] = {
    "consent": _oneself,
    "take_archive": _oneself,
    "ask_correction": _oneself,
    "leave": _oneself,
    "publish_text": _with("privacy.add_consenttext"),
    "answer_correction": _with(ANSWER),
    "see_exports": _with("privacy.see_exports"),
}


def allows(user, verb: str) -> bool:
    """Return whether the user may do it."""
    return verb in RULES and RULES[verb](user)


def who_answer() -> QuerySet:
    """Return who hears of a request for a correction: superusers where nobody else answers."""
    users = ModelBackend()
    named = users.with_perm(ANSWER, include_superusers=False)
    return (named or users.with_perm(ANSWER)).select_related("wagtail_userprofile")


def require(user, verb: str) -> None:
    """Raise PermissionDenied unless the user may do it."""
    if not allows(user, verb):
        raise PermissionDenied
