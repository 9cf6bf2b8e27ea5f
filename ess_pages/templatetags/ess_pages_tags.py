"""What the templates of pages ask for."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.db.models import QuerySet
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page, Site

from .. import matching
from ..forms.prose import as_html
from ..links import in_language
from ..matching import Match
from ..models import Criterion, ReportReview, Resolution, resolutions
from ..schema_org import without_empty
from ..sharing import ShareLink, share_links

register = template.Library()

# Inside a script element, these could end it or open another: as in django.utils.html.json_script.
SCRIPT_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag
def share(page: Page) -> list[ShareLink]:
    """Return the links by which a page is passed on."""
    return share_links(page.title, page.full_url)


@register.simple_tag(takes_context=True)
def language_links(context) -> list[dict[str, Any]]:
    """Return, for each language of the site, where the page at hand can be read in it.

    Each link has `code`, `name` (in that language), `dir`, `url`, `full_url`, `is_current` and
    `is_translated`: False where the page has no published translation, and `url` then leads to
    the front page. `kept_query` in the context, of a list that is the same in every language,
    goes along. With `own_address`, the page at hand is shown at an address that is no page's.
    """
    request = context["request"]
    page = None if context.get("own_address") else context.get("page")
    urls = _translated_urls(request, page)
    query = f"?{context['kept_query']}" if context.get("kept_query") else ""
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "dir": "rtl" if get_language_info(code)["bidi"] else "ltr",
            "url": urls[code][0] + query if code in urls else f"/{code}/",
            "full_url": urls[code][1] if code in urls else "",
            "is_current": code == get_language(),
            "is_translated": code in urls,
        }
        for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES
    ]


def _translated_urls(request, page: Page | None) -> dict[str, tuple[str, str]]:
    """Return, by language, the address of what is shown: as a link, and for a page in full."""
    if page is not None:
        translations = page.get_translations(inclusive=True).live().select_related("locale")
        return {
            translation.locale.language_code: (translation.get_url(request), translation.full_url)
            for translation in translations
        }
    # Not a page of the tree: the same view under the other prefix, or where there is no view at
    # all (an address that leads nowhere) the other front page.
    here = request.get_full_path()
    others = {code: translate_url(here, code) for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES}
    return {
        code: (url if url != here or code == get_language() else f"/{code}/", "")
        for code, url in others.items()
    }


@register.simple_tag
def carried_over(meeting) -> list[Resolution]:
    """Return the open resolutions that the agenda of the next meeting takes up again."""
    return resolutions.carried_over(meeting)


@register.simple_tag
def followed(items) -> list[Resolution]:
    """Return these resolutions with how far they have come."""
    return resolutions.followed(items)


@register.simple_tag
def approval(report) -> ReportReview | None:
    """Return how a report was approved, with the numbers of those who did and who made remarks."""
    reviews = ReportReview.objects.about(report).exclude(approved_at=None)
    return reviews.with_answers().first()


@register.simple_tag
def criteria() -> QuerySet[Criterion]:
    """Return the criteria by which practices are chosen."""
    return Criterion.objects.all()


@register.simple_tag
def matches(actor) -> list[Match]:
    """Return whom the offers and needs of `actor` meet, the best fit first."""
    return matching.matches(actor)


@register.filter
def prose(text: str) -> SafeString:
    """Return plain text as paragraphs, lists of lines that begin with a mark, and links."""
    return mark_safe(as_html(text))  # noqa: S308 - it escapes what it is given


@register.simple_tag(takes_context=True)
def front_page(context) -> Page | None:
    """Return the front page in the active language, or the site's own where there is none.

    It is read when it is first used: a template that keeps what it makes of it reads nothing.
    """
    request = context["request"]
    return SimpleLazyObject(lambda: _front_page(request))


def _front_page(request) -> Page | None:
    site = Site.find_for_request(request)
    return site and site.root_page.localized


@register.simple_tag
def menu(front: Page | None):
    """Return the pages of the main menu: the children of `front` that are meant for menus."""
    if not front:
        return Page.objects.none()
    return front.get_children().live().public().in_menu().select_related("locale")


@register.simple_tag
def breadcrumbs(page: Page):
    """Return the ancestors of `page` from the front page down, without the page itself."""
    return page.get_ancestors().filter(depth__gt=1).live().select_related("locale")


@register.simple_tag
def pages_in_language(pages) -> list[Page]:
    """Return each of these pages in the active language, or else as it is, with its type."""
    return in_language(Page.objects.live().public().filter(depth__gt=1), pages)


@register.simple_tag
def json_ld(page) -> SafeString:
    """Return the page's schema.org description as JSON that is safe inside a script element."""
    data = json.dumps(without_empty(page.schema_org()), ensure_ascii=False)
    return mark_safe(data.translate(SCRIPT_ESCAPES))  # noqa: S308
