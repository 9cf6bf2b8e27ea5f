"""Somebody leaves: the account ends, and with it all that is theirs."""

import re

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ess_ground.personal import Effects, parts

from ...accounts import mails
from ..models import PrivacySettings
from ..policy import require

# The groups by which ess_pages lets people edit one actor: leaving ends that by itself.
OF_AN_ACTOR = re.compile(r" · [0-9a-f]{32}\Z")


def why_not(user) -> str:
    """Return why this account cannot leave as it is, in a sentence; nothing if it can."""
    others = get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        return _(
            "You are the only administrator of this portal: make somebody else one first, so that "
            "it is not left without any."
        )
    groups = user.groups.values_list("name", flat=True)
    has_office = any(not OF_AN_ACTOR.search(name) for name in groups)
    if user.is_superuser or has_office or user.user_permissions.exists():
        return _(
            "You have rights in the administration: ask an administrator to take them back, so "
            "that nobody leaves with them by accident. Then you can leave here."
        )
    return ""


def effects(user) -> Effects:
    """Return what would go and what would stay if this person left now."""
    keeps = PrivacySettings.load().keeps_posts
    found = [part.effects(user, keeps_posts=keeps) for part in parts()]
    return Effects(
        [text for each in found for text in each.goes],
        [text for each in found for text in each.stays],
    )


@transaction.atomic
def leave(user) -> bool:
    """End this account with all that is the person's, and confirm it by mail. Twice is once.

    Returns whether there was an account to end. Raises PermissionDenied, and ValidationError where
    `why_not` has a reason.
    """
    require(user, "leave")
    account = get_user_model().objects.select_for_update().filter(pk=user.pk).first()
    if account is None:
        return False
    if reason := why_not(account):
        raise ValidationError(reason)
    address, language = account.email, mails.language()
    forget(account)
    get_user_model().objects.get(pk=account.pk).delete()
    path = mails.path_of("privacy:left", language)
    mails.send("left", address, language, path, {}, is_asked_for=True)
    return True


@transaction.atomic
def forget(account) -> None:
    """Take away all that is this person's, before the account itself is deleted.

    Also where an administrator deletes it, whom Wagtail has asked for the right.
    """
    keeps = PrivacySettings.load().keeps_posts
    for part in parts():
        part.leave(account, keeps_posts=keeps)
