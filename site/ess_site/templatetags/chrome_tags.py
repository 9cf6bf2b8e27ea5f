"""What stands around every page: its menus are kept, so that no page asks for them again."""

from django import template
from wagtail.models import Site

from .. import chrome
from ..models import Network, NetworkSettings

register = template.Library()


@register.simple_tag
def chrome_version() -> str:
    """Return what the kept menus are keyed by: it changes with the pages."""
    return chrome.version()


@register.simple_tag(takes_context=True)
def networks(context) -> list[Network]:
    """Return the association's groups on other networks. To look makes no setting."""
    site = Site.find_for_request(context["request"])
    kept = NetworkSettings.objects.filter(site=site).first()
    return kept.links if kept else []
