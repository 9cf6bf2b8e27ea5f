"""Plays `joining.yaml`: people are invited and join, or ask to, by the actions of joining.

Nobody is written to: the addresses are nobody's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import override

from ess_ground import mails

from .accounts.actions import applications, invitations
from .accounts.guests import read_guests
from .accounts.models import Application, Invitation
from .demo_days import Days, clock_at

Event = dict[str, Any]


def play(file: Path) -> int:
    """Send the invitations of the file, then play its events. Return how many invitations."""
    story = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    days, sent = Days(), []
    with patch.object(mails, "send"):
        if invited := story.get("invited"):
            guests = read_guests((file.parent / invited["file"]).read_bytes())
            with clock_at(days.moment(invited["at"])):
                sent = invitations.invite(_account(invited["by"]), guests)
        for event in story.get("events", []):
            with clock_at(days.moment(event["at"])):
                VERBS[event["do"]](event)
    return len(sent)


def _account(email: str):
    return get_user_model().objects.get(email=email)


def _new_account(event: Event):
    """Give somebody an account that nobody can log in to."""
    user = get_user_model().objects.create_user(event["who"], first_name=event.get("name", ""))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _accept(event: Event) -> None:
    invitations.accept(Invitation.objects.get(email=event["who"]), _new_account(event))


def _send_again(event: Event) -> None:
    found = Invitation.objects.get(email=event["who"])
    invitations.send_again(_account(event["by"]), found)


def _withdraw(event: Event) -> None:
    invitations.withdraw(_account(event["by"]), Invitation.objects.get(email=event["who"]))


def _apply(event: Event) -> None:
    with override(event["language"]):
        application = applications.apply(_new_account(event), event["presentation"])
    # The date that the record takes by itself does not follow the clock; nor is an editor told.
    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(asked_at=now, told_at=now)


VERBS: dict[str, Callable[[Event], None]] = {
    "accept": _accept,
    "send_again": _send_again,
    "withdraw": _withdraw,
    "apply": _apply,
}
