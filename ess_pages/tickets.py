"""The ticket of somebody who is registered: its addresses, and the code to scan at the door."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from .links import view_url
from .models import Registration

PIXELS = 8  # of the picture, for each module of the code


def ticket_url(page: Page, registration: Registration) -> str:
    """Return the full address of the ticket, on the site of `page`."""
    return view_url(page, "ticket", registration.token, language=registration.language)


def as_png(page: Page, registration: Registration) -> bytes:
    """Return the code to scan as a picture, for a mail."""
    picture = BytesIO()
    _code(page, registration).save(picture, kind="png", scale=PIXELS)
    return picture.getvalue()


def as_svg(page: Page, registration: Registration) -> SafeString:
    """Return the code to scan as part of an HTML page; its size is the style sheet's."""
    svg = _code(page, registration).svg_inline(
        omitsize=True, svgclass="ess-code", lineclass=None, title=_("Code to show at the door")
    )
    return mark_safe(svg)  # noqa: S308


def _code(page: Page, registration: Registration) -> segno.QRCode:
    """Return the code of the address at which an organiser notes that the person has come."""
    address = view_url(page, "attend", registration.token, language=registration.language)
    return segno.make(address, error="m", micro=False)
