"""Turns a rich body into nodes: each block of `ess_pages.blocks`, for a reader on paper."""

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from wagtail.models import Page

from .addresses import Links, reference, shown_pages
from .pictures import Pictures
from .prose import Node, paragraphs, prose


class Body:
    """The blocks of a body, as `nodes`: those of `prose` for texts, else one of a kind for each.

    `links` are those of its `texts`; images go into `pictures`. The number of queries does not grow
    with the number of blocks.
    """

    def __init__(self, blocks: Iterable, links: Links, pictures: Pictures) -> None:
        blocks = list(blocks)
        self._links = links
        self._pictures = pictures
        self._pages = _pages(blocks)
        images = [block.value["image"] for block in _of_type("figure", blocks)]
        pictures.prefetch([image for image in images if image])
        self.nodes: list[Node] = []
        level = 0
        for block in blocks:
            if block.block_type == "text":
                nodes = prose(block.value.source, links, level)
            else:
                nodes = getattr(self, f"_{block.block_type}")(block.value)
            levels = [node["level"] for node in nodes if node["kind"] == "heading"]
            level = levels[-1] if levels else level
            self.nodes += nodes

    def _figure(self, value) -> list[Node]:
        image = value["image"]  # None once the library has it no more, as with all that is chosen
        picture = self._pictures.add(image, _alternative(image)) if image else None
        caption = " · ".join(text for text in (value["caption"], value["credit"]) if text)
        return (
            [{"kind": "figure", "image": picture, "caption": caption}] if picture or caption else []
        )

    def _quote(self, value) -> list[Node]:
        by = " · ".join(text for text in (value["author"], value["role"]) if text)
        return [{"kind": "quote", "text": paragraphs(value["text"]), "by": by}]

    def _key_figures(self, value) -> list[Node]:
        figures = [(figure["value"], figure["label"]) for figure in value["figures"]]
        return [*_heading(value["heading"]), {"kind": "key_figures", "figures": figures}]

    def _documents(self, value) -> list[Node]:
        documents = [document for document in value["documents"] if document]
        items = [document_reference(document, self._links) for document in documents]
        return _references(value["heading"] or _("Documents"), items)

    def _video_link(self, value) -> list[Node]:
        url = self._links.whole(value["url"])
        notes = (_("Video on another site"), value["duration"])
        return _references("", [reference(value["title"], url, *notes)])

    def _call_to_action(self, value) -> list[Node]:
        page = value["page"] and self._pages.get(value["page"].translation_key)
        url = self._links.whole(value["url"] or (page and page.url))
        return [
            {
                "kind": "action",
                "title": value["heading"],
                "text": paragraphs(value["text"]),
                "link": reference(value["button"], url) if url else None,
            }
        ]

    def _related_pages(self, value) -> list[Node]:
        pages = [self._pages.get(page.translation_key) for page in value["pages"] if page]
        return _references(
            value["heading"] or _("Related pages"),
            [page_reference(page, self._links) for page in pages if page],
        )


def texts(blocks: Iterable) -> list[str]:
    """Return the rich texts of a body."""
    return [block.value.source for block in _of_type("text", blocks)]


def document_reference(document, links: Links, title: str = "") -> dict[str, str]:
    """Return a file to print the address of, under its own title or `title`."""
    size = filesizeformat(document.get_file_size())
    url = links.whole(document.url)
    return reference(title or document.title, url, document.file_extension.upper(), size)


def page_reference(page: Page, links: Links) -> dict[str, str]:
    """Return a page to print the address of, with its language where that is not the reader's."""
    code = page.locale.language_code
    language = "" if code == get_language() else get_language_info(code)["name_translated"]
    return reference(page.title, links.whole(page.url), language)


def _alternative(image) -> str:
    return "" if image.decorative else image.contextual_alt_text or image.default_alt_text


def _of_type(kind: str, blocks: Iterable) -> list:
    return [block for block in blocks if block.block_type == kind]


def _pages(blocks: list) -> dict[Any, Page]:
    """Return the pages that blocks lead to, as they are shown, by their translation key."""
    pages = [page for block in _of_type("related_pages", blocks) for page in block.value["pages"]]
    pages += [block.value["page"] for block in _of_type("call_to_action", blocks)]
    return {page.translation_key: page for page in shown_pages(pages)}


def _heading(text: str) -> list[Node]:
    return [{"kind": "heading", "level": 1, "spans": [text]}] if text else []


def _references(heading: str, items: list) -> list[Node]:
    return [*_heading(heading), {"kind": "references", "items": items}] if items else []
