"""Sessions in the database, as Django's, which are read with every page of somebody logged in."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from ess_ground.prepared import prepared


class SessionStore(DatabaseSessionStore):
    """Reads a session by a query that is composed once."""

    def load(self) -> dict[str, Any]:
        """Return what a session holds: nothing, where it is over."""
        found = _data_of(self.session_key, timezone.now())
        if not found:
            self._session_key = None
        return self.decode(found[0]) if found else {}


@prepared
def _data_of(session_key: Any, now: Any):
    sessions = Session.objects.filter(session_key=session_key, expire_date__gt=now)
    return sessions.values_list("session_data", flat=True)
