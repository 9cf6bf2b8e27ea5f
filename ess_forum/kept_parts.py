"""Parts of pages that many readers see alike: each is made once for all of them.

A part is made of plain values in one language, and of nothing else; it is kept under a digest of
these, and so it is never out of date: with other values it is another part. What differs between
all readers, the token of their forms, is put in at the end.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# After an upgrade, the templates of before are seen for so long. Where they are worked on: never.
SECONDS = 0 if settings.DEBUG else 60 * 60


def rendered(request: HttpRequest, template: str, parts: Iterable[dict[str, Any]]) -> SafeString:
    """Return the parts of a page, one after the other.

    Each is rendered from `template`, which finds the values of the part by their names, and finds
    nothing else. Their `repr` has to tell all that they say.
    """
    told = (template, get_language(), timezone.get_current_timezone_name())
    by_key = {_key(*told, part): part for part in parts}
    kept = cache.get_many(by_key)
    made = {
        key: render_to_string(template, part | {"csrf_token": _token_to_come()})
        for key, part in by_key.items()
        if key not in kept
    }
    if made:
        cache.set_many(made, SECONDS)
    kept |= made
    return _with_token(request, "".join(kept[key] for key in by_key))


def _key(*told: Any) -> str:
    return f"ess-forum-part-{sha256(repr(told).encode()).hexdigest()}"


def _token_to_come() -> str:
    # Nobody can guess it, and so nobody can write it into a post to read the token there.
    return salted_hmac("ess_forum.kept_parts", "csrf").hexdigest()


def _with_token(request: HttpRequest, html: str) -> SafeString:
    place = _token_to_come()
    if place in html:
        html = html.replace(place, get_token(request))
    return mark_safe(html)  # noqa: S308 - templates have made it
