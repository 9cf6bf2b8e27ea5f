"""Links by which a reader passes a page on: addresses alone, which load nothing of a network."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _


class ShareLink(NamedTuple):
    """Where a page is passed on."""

    name: str
    url: str


def share_links(title: str, address: str) -> list[ShareLink]:
    """Return the links by which the page at this full address is passed on, under its title."""
    words = f"{title}\n{address}"
    return [
        ShareLink("LinkedIn", _ask("www.linkedin.com/sharing/share-offsite/", url=address)),
        ShareLink("Facebook", _ask("www.facebook.com/sharer/sharer.php", u=address)),
        ShareLink("WhatsApp", _ask("wa.me/", text=words)),
        # A mail program takes no plus sign for a space.
        ShareLink(_("E-mail"), f"mailto:?subject={quote(title)}&body={quote(address)}"),
    ]


def _ask(place: str, **parameters: str) -> str:
    return f"https://{place}?{urlencode(parameters)}"
