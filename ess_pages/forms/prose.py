"""Rich text that members write as plain text."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from django import forms
from django.utils.html import urlize

BULLET = re.compile(r"[-–•*]\s+")
NUMBER = re.compile(r"\d{1,3}[.)]\s+")


def as_text(html: str) -> str:
    """Return rich text as plain text: blocks parted by an empty line, items by their mark."""
    return "\n\n".join(text for text, _html in _blocks(html))


def as_html(text: str, original: str = "") -> str:
    """Return plain text as rich text: paragraphs, lists of lines that begin with a mark, links.

    A block that `original` has in the same words is kept as it is there, stress and links included.
    """
    kept = dict(_blocks(original))
    return "".join(kept.get(block) or _block(block) for block in _parts(text))


def says_the_same(value, other) -> bool:
    """Return whether two values are one: of texts, the ends and line ends do not count."""
    if isinstance(value, str) and isinstance(other, str):
        return value.strip().splitlines() == other.strip().splitlines()
    return value == other


def _parts(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [part.strip() for part in re.split(r"\n{2,}", "\n".join(lines).strip()) if part.strip()]


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    for element in BeautifulSoup(html, "html.parser").children:
        is_list = isinstance(element, Tag) and element.name in ("ul", "ol")
        text = _list(element) if is_list else _words(element)
        if text:
            yield text, str(element)


def _list(tag) -> str:
    items = (" ".join(_words(item).split()) for item in tag.find_all("li", recursive=False))
    return "\n".join(
        f"{number}. {item}" if tag.name == "ol" else f"- {item}"
        for number, item in enumerate(items, start=1)
    )


def _words(element) -> str:
    if isinstance(element, Tag):
        for line_break in element.find_all("br"):
            line_break.insert_after("\n")
    return "\n".join(" ".join(line.split()) for line in element.get_text().strip().split("\n"))


def _block(text: str) -> str:
    lines = text.split("\n")
    for mark, name in ((BULLET, "ul"), (NUMBER, "ol")):
        if all(mark.match(line) for line in lines):
            items = "".join(f"<li>{_linked(mark.sub('', line, count=1))}</li>" for line in lines)
            return f"<{name}>{items}</{name}>"
    return f"<p>{'<br/>'.join(map(_linked, lines))}</p>"


def _linked(text: str) -> str:
    return urlize(text, autoescape=True)


class ProseField(forms.CharField):
    """Plain text whose value is rich text; `original` is the rich text that it starts from."""

    widget = forms.Textarea
    original = ""
    length = 10_000

    def __init__(self, *, max_length: int | None = None, **kwargs):
        super().__init__(max_length=max_length or self.length, **kwargs)

    def to_python(self, value) -> str:
        """Return what was typed as rich text."""
        return as_html(super().to_python(value) or "", self.original)

    def has_changed(self, initial, data) -> bool:
        """Return whether other words were typed, spaces and line ends aside."""
        return _parts(initial or "") != _parts(data or "")
