"""Texts in the cells of spreadsheets, which could take them for formulas."""

import re

# What makes a formula, in any spreadsheet program; its wide forms do in Japanese and Chinese ones.
# Source: OWASP, “CSV Injection”.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# A telephone number begins with a plus sign too, but digits alone call no function.
TELEPHONE = re.compile(r"\+[\d\s().-]+")
MARK = "'"


def could_be_formula(text: str) -> bool:
    """Return whether a spreadsheet program could execute this text."""
    return bool(FORMULA.match(text)) and not TELEPHONE.fullmatch(text)


def neutral(text: str) -> str:
    """Return a text that no program executes: what could be a formula begins with an apostrophe."""
    return MARK + text if could_be_formula(text) else text


def as_written(text: str) -> str:
    """Return the text that `neutral` was given."""
    bare = text.removeprefix(MARK)
    return bare if could_be_formula(bare) else text
