"""Cells that a spreadsheet program would take for a formula, made plain text by a rule that can be turned round.

A cell that begins with one of ``= + - @``, their full-width forms, a tab or a line break gets an apostrophe before it. So does
one that begins with apostrophes and then one of these: to read a cell back, take one apostrophe away where it begins so.

>>> neutral("=HYPERLINK(A1)"), neutral("-5"), neutral("'=1"), neutral("it's")
("'=HYPERLINK(A1)", "'-5", "''=1", "it's")
>>> [original(neutral(text)) for text in ("=1", "'=1", "'tis", "")]
['=1', "'=1", "'tis", '']
"""

from __future__ import annotations

import re

__all__ = ["neutral", "original"]

_RISKY = re.compile("'*[=+\\-@＝＋－＠\t\r\n]")


def neutral(text: str) -> str:
    """The text as a cell that no program calculates."""
    return f"'{text}" if _RISKY.match(text) else text


def original(cell: str) -> str:
    """The text that ``neutral`` made a cell of."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
