"""Turns what editors write into a tree that a template can walk."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.element import PreformattedString

from .addresses import Links

Node = dict[str, Any]

HEADINGS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 3, "h6": 3}
LISTS = {"ul": "bullets", "ol": "numbers"}
BLOCKS = [*HEADINGS, *LISTS, "p", "hr", "li", "div", "blockquote"]
SPANS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
SILENT = ["script", "style", "template"]
DEPTH = 8  # nobody nests deeper, and typst could not follow


def prose(html: str, links: Links, level: int = 0) -> list[Node]:
    """Return rich text as nodes; what is no rich text gives its text only.

    A node has a `kind`: `heading` (with its `level`, from 1 for h2), `paragraph`, `bullets`,
    `numbers` or `rule`. Lists have `items`, each a list of nodes; headings and paragraphs have
    `spans`: strings and nodes of the kinds `strong`, `em`, `link` (these with `spans` again, a link
    with its `url`) and `break`.

    `links` are those of the text. `level` is that of the heading above: none may be skipped, since
    that would hide from a reader who cannot see them which part is in which (PDF/UA).
    """
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(SILENT):
        tag.extract()
    nodes = list(_blocks(soup.children, links))
    for node in nodes:
        if node["kind"] == "heading":
            level = node["level"] = min(node["level"], level + 1)
    return nodes


def paragraphs(text: str) -> list[Node]:
    """Return plain text as nodes: an empty line parts paragraphs, any other line is kept."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [{"kind": "paragraph", "spans": _lines(part)} for part in parts if part]


def _lines(text: str) -> list:
    first, *others = text.split("\n")
    return [first, *(span for line in others for span in ({"kind": "break"}, line))]


def _blocks(elements: Iterable[PageElement], links: Links, depth: int = 0) -> Iterator[Node]:
    for is_block, group in groupby(elements, _is_block):
        if not is_block:
            yield from _with_text({"kind": "paragraph", "spans": list(_spans(group, links))})
            continue
        for tag in group:
            yield from _block(tag, links, depth)


def _is_block(element: PageElement) -> bool:
    return isinstance(element, Tag) and (element.name in BLOCKS or element.find(BLOCKS) is not None)


def _block(tag, links: Links, depth: int) -> Iterator[Node]:
    if tag.name == "hr":
        yield {"kind": "rule"}
    elif depth == DEPTH:
        yield from _with_text({"kind": "paragraph", "spans": [_spaced(tag.get_text(" "))]})
    elif tag.name in HEADINGS and depth == 0:
        spans = list(_spans(tag.children, links))
        yield from _with_text({"kind": "heading", "level": HEADINGS[tag.name], "spans": spans})
    elif tag.name in LISTS:
        items = [list(_blocks([child], links, depth + 1)) for child in tag.children]
        if items := [item for item in items if item]:
            yield {"kind": LISTS[tag.name], "items": items}
    else:
        yield from _blocks(tag.children, links, depth + 1)


def _spans(elements: Iterable[PageElement], links: Links, depth: int = 0) -> Iterator[str | Node]:
    for element in elements:
        if isinstance(element, NavigableString):
            if not isinstance(element, PreformattedString):  # a comment, for instance
                yield _spaced(element)
        elif not isinstance(element, Tag):
            continue
        elif element.name == "br":
            yield {"kind": "break"}
        elif depth == DEPTH:
            yield _spaced(element.get_text())
        else:
            yield from _span(element, list(_spans(element.children, links, depth + 1)), links)


def _span(tag: Tag, spans: list, links: Links) -> Iterator[str | Node]:
    url = links.url(tag) if tag.name == "a" else ""
    if not _text(spans) or not (url or tag.name in SPANS):
        yield from spans
    elif url:
        yield {"kind": "link", "url": url, "spans": spans}
    else:
        yield {"kind": SPANS[tag.name], "spans": spans}


def _with_text(node: Node) -> Iterator[Node]:
    if _text(node["spans"]).strip():
        yield node


def _text(spans: list) -> str:
    return "".join(
        span if isinstance(span, str) else _text(span.get("spans", [])) for span in spans
    )


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text)
