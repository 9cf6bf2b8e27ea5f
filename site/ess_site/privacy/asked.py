"""Who is to be asked for their consent: known of every request without a query.

The version that somebody has agreed to is in the row of the account, which is read anyway; that
which is asked for is in the cache.
"""

from django.core.cache import cache
from django.db.models import Max

from .models import ConsentText

KEY, SECONDS = "ess-site-consent", 60


def current() -> ConsentText | None:
    """Return the text in force, if one has been published. One query."""
    return ConsentText.objects.first()


def asked_version() -> int:
    """Return the version to which everybody has to agree, or a later one; 0 where there is none."""
    return cache.get_or_set(KEY, _asked_version, SECONDS) or 0


def _asked_version() -> int:
    asked = ConsentText.objects.filter(asks_anew=True)
    return asked.aggregate(last=Max("number"))["last"] or 0


def forget() -> None:
    """Have it read anew, once a text is published."""
    cache.delete(KEY)


def is_to_be_asked(user) -> bool:
    """Return whether this account has not agreed to what is asked."""
    return user.is_authenticated and user.consented_to < asked_version()
