"""Who may do what with other people's accounts. What the table does not name is refused."""

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

RULES = {
    "see_invitations": "accounts.view_invitation",
    "invite": "accounts.add_invitation",
    "withdraw_invitation": "accounts.change_invitation",
    "decide_application": "accounts.change_application",
}


def allows(user, verb: str) -> bool:
    """Return whether the user may do it."""
    return user.is_active and verb in RULES and user.has_perm(RULES[verb])


def who_may(verb: str) -> QuerySet:
    """Return the active accounts that may do it."""
    return ModelBackend().with_perm(RULES[verb]).order_by("pk")


def require(user, verb: str) -> None:
    """Raise PermissionDenied unless the user may do it."""
    if not allows(user, verb):
        raise PermissionDenied
