"""Accounts that administrators delete leave nothing behind, as those of people who leave."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from ..actions.leaving import forget


def forget_deleted(request: HttpRequest, user) -> None:
    """Take away what is a person's whose account is being deleted."""
    if request.method == "POST":
        forget(user)


def forget_all_deleted(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> None:
    """Do the same for accounts that are deleted together."""
    if action_type != "delete" or request.method != "POST":
        return
    for user in objects:
        if isinstance(user, get_user_model()):
            forget(user)
