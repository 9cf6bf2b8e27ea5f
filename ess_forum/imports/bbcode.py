"""BBCode becomes Markdown; what it does not know stays as it was written."""

import re
from collections.abc import Callable

TAG = re.compile(
    r"""\[(/?)([a-z]+|\*)(?:=((?:"[^"]*"|[^\]"])*))?((?:[ ][a-z_]+=[^\]]*)?)\]""", re.IGNORECASE
)
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\[\]]+", re.IGNORECASE)
SPECIAL = re.compile(r"([\\`*_\[\]~|])")
# What would begin a heading, a quote or a list, and the sign of it that a backslash has to precede.
LINE_START = re.compile(r"^([ \t]*\d*)([#>+-]|(?<=\d)[.)])", re.MULTILINE)
WRAPS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "strike": "~~", "del": "~~"}
# Their words stay, without what they did to them.
DROPPED = {"u", "size", "color", "font", "center", "left", "right", "align", "spoiler", "highlight"}
KNOWN = {*WRAPS, *DROPPED, "quote", "code", "url", "img", "email", "list", "*", "attachment"}

# Given what stands in the tag of a quote and its words, returns it as Markdown.
Quote = Callable[[str, str], str]
# Given what stands in the tag and the name within, returns the Markdown of the file.
Attachment = Callable[[str, str], str]


def markdown(source: str, quote: Quote, attachment: Attachment) -> str:
    """Return a text in BBCode as Markdown."""
    return _Converter(source, quote, attachment).text()


def escaped(text: str) -> str:
    """Return plain text so that Markdown shows it as it is; addresses stay addresses."""
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        parts += [_escaped(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return LINE_START.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", text))


class _Open:
    """A tag that has not been closed yet, and what is within it so far."""

    def __init__(self, name: str, option: str, written: str):
        self.name, self.option, self.written = name, option, written
        self.parts: list[str] = []

    def text(self) -> str:
        return "".join(self.parts)


class _Converter:
    def __init__(self, source: str, quote: Quote, attachment: Attachment):
        self.source, self.quote, self.attachment = source, quote, attachment
        self.stack = [_Open("", "", "")]

    def text(self) -> str:
        position = 0
        while match := TAG.search(self.source, position):
            self._say(self.source[position : match.start()])
            position = match.end()
            name = match[2].lower()
            if name == "code" and not match[1]:
                position = self._code(match.end())
            elif name not in KNOWN:
                self._say(match[0])
            elif match[1]:
                self._close(name, match[0])
            else:
                self._open(name, (match[3] or "").strip('"') + (match[4] or ""), match[0])
        self._say(self.source[position:])
        while len(self.stack) > 1:
            self._give_up()
        return re.sub(r"\n{3,}", "\n\n", self.stack[0].text()).strip()

    def _say(self, text: str) -> None:
        # What is shown or linked is an address, not words.
        is_address = self.stack[-1].name in ("img", "attachment") or self._is_bare_link()
        self.stack[-1].parts.append(text if is_address else escaped(text))

    def _is_bare_link(self) -> bool:
        return self.stack[-1].name in ("url", "email") and not self.stack[-1].option

    def _code(self, start: int) -> int:
        end = re.compile(r"\[/code\]", re.IGNORECASE).search(self.source, start)
        code = self.source[start : end.start() if end else None].strip("\n")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", code)), 3)
        self.stack[-1].parts.append(f"\n\n{fence}\n{code}\n{fence}\n\n")
        return end.end() if end else len(self.source)

    def _open(self, name: str, option: str, written: str) -> None:
        if name == "*" and self.stack[-1].name == "*":
            self._end()
        self.stack.append(_Open(name, option, written))

    def _close(self, name: str, written: str) -> None:
        if name not in [tag.name for tag in self.stack]:
            self._say(written)
            return
        while self.stack[-1].name != name:
            if self.stack[-1].name == "*":
                self._end()
            else:
                self._give_up()
        self._end()

    def _give_up(self) -> None:
        """Take a tag that was never closed for words."""
        if self.stack[-1].name == "*":
            self._end()
            return
        tag = self.stack.pop()
        self.stack[-1].parts += [escaped(tag.written), tag.text()]

    def _end(self) -> None:
        tag = self.stack.pop()
        self.stack[-1].parts.append(self._made(tag))

    def _made(self, tag: _Open) -> str:
        inside = tag.text()
        if mark := WRAPS.get(tag.name):
            words = inside.strip()
            return inside.replace(words, f"{mark}{words}{mark}", 1) if words else inside
        match tag.name:
            case "quote":
                return f"\n\n{self.quote(tag.option, inside.strip())}\n\n"
            case "url" | "email":
                return _link(tag, inside)
            case "img":
                return f"![]({_address(inside)})"
            case "attachment":
                return self.attachment(tag.option, inside)
            case "*":
                return f"\n* {inside.strip()}".replace("\n", "\n  ").replace("\n  * ", "\n* ", 1)
            case "list":
                return _list(tag.option, inside)
        return inside


def _list(option: str, inside: str) -> str:
    if option in ("1", "a", "A", "i", "I"):
        inside = re.sub(r"^\* ", "1. ", inside, flags=re.MULTILINE)
    return f"\n\n{inside.strip()}\n\n"


def _link(tag: _Open, inside: str) -> str:
    address = (tag.option or inside).strip()
    if tag.name == "email":
        address = f"mailto:{address}"
    elif address.lower().startswith("www."):
        address = f"http://{address}"
    words = inside.strip() if tag.option else escaped_link(inside.strip())
    return f"[{words or escaped_link(address)}]({_address(address)})"


def escaped_link(text: str) -> str:
    """Return an address so that it can be the words of a link."""
    return SPECIAL.sub(r"\\\1", text)


def _address(text: str) -> str:
    """Return an address so that it ends where it should."""
    safe = text.strip().replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return f"<{'%20'.join(safe.split())}>" if safe else ""
