"""Fills in a template and sets it."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.utils.translation import get_language_info, gettext, override

APP = Path(__file__).resolve().parents[1]
TEMPLATES = APP / "typst"
BASE = "base.typ"
FONTS = APP / "fonts"

# PDF/UA takes no character that has no meaning to a reader, UTF-8 no half of one.
UNREADABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def render(
    template: str, data: Mapping[str, Any], images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a template of `ess_pages/typst/`, filled in, as a PDF.

    `data` is what JSON can hold. Of it, the `paper` of every template needs
    - `lang`, the code of the language: it gives the direction too;
    - `title`, of the document;
    and shows, if they are there,
    - `site`, the name of the portal, at the head of the first page;
    - `status`, a sentence in a band above all the rest: that this is a draft, for instance;
    - `url`, the address of the document on the portal, at the foot of every page;
    - `page_number`, in place of the words of the language.

    `images` are the files that `data` names. A template can read these and the other templates,
    and nothing else. Raise `typst.TypstError` for a template that is wrong.
    """
    with TemporaryDirectory() as folder:  # all that typst sees of the disk
        root = Path(folder)
        (root / "images").mkdir()
        for name, content in (images or {}).items():
            (root / "images" / name).write_bytes(content)
        for name in (BASE, template):
            (root / name).write_bytes((TEMPLATES / name).read_bytes())
        (root / "data.json").write_bytes(_to_json(data))
        return typst.compile(root / template, root=root, font_paths=_fonts(), pdf_standards="ua-1")


def fingerprint(template: str, data: Mapping[str, Any]) -> str:
    """Return what is the same as long as the PDF is: a digest of the data and the templates."""
    return hashlib.sha256(_to_json(data) + _sources(template)).hexdigest()


@cache
def _fonts() -> typst.Fonts:
    """Return our fonts and those within typst, the same on every machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


@cache
def _sources(template: str) -> bytes:
    return b"".join((TEMPLATES / name).read_bytes() for name in (BASE, template))


def _to_json(data: Mapping[str, Any]) -> bytes:
    language = get_language_info(data["lang"])
    with override(data["lang"]):
        frame = {
            "dir": "rtl" if language["bidi"] else "ltr",
            "page_number": gettext("Page %(number)s of %(total)s"),
        }
    return json.dumps(_readable({**frame, **data}), ensure_ascii=False).encode()


def _readable(value):
    """Return the data without the characters that no document may hold."""
    if isinstance(value, str):
        return UNREADABLE.sub(" ", value)
    if isinstance(value, Mapping):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return value
