"""Messages to other hosts, kept from reaching what only this machine should reach."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings

SECONDS = 10
PRIVATE = "private"


class AddressError(OSError):
    """Nothing is sent to this address."""


def send(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post `body` to an address, and return the status of the answer. Redirects are not followed.

    Raises AddressError for an address within a private network, OSError and
    urllib3.exceptions.HTTPError where it cannot be reached.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    # The connection goes to the address that was checked: a name that is asked for again may lead
    # elsewhere meanwhile.
    address = check(parts)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address, parts.port or 443, server_hostname=host, assert_hostname=host
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, parts.port or 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with pool:
        answer = pool.urlopen(
            "POST",
            path,
            body=body,
            headers=headers | {"Host": parts.netloc.rpartition("@")[2]},
            timeout=urllib3.Timeout(total=SECONDS),
            retries=False,
            redirect=False,
            preload_content=False,  # what it says is not read
        )
        answer.release_conn()
        return answer.status


def check(parts: SplitResult) -> str:
    """Return the network address to which a URL leads. Raises OSError and AddressError.

    Within a private network, the setting `ESS_FORUM["WEBHOOK_PRIVATE_HOSTS"]` has to name the host.
    """
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError("scheme")
    found = socket.getaddrinfo(host, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    trusted = getattr(settings, "ESS_FORUM", {}).get("WEBHOOK_PRIVATE_HOSTS", ())
    if host not in trusted and not all(map(_is_public, addresses)):
        raise AddressError(PRIVATE)
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast
