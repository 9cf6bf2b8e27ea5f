"""Messages to browsers: encrypted for one of them (RFC 8291), and signed as ours (RFC 8292).

Off without the setting `ESS_FORUM["PUSH_PRIVATE_KEY"]`. Its libraries come with the extra `push`,
and are imported where they are used: who does not use them does without.
"""

import base64
import json
import time
from email.utils import parseaddr
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

# How long a push service keeps a message for a browser that is not there.
KEPT_FOR = 24 * 3600
SIGNED_FOR = 12 * 3600
SECRET_LENGTH = 16
LIBRARIES = ("cryptography", "http_ece", "py_vapid")


def is_on() -> bool:
    """Return whether members can be told in their browsers."""
    return bool(_private_key())


def check_setting(**kwargs: Any) -> list[checks.CheckMessage]:
    """Say what is missing where the setting has a key, or that it is none."""
    if not is_on():
        return []
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        hint = "Install the extra: pip install 'wagtail-ess[push]'."
        text = 'ESS_FORUM["PUSH_PRIVATE_KEY"] needs the package %s.'
        return [checks.Error(text % name, hint=hint, id="ess_forum.E001") for name in missing]
    try:
        public_key()
    except Exception:  # whatever the library makes of what is no key
        hint = "Make one as docs/forum.md says, or leave the setting empty."
        text = 'ESS_FORUM["PUSH_PRIVATE_KEY"] is no key.'
        return [checks.Error(text, hint=hint, id="ess_forum.E002")]
    return []


def public_key() -> str:
    """Return the key by which a browser knows our messages."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _signer().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def check_keys(public_key: str, secret: str) -> None:
    """Raise ValueError where nothing can be encrypted for a browser with these keys."""
    from cryptography.hazmat.primitives.asymmetric import ec

    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(public_key))
    if len(_decoded(secret)) != SECRET_LENGTH:
        raise ValueError("secret")


def _decoded(key: str) -> bytes:
    return base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)


def message(
    notice: dict[str, Any], endpoint: str, key: str, secret: str
) -> tuple[bytes, dict[str, str]]:
    """Return the body and headers by which a push service takes a message for a browser."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    text = json.dumps(notice, ensure_ascii=False).encode()
    body = http_ece.encrypt(
        text,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(key),
        auth_secret=_decoded(secret),
        version="aes128gcm",
    )
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    headers = {
        **_signer().sign(claims),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT_FOR),
    }
    return body, headers


def _private_key() -> str:
    return getattr(settings, "ESS_FORUM", {}).get("PUSH_PRIVATE_KEY", "")


def _signer() -> Any:
    from py_vapid import Vapid02

    return Vapid02.from_string(_private_key())
