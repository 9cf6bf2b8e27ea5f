"""Members make tokens for their programs, and revoke them."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ApiToken
from ..policy import require
from ..viewer import Viewer
from . import counters
from .transactions import action

# Who finds a token somewhere sees at once what it is.
PREFIX = "forum_"
AT_MOST = 20
# When a token was last used is noted this often: not with each request.
USE_NOTED_EVERY = timedelta(minutes=10)


@action
def make_token(viewer: Viewer, name: str, scope: str) -> tuple[ApiToken, str]:
    """Make a token for the viewer's program, and return it with its secret.

    The secret is kept nowhere: it is shown once. Raises PermissionDenied, and ValidationError
    where the member has a token of this name, or too many.
    """
    require(viewer, "make_token")
    counters.lock_member(viewer.me.pk)
    own = ApiToken.objects.filter(member=viewer.me)
    if own.filter(name=name).exists():
        raise ValidationError({"name": _("You have a token with this name already.")})
    if own.count() >= AT_MOST:
        text = _("You have {number} tokens: revoke one first.")
        raise ValidationError(text.format(number=AT_MOST))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        member=viewer.me, name=name, scope=scope, digest=digest_of(secret)
    )
    return token, secret


@action
def revoke_token(viewer: Viewer, pk: int) -> None:
    """Take a token of the viewer's away. Done again, it does nothing. Raises PermissionDenied."""
    # Whoever may not write, or is kept out, may still lock their own door.
    ApiToken.objects.filter(member=viewer.me, pk=pk).delete()


def note_use(token: ApiToken) -> None:
    """Note that a token is used now, unless that was noted a moment ago."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - USE_NOTED_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)


def digest_of(secret: str) -> str:
    """Return what is kept of a token."""
    return sha256(secret.encode()).hexdigest()
