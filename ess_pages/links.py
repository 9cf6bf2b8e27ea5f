"""Links between pages that hold in every language."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language, override
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, TranslatableMixin

Translatable = TypeVar("Translatable", bound=TranslatableMixin)


def in_language(
    queryset, items: Iterable[Translatable], language: str | None = None
) -> list[Translatable]:
    """Return each item in a language, the active one by default, or else as it is.

    One query, whatever the number of items; same order.

    `queryset` selects what may be shown (for pages: the live ones) and what is loaded with it;
    `items` are translatable objects of its model, in any language, None among them allowed.
    An item that the queryset has in no language is left out.
    """
    keys = [item.translation_key for item in items if item is not None]
    language = get_supported_content_language_variant(language or get_language())
    candidates = queryset.filter(translation_key__in=keys).select_related("locale").order_by("pk")
    found: dict = {}
    for candidate in candidates if keys else []:
        is_active = candidate.locale.language_code == language
        if is_active or candidate.translation_key not in found:
            found[candidate.translation_key] = candidate
    return [found[key] for key in keys if key in found]


def version_in(versions, language: str | None = None):
    """Return, of one thing in several languages, its version in a language, or else the oldest.

    `versions` is a queryset; the language is the active one by default. None where there is no
    version at all. One query.
    """
    language = get_supported_content_language_variant(language or get_language())
    found = list(versions.select_related("locale").order_by("pk"))
    of_language = (version for version in found if version.locale.language_code == language)
    return next(of_language, next(iter(found), None))


def once_each(pages, locale: Locale | int):
    """Return these live pages, a queryset, each once: in `locale`, or else in another language."""
    locale_id = getattr(locale, "pk", locale)
    same = Page.objects.live().filter(translation_key=OuterRef("translation_key"))
    better = same.filter(Q(locale=locale_id) | Q(pk__lt=OuterRef("pk")))
    return pages.filter(Q(locale=locale_id) | ~Exists(better))


def view_url(page: Page, name: str, *args, language: str) -> str:
    """Return the full address of a view of this app on the site of `page`: for mails and codes."""
    _site_id, root_url, _path = page.get_url_parts() or (None, "", "")
    with override(language):
        return root_url + reverse(f"ess_pages:{name}", args=args)
