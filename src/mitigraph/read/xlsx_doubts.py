"""What a spreadsheet may have done to a column behind its author's back: dates among texts, numbers among codes.

A sheet turns "3-5" into the third of May and "1.10" into 1.1 as it is typed. Only a column that shows otherwise what it is
meant to hold can tell: where all cells are dates, they are dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mitigraph.finding import Finding, Place
from mitigraph.read.xlsx_values import DATE, NUMBER, TEXT, Sort

__all__ = ["ColumnTally", "Doubt", "unstyled"]

CODE = re.compile(r"(?:[\w-]+:)?\d+(?:\.\w+)+(?:[\s;,|]|$)")
"""What a number may be the rest of: "1.2.3", "7.X", "1.1 Board Structure"."""

LOOKED_AT = 500
"""Texts of a column that are asked whether they are codes."""

NOTED = 1000
"""Dates of a column, and numbers too long for a sheet, that are noted one by one."""

EXACT = str(2**53)
"""The last whole number up to which a sheet has all of them (ECMA-376 part 1, 18.18.11: numbers are IEEE doubles)."""

Doubt = tuple[str, int, str, str]
"""Code, sheet row, text of the cell, what is to be said."""


class ColumnTally:
    """The sorts of values in one column, and where those are that may be odd."""

    __slots__ = ("_code", "_codes", "_counts", "_dates", "_fractions", "_long", "_number", "has_looked", "texts")

    def __init__(self) -> None:
        self.texts, self.has_looked = 0, False
        self._counts = [0, 0, 0, 0]
        self._dates: list[tuple[int, str]] = []
        self._long: list[tuple[int, str]] = []
        self._codes = self._fractions = 0
        self._code = ""
        self._number: tuple[int, str] | None = None

    def add(self, sort: Sort, text: str, line: int) -> None:
        """Take in a cell that is not empty. Once ``has_looked``, it is enough to count ``texts``."""
        self._counts[sort] += 1
        if sort == TEXT:
            self.texts += 1
            self.has_looked = self.texts >= LOOKED_AT
            if CODE.match(text):
                self._codes += 1
                self._code = self._code or text
        elif sort == DATE:
            if len(self._dates) < NOTED:
                self._dates.append((line, text))
        elif sort == NUMBER:
            if "." in text:
                self._fractions += 1
                self._number = self._number or (line, text)
            if len(text) >= len(EXACT) and len(self._long) < NOTED and _is_long(text):
                self._long.append((line, text))

    def doubts(self) -> Iterator[Doubt]:
        """What may not be as it was meant."""
        yield from self.long_numbers()
        self._counts[TEXT] = self.texts
        if 0 < self._counts[DATE] * 2 < sum(self._counts):
            for line, text in self._dates:
                message = "a date in a column of other values: a sheet turns entries such as 3-5 into dates"
                yield "date-in-text-column", line, text, message
        if self._number is not None and self._codes * 2 > min(self.texts, LOOKED_AT):
            many = f"{self._fractions:,} numbers" if self._fractions > 1 else "a number"
            message = f"{many} in a column of codes such as {self._code[:20]!r}: a sheet turns 1.10 into 1.1"
            yield "number-in-code-column", *self._number, message

    def long_numbers(self) -> Iterator[Doubt]:
        """Whole numbers that a sheet cannot tell from their neighbours."""
        for line, text in self._long:
            yield "long-number", line, text, "of a number a sheet keeps 15 to 17 digits, the others may be lost: write it as text"


def unstyled(stored: str, place: Place) -> Finding:
    """What is said of the first number in a workbook without formats."""
    message = "the workbook says nowhere how its numbers are shown: dates are read as numbers"
    return Finding("warning", "no-styles", message, place, stored, "a workbook that a spreadsheet program has saved")


def _is_long(number: str) -> bool:
    digits = number.lstrip("-0").partition(".")[0]
    return len(digits) > len(EXACT) or (len(digits) == len(EXACT) and digits > EXACT)
