"""What follows from what allauth says."""

from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, email_confirmed
from django.dispatch import receiver

from .actions.changes import ask_change
from .actions.invitations import accept
from .models import Invitation


@receiver(email_added)
def ask_at_the_old_address(sender, email_address: EmailAddress, **kwargs) -> None:
    """Ask the owner of the old address, as soon as somebody wants to change it."""
    ask_change(email_address)


@receiver(email_confirmed)
def find_invitation(sender, email_address: EmailAddress, **kwargs) -> None:
    """Note that an invited person has joined, who came without following the link."""
    waiting = Invitation.objects.in_state(Invitation.State.WAITING)
    if invitation := waiting.filter(email=email_address.email).first():
        accept(invitation, email_address.user)
