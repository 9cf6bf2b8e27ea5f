"""Rows of a database dump, read as a stream: only the row at hand is in memory.

PostgreSQL's dumps hold `COPY` blocks, MySQL's hold `INSERT` statements. Both may be compressed.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _


class Values(dict[str, str | None]):
    """What a row holds, by column. Raises DumpError for a column that has to be there."""

    def __missing__(self, name: str) -> str | None:
        text = _("A table has no column %(name)s: another version has made this dump.")
        raise DumpError(text % {"name": name})


class Row(NamedTuple):
    """A row of a table, with the line of the dump where it ends."""

    table: str
    line: int
    values: Values


class DumpError(ValueError):
    """This is no dump that can be read, or it ends in the middle."""


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a dump, compressed or not. What is no UTF-8 in it is replaced.

    Raises DumpError while it is read, where it cannot be unpacked.
    """
    with path.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
    opener = gzip.open if is_compressed else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace", newline="\n") as stream:
            yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DumpError(_("The dump is damaged: it cannot be unpacked.")) from error


# PostgreSQL

COPY = re.compile(r'COPY (?:(?:\w+|"\w+")\.)?"?(\w+)"? \((.*)\) FROM stdin;')
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def copied(path: Path, *tables: str) -> Iterator[Row]:
    """Yield the rows of these tables of a PostgreSQL dump, in the order of the dump.

    Raises DumpError where it ends in the middle of a table.
    """
    with opened(path) as stream:
        table, columns, is_wanted = "", [], False
        for number, line in enumerate(stream, start=1):
            line = line.removesuffix("\n")
            if not table:
                if match := COPY.fullmatch(line):
                    table = match[1]
                    columns = [name.strip().strip('"') for name in match[2].split(",")]
                    is_wanted = table in tables
            elif line == "\\.":
                table = ""
            elif is_wanted:
                fields = line.split("\t")
                if len(fields) == len(columns):
                    values = map(_copied_value, fields)
                    yield Row(table, number, Values(zip(columns, values, strict=True)))
        if table:
            raise DumpError(
                _("The dump ends in the middle of the table %(table)s.") % {"table": table}
            )


def _copied_value(text: str) -> str | None:
    if text == r"\N":
        return None
    if "\\" in text:
        text = ESCAPE.sub(_copied_escape, text)
    return text.replace("\0", "")


def _copied_escape(match: re.Match) -> str:
    if match[1]:
        return chr(int(match[1], 8))
    if match[2]:
        return chr(int(match[2], 16))
    return ESCAPED.get(match[3], match[3])


# MySQL

TOKEN = re.compile(
    r"""\s+|--(?:[ \t][^\n]*)?\n|\#[^\n]*\n|/\*.*?\*/
    |(?P<text>'(?:[^'\\]++|\\.|'')*+')
    |(?P<name>`[^`]*`)
    |(?P<sign>[(),;=])
    |(?P<word>"(?:[^"\\]++|\\.)*+"|[^\s'"`(),;=]+)""",
    re.VERBOSE | re.DOTALL,
)
MYSQL_ESCAPED = {"0": "", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
MODIFIERS = {"INTO", "IGNORE", "DELAYED", "LOW_PRIORITY", "TABLE", "IF", "NOT", "EXISTS"}
NO_COLUMNS = {"PRIMARY", "KEY", "UNIQUE", "INDEX", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN"}


class Token(NamedTuple):
    """A piece of a statement: its kind, what it says, and the line where it ends."""

    kind: str
    text: str
    line: int


def inserted(path: Path, *tables: str) -> Iterator[Row]:
    """Yield the rows of these tables of a MySQL dump, in the order of the dump.

    Raises DumpError where it ends in the middle of a statement.
    """
    columns: dict[str, list[str]] = {}
    with opened(path) as stream:
        tokens = _tokens(stream)
        for token in tokens:
            verb = token.text.upper() if token.kind == "word" else ""
            if verb == "CREATE":
                _take_columns(tokens, columns)
            elif verb in ("INSERT", "REPLACE"):
                yield from _inserted_rows(tokens, columns, tables)
            elif token.text != ";":
                _skip_statement(tokens)


def _tokens(stream: TextIO) -> Iterator[Token]:
    rest = ""
    for number, line in enumerate(stream, start=1):
        rest += line
        position = 0
        while position < len(rest):
            match = TOKEN.match(rest, position)
            # What reaches the end may go on in the next line: a text or a comment always does.
            if match is None:
                break
            position = match.end()
            if match.lastgroup:
                yield Token(match.lastgroup, match[0], number)
        rest = rest[position:]
    if rest.strip():
        raise DumpError(_("The dump ends in the middle of a statement."))


def _skip_statement(tokens: Iterator[Token]) -> None:
    for token in tokens:
        if token.kind == "sign" and token.text == ";":
            return


def _name(token: Token) -> str:
    return token.text.strip('`"')


def _take_columns(tokens: Iterator[Token], columns: dict[str, list[str]]) -> None:
    """Read `CREATE TABLE name (column …, …)`: an insert without columns has all, in this order."""
    table, depth, names, begins = "", 0, [], False
    for token in tokens:
        if token.kind == "sign":
            if token.text == ";":
                break
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            begins = depth == 1 and token.text in "(,"
        elif (
            depth == 0 and not table and token.text.upper() not in ("TABLE", "IF", "NOT", "EXISTS")
        ):
            table = _name(token)
        elif begins:
            begins = False
            if token.kind == "name" or token.text.upper() not in NO_COLUMNS:
                names.append(_name(token))
    columns[table] = names


def _inserted_rows(
    tokens: Iterator[Token], columns: dict[str, list[str]], tables: tuple[str, ...]
) -> Iterator[Row]:
    table, names = _head(tokens)
    names = names or columns.get(table, [])
    values: list[str | None] = []
    depth = 0
    for token in tokens:
        if token.kind != "sign":
            # `_binary` and the like only say how to take the text that follows.
            if depth and table in tables and not token.text.startswith("_"):
                values.append(_inserted_value(token))
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0 and table in tables and len(names) == len(values):
                yield Row(table, token.line, Values(zip(names, values, strict=True)))
            values = values if depth else []
        elif token.text == ";" and not depth:
            return
    raise DumpError(_("The dump ends in the middle of a statement."))


def _head(tokens: Iterator[Token]) -> tuple[str, list[str]]:
    """Read `INTO name (column, …) VALUES`, and return the table and these columns, if any."""
    table, names = "", []
    for token in tokens:
        if token.kind == "word" and token.text.upper() in ("VALUES", "VALUE"):
            break
        if token.kind == "sign" or token.text.upper() in MODIFIERS:
            continue
        if table:
            names.append(_name(token))
        else:
            table = _name(token)
    return table, names


def _inserted_value(token: Token) -> str | None:
    text = token.text
    if token.kind == "word" and text[0] != '"':
        if text[:2].lower() == "0x":
            return bytes.fromhex(text[2:]).decode("utf-8", "replace").replace("\0", "")
        return None if text.upper() == "NULL" else text
    quote, text = text[0], text[1:-1]
    if "\\" in text or quote in text:
        text = re.sub(
            rf"\\(.)|{quote}{quote}",
            lambda match: MYSQL_ESCAPED.get(match[1], match[1]) if match[1] else quote,
            text,
            flags=re.DOTALL,
        )
    return text.replace("\0", "")
