"""By which door somebody comes in: an invitation, or whatever the editors have opened."""

from django.http import HttpRequest

from .models import Invitation, SignUpSettings

SESSION_KEY = "accounts_invitation"
Mode = SignUpSettings.Mode


def open_door(request: HttpRequest, invitation: Invitation) -> None:
    """Remember that this visitor has followed the link of an invitation."""
    request.session[SESSION_KEY] = invitation.key


def close_door(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(SESSION_KEY, None)


def invitation_of(request: HttpRequest) -> Invitation | None:
    """Return the invitation that this visitor has followed, while it is open."""
    key = request.session.get(SESSION_KEY)
    invitation = Invitation.objects.with_key(key) if key else None
    return invitation if invitation and invitation.is_open else None


def is_closed(request: HttpRequest) -> bool:
    """Return whether this visitor cannot sign up."""
    return SignUpSettings.load().mode == Mode.INVITATION and invitation_of(request) is None


def needs_approval(request: HttpRequest) -> bool:
    """Return whether an account that this visitor makes waits for an editor."""
    return SignUpSettings.load().mode == Mode.APPROVAL and invitation_of(request) is None
