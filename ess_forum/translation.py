"""Posts in another language, by the machine translator that the site has set for wagtail-localize.

Without wagtail-localize, or without a translator in its setting, there is none.
"""

from hashlib import sha256
from typing import Any

from bs4 import BeautifulSoup
from django.apps import apps
from django.utils.translation import get_language
from wagtail.models import Locale

from . import markup
from .models import Post, PostTranslation


def translator() -> Any:
    """Return the machine translator of the site, or None."""
    if not apps.is_installed("wagtail_localize"):
        return None
    from wagtail_localize.machine_translators import get_machine_translator

    return get_machine_translator()


class Languages:
    """Which languages posts can be read in by machine: asked once for many posts."""

    def __init__(self) -> None:
        self.translator = translator()
        # Without a translator, the languages are not looked up.
        locales = Locale.objects.all() if self.translator else ()
        self._locales = {locale.language_code: locale for locale in locales}

    def pair(self, source: str, target: str) -> tuple[Locale, Locale] | None:
        """Return the languages between which a text is translated, where that can be done."""
        first, second = self._of(source), self._of(target)
        if not first or not second or first == second:
            return None
        return (first, second) if self.translator.can_translate(first, second) else None

    def reading(self, post: Post) -> str | None:
        """Return the reader's language, where the post is in another and can be read in it."""
        pair = self.pair(post.language, get_language() or "") if self.translator else None
        return pair[1].language_code if pair else None

    def _of(self, code: str) -> Locale | None:
        return self._locales.get(code) or self._locales.get(code.split("-")[0])


def digest(post: Post) -> str:
    """Return what tells whether a translation is of what the post says now."""
    return sha256(post.html.encode()).hexdigest()


def kept(post: Post, language: str) -> PostTranslation | None:
    """Return the translation of what the post says now, where it has been made already."""
    return post.translations.filter(language=language, source_digest=digest(post)).first()


def translated(html: str, machine: Any, source: Locale, target: Locale) -> str:
    """Return the HTML of a post in another language, made safe again. Asks another machine."""
    from wagtail_localize.strings import extract_strings, restore_strings

    soup = BeautifulSoup(html, "html.parser")
    kept_whole = _mark(soup)
    template, strings = extract_strings(str(soup))
    words = dict.fromkeys(value for value, _attrs in strings if value.render_text().strip())
    found = machine.translate(source, target, list(words)) if words else {}
    answer = [(_matching(found.get(value), value, attrs), attrs) for value, attrs in strings]
    result = BeautifulSoup(restore_strings(template, answer), "html.parser")
    _unmark(result, kept_whole)
    return markup.safe(str(result))


def _mark(soup: BeautifulSoup) -> dict[str, str]:
    """Put a mark in place of what keeps its words, and return that by its mark.

    wagtail-localize takes apart what is in a line but not among its own inline tags: until the
    text is translated, all of these are links, which translators leave in their place.
    """
    whole: dict[str, str] = {}
    for element in soup.select("pre, aside, hr, code, img, a.mention"):
        if element.find_parent(["pre", "aside"]) is None:
            mark = f"kept-{len(whole)}"
            whole[mark] = str(element)
            is_block = element.name in ("pre", "aside", "hr")
            text = "" if is_block else element.get_text()
            place = soup.new_tag("hr" if is_block else "a", attrs={"class": mark})
            place.string = text
            element.replace_with(place)
    for element in soup.select("del, span, small, bdi"):
        element["class"] = f"was-{element.name}"
        element.name = "a"
    return whole


def _unmark(soup: BeautifulSoup, whole: dict[str, str]) -> None:
    for mark, html in whole.items():
        for place in soup.select(f".{mark}"):
            place.replace_with(BeautifulSoup(html, "html.parser"))
    for name in ("del", "span", "small", "bdi"):
        for element in soup.select(f"a.was-{name}"):
            element.name = name


def _matching(answer: Any, value: Any, attrs: dict) -> Any:
    """Return the answer of a translator, or the words as they were where it lost the thread."""
    if answer is None:
        return value
    ids = [tag["id"] for tag in BeautifulSoup(answer.data, "html.parser").find_all(id=True)]
    return answer if set(ids) <= set(attrs) and len(set(ids)) == len(ids) else value
