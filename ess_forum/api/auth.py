"""Who calls: a program with a member's token, or anybody where a visitor may read.

The session of a browser is left aside, so that no other site can make a browser write here.
"""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.security import HttpBearer

from ..actions.tokens import digest_of, note_use
from ..models import ApiToken
from ..viewer import Viewer
from .errors import Refused, count


class Token(HttpBearer):
    """Lets in whoever has a token that allows it, and counts the request: see `throttle.RATES`."""

    def __init__(self, *, writes: bool = False, is_optional: bool = False):
        self.writes, self.is_optional = writes, is_optional
        super().__init__()

    def __call__(self, request: HttpRequest) -> object:
        """Return the token, or what stands for a visitor; None refuses. Raises Refused."""
        request.user = AnonymousUser()
        if self.header in request.headers:
            return super().__call__(request)
        count(request, self._rate)
        return "visitor" if self.is_optional else None

    def authenticate(self, request: HttpRequest, secret: str) -> ApiToken | None:
        """Return the token with this secret, and let the request be its member's.

        Raises Refused where the member is kept out, or the token is only for reading.
        """
        tokens = ApiToken.objects.filter(digest=digest_of(secret), member__user__is_active=True)
        token = tokens.select_related("member__user").first()
        if token and token.member.user:
            request.user = token.member.user
            Viewer.of(request).member = token.member
        count(request, self._rate)
        if token is None:
            return None
        if token.member.is_suspended():
            raise Refused("suspended")
        if self.writes and token.scope != ApiToken.Scope.WRITE:
            raise Refused("read_only")
        note_use(token)
        return token

    @property
    def _rate(self) -> str:
        return "write_api" if self.writes else "read_api"


ANYONE = Token(is_optional=True)
MEMBER = Token()
WRITER = Token(writes=True)
