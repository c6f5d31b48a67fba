"""The rows of a sheet, one after another as its XML is unpacked: where each cell stands, and what is stored there.

>>> layout = Layout()
>>> text = b'<worksheet><sheetData><row r="3"><c r="B3" t="inlineStr"><is><t>Audits</t></is></c></row></sheetData></worksheet>'
>>> list(read_rows(iter([text]), "t.xlsx: sheet 'New'", layout))
[Row(line=3, hidden=False, cells=[(1, 'inlineStr', None, 'Audits', False)])]
>>> letters(27), column_number("AB"), row_ranges([2, 3, 4, 9])
('AB', 27, '2-4, 9')
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from mitigraph.errors import InputError
from mitigraph.read import limits
from mitigraph.read.xlsx_package import Attributes, parse_part, refuse_depth

__all__ = [
    "COLUMNS",
    "LINES",
    "Area",
    "Cell",
    "Layout",
    "Row",
    "column_number",
    "letters",
    "read_rows",
    "row_ranges",
    "sheet_reference",
]

COLUMNS, LINES = 1 << 14, 1 << 20
"""The size of a sheet (ECMA-376: XFD1048576)."""

DIGITS = "0123456789"
PLAIN_NAME = re.compile(r"(?![A-Za-z]{1,3}\d+$)[^\W\d][\w.]*")
AREA = re.compile(r"\$?([A-Z]{0,3})\$?(\d{0,7})(?::\$?([A-Z]{0,3})\$?(\d{0,7}))?")
TRUE = ("1", "true")

Cell = tuple[int, str, str | None, str | None, bool]
"""Column (from 0), type, number of its format, what is stored, and whether there is a formula."""


class Row(NamedTuple):
    """A row that is written out in the sheet, with the cells that are."""

    line: int
    hidden: bool
    cells: list[Cell]


class Area(NamedTuple):
    """A rectangle of cells: columns from 0, lines from 1, all of them inside it.

    >>> Area.of("$B$3:H200"), Area.of("b:d"), Area.of("B3:B"), Area.of("H2:B9")
    (Area(left=1, top=3, right=7, bottom=200), Area(left=1, top=1, right=3, bottom=1048576), Area(left=1, top=3, right=1, \
bottom=1048576), None)
    """

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, text: str) -> Area | None:
        """A range as people write it; open where letters or numbers are left out. None: it is no range."""
        found = AREA.fullmatch(text.strip().upper())
        if found is None or not any(found.groups()):
            return None
        left, top = column_number(found[1] or "A"), int(found[2] or 1)
        single = found[3] is None
        right = column_number((found[1] if single else found[3]) or "XFD")
        bottom = int((found[2] if single else found[4]) or LINES)
        return cls(left, top, right, bottom) if left <= right < COLUMNS and 1 <= top <= bottom <= LINES else None

    @property
    def text(self) -> str:
        """The range as people write it."""
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"

    def meets(self, other: Area) -> bool:
        """Whether two ranges share a cell."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom


@dataclass
class Layout:
    """What a sheet says around its rows; complete when the rows are."""

    merged: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    rows_are_hidden: bool = False


@lru_cache(COLUMNS)
def letters(column: int) -> str:
    """A column's name."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(COLUMNS)
def column_number(name: str) -> int:
    """The column of a name of capital letters, from 0; ``COLUMNS`` for one that no sheet has."""
    if not 0 < len(name) <= 3 or not name.isascii() or not name.isalpha():
        return COLUMNS
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return min(number - 1, COLUMNS)


def sheet_reference(sheet: str, cells: str) -> str:
    """Cells of a sheet, by the name that a spreadsheet program has for them.

    >>> sheet_reference("Sheet1", "C17"), sheet_reference("Bob's list", "3:3")
    ('Sheet1!C17', "'Bob''s list'!3:3")
    """
    name = sheet if PLAIN_NAME.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{name}!{cells}"


def row_ranges(lines: Sequence[int]) -> str:
    """Ascending numbers, runs drawn together."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and runs[-1][-1] == line - 1:
            runs[-1][1:] = [line]
        else:
            runs.append([line])
    return ", ".join("-".join(map(str, run)) for run in runs)


def read_rows(pieces: Iterator[bytes], what: str, layout: Layout) -> Generator[Row, None, None]:
    """Stream a sheet's rows. InputError: broken XML, or cells that stand where no sheet has them."""
    reading = _Reading(what, layout)
    for _ in parse_part(pieces, what, reading):
        if reading.rows:
            yield from reading.rows
            reading.rows.clear()


class _Reading:
    """Handlers for the elements of a worksheet part; names come with the prefix of the root, mostly none."""

    def __init__(self, what: str, layout: Layout) -> None:
        self.what, self.layout = what, layout
        self.rows: list[Row] = []
        self._names: dict[str, int] = {}
        self._within = ""
        self._line, self._line_text, self._hidden = 0, "", False
        self._cells: list[Cell] | None = None
        self._column, self._kind = -1, ""
        self._style: str | None = None
        self._parts: list[str] = []
        self._takes = self._has_value = self._has_formula = self._phonetic = False
        self._depth = 0

    # Most elements are cells and values: they are asked for first, and their depth is known.

    def start(self, name: str, told: Attributes) -> None:
        sign = self._names.get(name)
        if sign == VALUE:
            if self._takes:
                raise self._nested()
            self._takes = self._has_value = True
        elif sign == CELL:
            self._start_cell(told)
        else:
            self._start_other(sign, name, told)

    def text(self, text: str) -> None:
        if self._takes:
            self._parts.append(text)

    def end(self, name: str) -> None:
        sign = self._names.get(name)
        if sign == VALUE:
            self._takes = False
        elif sign == CELL:
            self._end_cell()
        elif sign == ROW:
            if self._cells is not None:
                self.rows.append(Row(self._line, self._hidden, self._cells))
            self._cells = None
        else:
            self._depth -= 1
            if sign == TEXT:
                self._takes = False
            elif sign == PHONETIC:
                self._phonetic = False
            elif name == self._within:
                self._names, self._within = {}, ""

    def _start_other(self, sign: int | None, name: str, told: Attributes) -> None:
        if sign == ROW:
            return self._start_row(told)
        self._depth += 1
        refuse_depth(self._depth, self.what)
        if not self._within:
            self._outside(name, told)
        elif sign == TEXT:
            if self._takes:
                raise self._nested()
            self._takes, self._has_value = not self._phonetic, True
        elif sign == FORMULA:
            self._has_formula = True
        elif sign == PHONETIC:
            self._phonetic = True
        return None

    def _nested(self) -> InputError:
        return InputError(f"{self.what} is broken: a value within a value in row {self._line}")

    def _outside(self, name: str, told: Attributes) -> None:
        prefix, _, local = name.rpartition(":")
        if local == "sheetData":
            self._within = name
            self._names = {f"{prefix}:{one}" if prefix else one: sign for one, sign in SIGNS.items()}
        elif local == "mergeCell":
            self.layout.merged.append(told.get("ref", ""))
            if len(self.layout.merged) > limits.MERGED_RANGES:
                raise InputError(f"{self.what} has more than {limits.MERGED_RANGES:,} merged ranges")
        elif local == "col" and (told.get("hidden") in TRUE or told.get("width") == "0"):
            ends = told.get("min", ""), told.get("max", "")
            if all(one.isascii() and one.isdigit() and len(one) < 6 for one in ends):
                self.layout.hidden_columns.append((int(ends[0]) - 1, int(ends[1]) - 1))
        elif local == "sheetFormatPr":
            self.layout.rows_are_hidden = told.get("zeroHeight") in TRUE

    def _start_row(self, told: Attributes) -> None:
        before, text = self._line, told.get("r")
        if text is None:
            text = str(before + 1)
        line = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
        if not before < line <= LINES or self._cells is not None:
            raise InputError(f"{self.what} is broken: row {text[:20]!r} follows row {before}")
        self._line, self._line_text, self._column, self._cells = line, text, -1, []
        hidden = told.get("hidden")
        self._hidden = self.layout.rows_are_hidden if hidden is None else hidden in TRUE

    def _start_cell(self, told: Attributes) -> None:
        before, reference = self._column, told.get("r")
        if reference is None:
            column = before + 1
        else:
            name = reference.rstrip(DIGITS)
            column = column_number(name)
            if reference[len(name) :] != self._line_text:
                raise InputError(f"{self.what} is broken: cell {reference[:20]!r} stands in row {self._line}")
        if not before < column < COLUMNS or self._kind or self._cells is None:
            raise InputError(f"{self.what} is broken: cell {letters(column)}{self._line} follows {letters(max(before, 0))}")
        self._column = column
        self._kind, self._style = told.get("t") or "n", told.get("s")

    def _end_cell(self) -> None:
        if self._has_value or self._has_formula:
            parts, self._parts = self._parts, []
            stored = (parts[0] if len(parts) == 1 else "".join(parts)) if self._has_value else None
            if self._cells is not None:
                self._cells.append((self._column, self._kind, self._style, stored, self._has_formula))
            self._has_value = self._has_formula = False
        self._kind = ""


VALUE, CELL, TEXT, FORMULA, ROW, PHONETIC = range(6)
SIGNS = {"v": VALUE, "c": CELL, "t": TEXT, "f": FORMULA, "row": ROW, "rPh": PHONETIC}
