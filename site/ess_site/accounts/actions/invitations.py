"""Invitations are sent, sent again, withdrawn and accepted."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import mails
from ..guests import Guest
from ..models import Application, Invitation
from ..policy import require
from ..signals import invitation_accepted


@transaction.atomic
def invite(user, guests: Iterable[Guest]) -> list[Invitation]:
    """Invite these people, and return the invitations that are sent.

    Whoever has an invitation that is open, or has joined, is not written to again. One that has
    expired or was withdrawn is renewed.
    """
    require(user, "invite")
    return [invitation for guest in guests if (invitation := _invite(user, guest))]


def _invite(user, guest: Guest) -> Invitation | None:
    now = timezone.now()
    told = {
        "name_latin": guest.name_latin,
        "name_arabic": guest.name_arabic,
        "language": guest.language,
        "invited_by": user,
        "sent_at": now,
        "expires_at": now + _lifetime(),
    }
    invitation, is_new = Invitation.objects.select_for_update().get_or_create(
        email=guest.email.lower(), defaults=told
    )
    if not is_new:
        if invitation.state in (Invitation.State.WAITING, Invitation.State.JOINED):
            return None
        for name, value in told.items():
            setattr(invitation, name, value)
        invitation.withdrawn_at = None
        invitation.times_sent += 1
        invitation.save()
    log(invitation, "accounts.invite", user=user)
    _send(invitation)
    return invitation


@transaction.atomic
def send_again(user, invitation: Invitation) -> None:
    """Send an invitation again, by a new link that lasts as long as the first one did.

    Raises ValidationError where the person has joined.
    """
    require(user, "invite")
    invitation = _held(invitation)
    invitation.withdrawn_at = None
    invitation.times_sent += 1
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + _lifetime()
    invitation.save()
    log(invitation, "accounts.send_invitation_again", user=user)
    _send(invitation)


@transaction.atomic
def withdraw(user, invitation: Invitation) -> None:
    """Make the link of an invitation void. Raises ValidationError where the person has joined."""
    require(user, "withdraw_invitation")
    invitation = _held(invitation)
    if invitation.withdrawn_at:
        return
    invitation.withdrawn_at = timezone.now()
    invitation.save()
    log(invitation, "accounts.withdraw_invitation", user=user)


@transaction.atomic
def accept(invitation: Invitation, user) -> None:
    """Note that this account is the invited person's, and let it in if it waits for approval.

    To be called once the address is known to be the person's. Raises ValidationError where the
    invitation is not open.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    invitation.user = user
    invitation.joined_at = timezone.now()
    invitation.save()
    waited, _rows = Application.objects.filter(user=user, approved_at=None).delete()
    user.is_active = user.is_active or bool(waited)
    if not user.get_full_name():
        user.first_name = invitation.own_name
    user.save(update_fields=["is_active", "first_name"])
    log(invitation, "accounts.accept_invitation", user=user)
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user)


def _held(invitation: Invitation) -> Invitation:
    """Return the invitation, locked. Raises ValidationError where the person has joined."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.joined_at:
        raise ValidationError(_("This person has joined already."))
    return invitation


def _lifetime() -> datetime.timedelta:
    return datetime.timedelta(days=settings.INVITATION_DAYS)


def _send(invitation: Invitation) -> None:
    context = {"invitation": invitation}
    mails.send("invitation", invitation.email, invitation.language, invitation.path, context)
