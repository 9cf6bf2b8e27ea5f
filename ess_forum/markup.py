"""Members' Markdown, as HTML that can do no harm and reads in the direction of its own words.

The HTML is the same for every reader: an address within the forum is kept as `forum:p/12/`, and
`shown` puts in its place the address that it has in the reader's language.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from html import escape, unescape
from urllib.parse import SplitResult, quote, unquote, urlsplit

import emoji
import nh3
from django.conf import settings
from django.urls import Resolver404, get_script_prefix, get_urlconf, resolve, reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.token import Token
from wagtail.models import Site

from ess_ground.words import folded

from .models.members import HANDLE

# A mention stands at the start of a word: what has a letter before its @ is a mail address.
MENTION = re.compile(rf"(?<![\w@/.])@({HANDLE})")
SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")
LATIN_LETTER = re.compile(r"[A-Za-zÀ-ÿ]")
# Signs that turn or embed the direction of what follows, beyond the end of a block.
DIRECTION_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# More signs upon one letter than any language has: in hundreds they cover the posts around.
SIGNS = (
    r"[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    r"\u06ea-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    r"\ufe20-\ufe2f]"
)
HEAPED = re.compile(rf"({SIGNS}{{5}}){SIGNS}+")
STRONG = re.compile(r"[^\W\d_]")  # a letter, which has a direction of its own
BLOCKS = ("paragraph_open", "heading_open", "th_open", "td_open")
# Blocks that hold others, and those within that may lend them their direction.
HOLDERS = {
    "blockquote_open": "paragraph_open",
    "list_item_open": "paragraph_open",
    "table_open": "th_open",
}
# Blocks within blocks, and brackets within brackets: deeper is nonsense, and slow.
MAX_NESTING = 12
# A kept address of the forum, in a tag: what is text has its < escaped.
KEPT_ADDRESS = re.compile(r'(<(?:a|img)(?: [a-z-]+="[^"]*")*? (?:href|src)=")forum:')

TAGS = {
    "a", "aside", "bdi", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "small", "span", "strong", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"dir", "class"},
    "a": {"href", "title", "hreflang", "lang"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "aside": {"lang"},
}
Host = tuple[str | None, int | None]
Hosts = frozenset[Host]

CLASSES = {"mention", "card", "emoji", "file"}
SCHEMES = {"http", "https", "mailto", "forum"}


class Document:
    """A text in Markdown, taken apart: what it names has still to be looked up."""

    def __init__(self, source: str):
        self.source = cleaned(source)
        self.tokens = _parser().parse(self.source)
        self.links: list[str] = []
        for token in self._inline():
            for child in token.children or ():
                if child.type == "link_open":
                    self._take_link(child)

    def _inline(self) -> Iterable[Token]:
        return (token for token in self.tokens if token.type == "inline")

    def _take_link(self, token: Token) -> None:
        address = str(token.attrGet("href") or "")
        inside = forum_path(address, self._hosts)
        if inside is not None:
            token.attrSet("href", f"forum:{inside}")
        self.links.append(str(token.attrGet("href")))

    @property
    def handles(self) -> set[str]:
        """The handles that the text mentions, in small letters, outside code and links."""
        texts = (
            child.content
            for token in self._inline()
            for child, depth in _with_depth(token.children or [])
            if child.type == "text" and not depth
        )
        return {handle.casefold() for text in texts for handle in MENTION.findall(text)}

    @property
    def external_links(self) -> list[str]:
        """The addresses on other hosts."""
        return [link for link in self.links if self._is_external(link)]

    def _is_external(self, address: str) -> bool:
        parts = _split(address)
        if parts is None:
            return True
        return (
            parts.scheme in ("http", "https", "")
            and bool(parts.netloc)
            and not _is_own(parts, self._hosts)
        )

    @cached_property
    def _hosts(self) -> Hosts:
        return own_hosts()

    @property
    def quoted_posts(self) -> set[int]:
        """The numbers of the posts that a quote points back to."""
        depth, found = 0, set()
        for token in self.tokens:
            depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
            if depth and token.type == "inline":
                for child in token.children or ():
                    address = str(child.attrGet("href") or "") if child.type == "link_open" else ""
                    if match := re.fullmatch(r"forum:p/(\d+)/", address):
                        found.add(int(match[1]))
        return found

    @property
    def attachment_keys(self) -> set[str]:
        """The keys of the attached files that the text shows or links to."""
        addresses = list(self.links)
        for token in self._inline():
            for child in token.children or ():
                if child.type == "image":
                    inside = forum_path(str(child.attrGet("src") or ""), self._hosts)
                    addresses.append(f"forum:{inside}" if inside else "")
        found = (re.match(r"forum:files/([0-9a-f-]{36})/", address) for address in addresses)
        return {match[1] for match in found if match}

    @property
    def lone_links(self) -> list[str]:
        """The addresses that stand alone in a paragraph, and so may be shown as a card."""
        return [address for _index, address in self._lone_links()]

    def _lone_links(self) -> Iterable[tuple[int, str]]:
        for index, token in enumerate(self.tokens):
            children = token.children or []
            if (
                token.type == "inline"
                and token.level == 1
                and self.tokens[index - 1].type == "paragraph_open"
                and [child.type for child in children] == ["link_open", "text", "link_close"]
                and children[0].info == "auto"
            ):
                yield index, str(children[0].attrGet("href"))

    def html(
        self,
        members: Mapping[str, str] | None = None,
        cards: Mapping[str, str] | None = None,
    ) -> str:
        """Return the text as HTML that is safe to show.

        `members` gives the handle as it is written for each handle in small letters that is a
        member's; `cards` gives the HTML of the card for a lone link.
        """
        tokens = list(self.tokens)
        for index, address in self._lone_links():
            if cards and address in cards:
                tokens[index - 1] = tokens[index + 1] = Token("html_block", "", 0, content="")
                tokens[index] = Token("html_block", "", 0, content=cards[address])
        for token in tokens:
            if token.type == "inline" and token.children:
                token.children = list(_spoken(token.children, members or {}))
        env = {"hosts": self._hosts}
        html = _parser().renderer.render(tokens, _parser().options, env)
        return _clean(html)


def render(source: str, members: Mapping[str, str] | None = None) -> str:
    """Return a text in Markdown as HTML that is safe to show."""
    return Document(source).html(members)


def shown(html: str) -> SafeString:
    """Return the kept HTML of a post with the addresses that it has in the active language."""
    if '="forum:' in html:
        prefix = reverse("ess_forum:index").replace("\\", "")
        html = KEPT_ADDRESS.sub(rf"\g<1>{prefix}", html)
    return mark_safe(html)  # noqa: S308 - it was cleaned when it was made


def plain(html: str) -> str:
    """Return the words of HTML as they are read, on one line."""
    return " ".join(unescape(strip_tags(html)).split())


def safe(html: str) -> str:
    """Return HTML that was made from a post elsewhere, without what could do harm."""
    return _clean(html)


def cleaned(source: str) -> str:
    """Return the text as it is kept: in one Unicode form, without what turns the page around."""
    whole = source.encode(errors="ignore").decode()  # JSON can hold halves of a character
    text = unicodedata.normalize("NFC", whole.replace("\0", "").replace("\r\n", "\n"))
    return _upright(text).strip()


def _upright(text: str) -> str:
    return HEAPED.sub(r"\1", text.translate(DIRECTION_CONTROLS))


def language_of(source: str, default: str) -> str:
    """Return "ar" or "fr" as most letters are, or `default` where the text has none."""
    arabic, latin = len(ARABIC_LETTER.findall(source)), len(LATIN_LETTER.findall(source))
    if not arabic and not latin:
        return default
    return "ar" if arabic > latin else ("fr" if default == "ar" else default)


def fingerprint(source: str) -> str:
    """Return what texts of the same words have in common, whatever their case and signs."""
    words = re.findall(r"\w+", folded(source)) or [source]  # signs alone, such as emoji
    return sha256(" ".join(words).encode()).hexdigest()


def quoted(text: str, author: str, post_id: int) -> str:
    """Return these words as a quote that points back to the post, to be put in a reply.

    What they quote themselves is left out: a quote within a quote is read where it stands.
    """
    words = _without_quotes(cleaned(text))
    lines = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
    address = f"{reverse('ess_forum:index')}p/{post_id}/"
    return f"> [@{author}]({address})\n>\n{lines}\n\n"


def _without_quotes(text: str) -> str:
    """Return a text without its quotes; all of it where there is nothing else."""
    lines, out = text.split("\n"), set()
    for token in _parser().parse(text):
        if token.type == "blockquote_open" and token.level == 0 and token.map:
            out |= set(range(*token.map))
    left = "\n".join(line for number, line in enumerate(lines) if number not in out)
    return re.sub(r"\n{3,}", "\n\n", left).strip("\n") or text


def forum_path(address: str, hosts: Hosts | None = None) -> str | None:
    """Return what follows the address of the forum in an address of this site.

    In any of the site's languages, wherever the forum is, with the name of the site or without.
    Of many addresses, `hosts` is asked for once (see `own_hosts`).
    """
    parts = _split(address)
    if parts is None:
        return None
    if parts.scheme == "forum":
        return address.partition(":")[2].lstrip("/")
    is_path = parts.scheme == "" and parts.netloc == ""
    if not (is_path or _is_own(parts, own_hosts() if hosts is None else hosts)):
        return None
    path = unquote(parts.path)
    for language, prefix in _prefixes(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()):
        if path.startswith(prefix) and _is_forum(path, language):
            query = f"?{parts.query}" if parts.query else ""
            fragment = f"#{parts.fragment}" if parts.fragment else ""
            return quote(path.removeprefix(prefix)) + query + fragment
    return None


def own_hosts() -> Hosts:
    """Return the hosts and ports of this installation's sites."""
    urls = [path.root_url for path in Site.get_site_root_paths()]
    urls.append(getattr(settings, "WAGTAILADMIN_BASE_URL", None) or "")
    return frozenset(_host(urlsplit(url)) for url in urls if url)


@lru_cache(maxsize=32)
def _prefixes(urlconf: str, script: str) -> list[tuple[str, str]]:
    """Return, for each language, the address of the forum in it."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append((language, unquote(reverse("ess_forum:index"))))
    return found


def _is_forum(path: str, language: str) -> bool:
    script = get_script_prefix()
    with override(language):
        try:
            return resolve(f"/{path.removeprefix(script)}").app_name == "ess_forum"
        except Resolver404:
            return False


def _is_own(parts: SplitResult, hosts: Hosts) -> bool:
    return parts.scheme in ("http", "https") and _host(parts) in hosts


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address; None where it has none."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - it may be none
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> Host:
    return parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["linkify", "table", "strikethrough"])
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # type: ignore[union-attr]
    parser.core.ruler.push("direction", _direct)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("fence", _render_code)
    parser.add_render_rule("code_block", _render_code)
    parser.add_render_rule("code_inline", _render_inline_code)
    return parser


def _direct(state) -> None:
    """Give each block the direction of its own words, and headings a place below the page's.

    A block that holds others (a quote, an item, a table) has the direction of the first within
    that has letters: HTML finds it there only where that one has no direction of its own.
    """
    holders: list[Token] = []  # those that are open
    for index, token in enumerate(state.tokens):
        if token.type in HOLDERS:
            token.attrSet("dir", "auto")
            holders.append(token)
        elif token.nesting < 0 and token.type.replace("_close", "_open") in HOLDERS:
            holders.pop()
        elif token.type in BLOCKS:
            _direct_block(token, state.tokens[index + 1], holders[-1] if holders else None)
        elif token.type == "inline":
            _direct_inline(token)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"


def _direct_block(token: Token, words: Token, holder: Token | None) -> None:
    lends = holder is not None and HOLDERS[holder.type] == token.type
    if holder is None or not lends or holder.meta.get("is_directed"):
        token.attrSet("dir", "auto")
    elif _has_letters(words):
        holder.meta["is_directed"] = True
    else:
        # The name that a quote begins with has its own direction, and gives it to nothing else.
        for child in words.children or ():
            if child.type == "link_open":
                child.attrSet("dir", "auto")


def _direct_inline(token: Token) -> None:
    for child, depth in _with_depth(token.children or []):
        if child.type == "link_open" and child.info == "auto":
            child.attrSet("dir", "ltr")  # an address reads from the left
        if child.type == "image" and depth:
            child.meta["is_linked"] = True
        if child.tag == "s":
            child.tag = "del"


def _has_letters(token: Token) -> bool:
    """Return whether an inline token has letters that decide a direction: a link alone does not."""
    return any(
        child.type == "text" and not depth and STRONG.search(child.content)
        for child, depth in _with_depth(token.children or [])
    )


def _with_depth(children: list[Token]) -> Iterable[tuple[Token, int]]:
    """Yield inline tokens with the number of links that each stands in."""
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        yield child, depth


def _render_image(renderer, tokens, index, options, env) -> str:
    # An image of another host would tell that host who reads: it becomes a link.
    token = tokens[index]
    address = str(token.attrGet("src") or "")
    text = escape(renderer.renderInlineAsText(token.children, options, env))
    inside = forum_path(address, env["hosts"])
    if inside is not None and inside.startswith("files/"):
        return f'<img src="forum:{escape(inside)}" alt="{text}" loading="lazy">'
    words = f"<bdi>{text or escape(address)}</bdi>"
    return words if token.meta.get("is_linked") else f'<a href="{escape(address)}">{words}</a>'


def _render_code(renderer, tokens, index, options, env) -> str:
    return f'<pre dir="ltr"><code>{escape(tokens[index].content)}</code></pre>\n'


def _render_inline_code(renderer, tokens, index, options, env) -> str:
    return f'<code dir="ltr">{escape(tokens[index].content)}</code>'


def _spoken(children: list[Token], members: Mapping[str, str]) -> Iterable[Token]:
    """Yield these tokens, with emoji for their names and links for mentions."""
    for child, depth in _with_depth(children):
        if child.type != "text":
            yield child
            continue
        text = SHORTCODE.sub(lambda code: emoji.emojize(code[0], language="alias"), child.content)
        yield from _mentions(text, {} if depth else members)


def _mentions(text: str, members: Mapping[str, str]) -> Iterable[Token]:
    end = 0
    for match in MENTION.finditer(text):
        handle = members.get(match[1].casefold())
        if handle is None:
            continue
        yield Token("text", "", 0, content=text[end : match.start()])
        address = f"forum:m/{quote(handle)}/"
        link = f'<a class="mention" href="{address}"><bdi>@{escape(handle)}</bdi></a>'
        yield Token("html_inline", "", 0, content=link)
        end = match.end()
    yield Token("text", "", 0, content=text[end:])


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(item for item in value.split() if item in CLASSES) or None
    if name == "src":
        return value if value.startswith("forum:files/") else None
    if name == "dir":
        return value if value in ("auto", "ltr") else None
    return value


def _clean(html: str) -> str:
    return nh3.clean(
        _upright(html),  # some signs were written as &#8238;
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel="nofollow ugc noopener",
    )
